/** What a client of a test did and got. It knows nothing of how the server works. */
export interface ClientHistory {
  readonly who: string;
  /** Its lines, in the order in which it sent them. */
  readonly said: readonly string[];
  /** Answers to them, in the order in which they came. */
  readonly answers: readonly string[];
  /** It was connected to the end, so every line is owed an answer. */
  readonly stayed: boolean;
}

/** What one node served, in order: whose line, and which of them. */
export interface NodeHistory {
  readonly node: string;
  readonly served: readonly string[];
  /** It was up to the end. One that was not has served a part. */
  readonly stayed: boolean;
}

/** What is wrong with a history, in sentences; empty: nothing. */
export function wrongs(clients: readonly ClientHistory[], nodes: readonly NodeHistory[]): string[] {
  const wrong: string[] = [];
  for (const { who, said, answers, stayed } of clients) {
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
  }
  const whole = nodes.reduce(
    (longest, node) => (node.served.length > longest.served.length ? node : longest),
    {
      node: 'nobody',
      served: [],
      stayed: false,
    } as NodeHistory,
  );
  for (const { node, served, stayed } of nodes) {
    const at = served.findIndex((one, index) => one !== whole.served[index]);
    if (at !== -1)
      wrong.push(`${node}: served ${served[at]} where ${whole.node} served ${whole.served[at]}, at ${at}`);
    else if (stayed && served.length < whole.served.length)
      wrong.push(`${node}: served ${served.length} of ${whole.served.length}`);
  }
  return wrong;
}

/**
 * Checks strict turns from outside: what all saw, as the seats in the order in which they were heard. While the same seats are
 * there, each speaks once before any speaks again.
 */
export function outOfTurn(seats: readonly number[], there: readonly number[]): string | undefined {
  const ring = [...there].toSorted((a, b) => a - b);
  for (const [index, seat] of seats.entries()) {
    const before = seats[index - 1];
    if (before === undefined) continue;
    const next = ring[(ring.indexOf(before) + 1) % ring.length];
    if (seat !== next) return `line ${index} is of seat ${seat}, after ${before}: it was the turn of ${next}`;
  }
  return undefined;
}
