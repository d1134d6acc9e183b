/** What a client of a test did and got. It knows nothing of how the server works. */
export interface ClientHistory {
  readonly who: string;
  /** Its lines, in the order in which it sent them. */
  readonly said: readonly string[];
  /** Answers to them, in the order in which they came. */
  readonly answers: readonly string[];
  /** It was connected to the end, so every line is owed an answer. */
  readonly stayed: boolean;
  /** It has left, and was told that it had got everything: it's owed the answers that others have heard. */
  readonly hasBye?: boolean;
}

/** What one node served, in order: whose line, and which of them. Or what a client heard served. */
export interface NodeHistory {
  readonly node: string;
  readonly served: readonly string[];
  /** It was up to the end. One that was not has served a part. */
  readonly stayed: boolean;
  /** It was not there from the start: it begins where it came. */
  readonly isLate?: boolean;
}

/** In the order in which a client heard it: the seat that spoke, or that came or left. */
export type Turn = number | { readonly joined: number } | { readonly left: number; readonly why: string };

/** Histories in numbers, and in sentences. */
export interface Tally {
  /** Lines that are owed an answer and have none. */
  readonly lost: number;
  /** Lines that were answered, or heard, more than once. */
  readonly doubled: number;
  /** Answers before their turn, and clients that heard another order than the rest. */
  readonly outOfOrder: number;
  readonly wrong: readonly string[];
}

/** What is wrong with a history, in sentences; empty: nothing. */
export function wrongs(clients: readonly ClientHistory[], nodes: readonly NodeHistory[]): string[] {
  return clients.flatMap((client) => wrongsOf(client, nodes)).concat(differences(nodes));
}

/** The same in numbers. */
export function tally(clients: readonly ClientHistory[], nodes: readonly NodeHistory[]): Tally {
  const sum = (numbers: readonly number[]): number => numbers.reduce((total, one) => total + one, 0);
  const lost = sum(clients.map((client) => unanswered(client, nodes).length));
  const doubled = [...clients.map(({ answers }) => answers), ...nodes.map(({ served }) => served)];
  const early = clients.map(({ said, answers }) => {
    const index = new Map(said.map((line, at) => [line.toUpperCase(), at] as const));
    const places = [...new Set(answers)].map((answer) => index.get(answer) ?? -1);
    return places.filter((place, at) => place < (places[at - 1] ?? 0)).length;
  });
  return {
    lost,
    doubled: sum(doubled.map((lines) => lines.length - new Set(lines).size)),
    outOfOrder: sum(early) + differences(nodes).length,
    wrong: wrongs(clients, nodes),
  };
}

/** Lines that are owed an answer and have none. */
function unanswered(
  { said, answers, stayed, hasBye }: ClientHistory,
  nodes: readonly NodeHistory[],
): string[] {
  if (!stayed && hasBye !== true) return [];
  const has = new Set(answers);
  const heard = new Set(stayed ? [] : nodes.flatMap(({ served }) => served));
  return said
    .map((line) => line.toUpperCase())
    .filter((line) => !has.has(line) && (stayed || heard.has(line)));
}

function wrongsOf(client: ClientHistory, nodes: readonly NodeHistory[]): string[] {
  const { who, said, answers, stayed } = client;
  const wrong: string[] = [];
  for (const [index, answer] of answers.entries()) {
    const owed = said[index]?.toUpperCase();
    if (answer === owed) continue;
    const at = said.findIndex((line) => line.toUpperCase() === answer);
    const what = at === -1 ? 'never said it' : at < index ? 'it was answered before' : `${owed} is missing`;
    wrong.push(`${who}: answer ${index} is ${answer}: ${what}`);
    break;
  }
  if (stayed && answers.length < said.length)
    wrong.push(`${who}: ${said.length - answers.length} of ${said.length} lines have no answer`);
  if (!stayed)
    wrong.push(
      ...unanswered(client, nodes).map((line) => `${who}: others heard ${line}, and it got BYE without it`),
    );
  return wrong;
}

/** Where nodes served another order than the rest. */
function differences(nodes: readonly NodeHistory[]): string[] {
  const { node: longest, served: whole } = wholeOf(nodes);
  const at = new Map(whole.map((one, index) => [one, index] as const));
  const wrong: string[] = [];
  for (const { node, served, stayed, isLate } of nodes) {
    const from = isLate === true ? (at.get(served[0] ?? '') ?? whole.length) : 0;
    const want = whole.slice(from);
    const bad = served.findIndex((one, index) => one !== want[index]);
    if (bad !== -1)
      wrong.push(`${node}: served ${served[bad]} where ${longest} served ${want[bad]}, at ${bad}`);
    else if (stayed && served.length < want.length)
      wrong.push(`${node}: served ${served.length} of ${want.length}`);
  }
  return wrong;
}

/** The longest history from the start, with what those served that came later and went on. */
function wholeOf(nodes: readonly NodeHistory[]): {
  readonly node: string;
  readonly served: readonly string[];
} {
  const first = nodes.filter(({ isLate }) => isLate !== true);
  const { node, served } = first.reduce(
    (longest, one) => (one.served.length > longest.served.length ? one : longest),
    { node: 'nobody', served: [], stayed: false } as NodeHistory,
  );
  const whole = [...served];
  const late = new Set(nodes.filter(({ isLate }) => isLate === true));
  const tailOf = ({ served: its }: NodeHistory): readonly string[] => {
    const at = its.lastIndexOf(whole.at(-1) ?? '');
    return at === -1 ? [] : its.slice(at + 1);
  };
  // Each goes on once, so that two of different opinions don't go on for ever.
  for (;;) {
    const next = [...late].find((one) => tailOf(one).length > 0);
    if (next === undefined) return { node, served: whole };
    whole.push(...tailOf(next));
    late.delete(next);
  }
}

/**
 * Checks strict turns from outside, by what a client heard, from the first turn on. `there`: the seats at the start. Each speaks
 * once before any speaks again; one that comes speaks after all others, one that leaves gives its turn to the next.
 */
export function outOfTurn(turns: readonly Turn[], there: readonly number[]): string | undefined {
  const ring = new Set(there);
  const after = (seat: number): number | undefined => {
    const others = [...ring].toSorted((a, b) => a - b);
    return others.find((other) => other > seat) ?? others[0];
  };
  let before: number | undefined;
  let next: number | undefined;
  for (const [index, turn] of turns.entries()) {
    if (typeof turn === 'number') {
      if (next !== undefined && turn !== next)
        return `line ${index} is of seat ${turn}, after ${before}: it was the turn of ${next}`;
      before = turn;
      next = after(turn);
    } else if ('joined' in turn) {
      ring.add(turn.joined);
      if (before !== undefined) next ??= turn.joined;
    } else {
      ring.delete(turn.left);
      if (next === turn.left) next = after(turn.left);
    }
  }
  return undefined;
}
