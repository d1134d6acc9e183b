import {
  doneAt,
  endOf,
  holdOf,
  isBlurred,
  levelOf,
  linesPerSecond,
  logAt,
  longestDelay,
  quitOf,
  restOf,
  rowOf,
  stayOf,
} from './moment.ts';
import { isElsewhere, where } from './nodes.ts';
import { deadline, named, turnOf, whatCame, whoWaits } from './phrases.ts';
import { STALL_MS } from './marks.ts';
import type { Scene, Why } from './scene.ts';
import type { ClientFact, QuitFact } from './shapes.ts';
import { atOrBefore, countUpTo } from './sorted.ts';
import { count, quoted, seconds, size } from './words.ts';

/** For how long a delay of the event loop is reported. In milliseconds. */
const STALL_TOLD_MS = 700;
/** The most lines per second that are reported one by one. */
const MOST_TOLD = 30;
/** If many lines are served, a rest is reported from this length on. In milliseconds. */
const RESTED_MS = 120;
/** A line that is with the handler for longer than this is reported. In milliseconds. */
const HANDLER_MS = 300;
/** How long the headline says who was served. In milliseconds. */
const SERVED_TOLD_MS = 1_500;

/** The first rule that returns something decides what is said. */
export const RULES: readonly ((scene: Scene) => Why | undefined)[] = [
  quitting,
  away,
  stalled,
  empty,
  awaiting,
  held,
  resting,
  deaf,
  handling,
  hasty,
  served,
  queued,
];

function quitting({ facts, room, t }: Scene): Why | undefined {
  const quit = quitOf(facts, room.room, t);
  if (quit === undefined) return undefined;
  const told = quit.told.length;
  if (quit.done !== undefined && quit.done.t <= t) {
    const { clean, forced, ms } = quit.done;
    const how = forced === 0 ? `All ${told} cleanly` : `${clean} of ${told} cleanly, ${forced} by force`;
    return {
      tone: 'end',
      head: ['Closed.'],
      more: `${told === 0 ? `Nobody was connected${facts.nodes.length > 0 ? ' to this node' : ''}` : how}, in ${Math.round(ms)} ms.`,
    };
  }
  const by = [...facts.clients.values()].find((client) => isBy(quit, client, t));
  const clients = quit.told.map((c) => facts.clients.get(c));
  const byes = clients.filter((client) => (client?.byeAt ?? Infinity) <= t).length;
  const fins = clients.filter(
    (client) => client !== undefined && endOf(client, 'write', t) !== undefined,
  ).length;
  return {
    tone: 'end',
    head: by === undefined ? ['The server closes.'] : [named(by, t), `${where(by)} quits.`],
    more: `${quoted(quit.reason)}: ${told} notified, ${byes} got BYE, ${fins} got FIN. Accepted lines are answered first.`,
  };
}

function isBy({ seat, room, t }: QuitFact, client: ClientFact, now: number): boolean {
  const stay = stayOf(client, Math.min(t, now));
  return seat !== undefined && stay?.seat === seat && (room === undefined || stay.room === room);
}

function away({ facts, t }: Scene): Why | undefined {
  const { awaySince } = logAt(facts, t) ?? {};
  if (awaySince === undefined) return undefined;
  return {
    tone: 'bad',
    head: [`Cut off from the log for ${seconds(t - awaySince)}.`],
    more: 'No line is accepted until the log answers. Clients that are here stay, and their lines wait; new ones are turned away.',
  };
}

function stalled({ facts, room, t }: Scene): Why | undefined {
  const ms = longestDelay(facts, t, STALL_TOLD_MS);
  if (ms < STALL_MS) return undefined;
  const rest = restOf(room, t);
  return {
    tone: 'bad',
    head: [`The event loop was blocked for ${Math.round(ms)} ms.`],
    more: `Meanwhile no socket is read and nobody is served. A handler that computes can cause this.${turnOf(facts, rest, t)}`,
    ...(rest && { turn: rest.n, since: rest.from, ...deadline(facts, rest) }),
  };
}

function empty({ facts, here, room, t }: Scene): Why | undefined {
  if (here.length > 0) return undefined;
  const want = rowOf(room, t)?.want ?? facts.settings?.clients ?? 0;
  return {
    tone: 'rest',
    head: ['Nobody is here.'],
    more: want > 1 ? `The first turn comes when ${want} clients are here.` : 'The server waits for a client.',
  };
}

function awaiting({ room, t, lines }: Scene): Why | undefined {
  const row = rowOf(room, t);
  if (row === undefined || row.have >= row.want) return undefined;
  const wait = lines === 1 ? 'waits' : 'wait';
  return {
    tone: 'wait',
    head: [`Waiting for ${row.want - row.have} more to connect.`],
    more: `${row.have} of ${row.want} are here. ${lines === 0 ? 'No line waits yet.' : `${count(lines, 'line')} ${wait} for the first turn.`}`,
  };
}

function held({ facts, room, t, here, behind, lines }: Scene): Why | undefined {
  const row = rowOf(room, t);
  if (row?.held !== true) return undefined;
  const head = ['The turns are held.'];
  const next = here.find(({ seat }) => seat === row.holder);
  if (next === undefined) {
    const order = facts.settings?.order === 'fair' ? 'in fair order' : 'in the order of arrival';
    const some = `${count(lines, 'line')} ${lines === 1 ? 'waits' : 'wait'}, ${order}.`;
    return { tone: 'wait', head, more: lines === 0 ? 'No line waits.' : some };
  }
  const own = behind.find(({ client }) => client === next.client)?.lines ?? 0;
  const what =
    own === 0 ? whatCame(next.client, t) : `${count(own, 'line')} of it ${own === 1 ? 'waits' : 'wait'}.`;
  const others = behind.filter(({ client }) => client !== next.client);
  return {
    tone: 'wait',
    head: [...head, ' Next: ', named(next.client, t), `${where(next.client)}.`],
    more: `${what} ${whoWaits(others, t)}`,
    turn: row.turn,
  };
}

function resting({ facts, room, t, behind }: Scene): Why | undefined {
  const hold = restOf(room, t);
  const client = hold && facts.clients.get(hold.c);
  if (hold === undefined || client === undefined) return undefined;
  // If turns go by that fast, the room waits for nobody for long.
  if (t - hold.from < RESTED_MS && linesPerSecond(facts, t) > MOST_TOLD) return undefined;
  const others = behind.filter((one) => one.client !== client);
  return {
    tone: 'wait',
    head: ['Waiting for ', named(client, t), `${where(client)}.`],
    more: `${whatCame(client, t, hold.from)} ${whoWaits(others, t)}`,
    turn: hold.n,
    since: hold.from,
    ...deadline(facts, hold),
  };
}

function deaf({ here, t }: Scene): Why | undefined {
  const slow = here.find(({ client }) => levelOf(client, t)?.slow);
  if (slow === undefined) return undefined;
  const bytes = levelOf(slow.client, t)?.outbox ?? 0;
  return {
    tone: 'bad',
    head: [named(slow.client, t), ' is not reading.'],
    more: `${size(bytes)} wait for it: more than half of its outbox. The server neither reads nor serves it until a quarter is left.`,
  };
}

function handling({ here, t }: Scene): Why | undefined {
  for (const { client } of here) {
    const { lines } = client;
    const end = countUpTo(lines, t);
    const line = lines
      .slice(Math.max(0, end - 64), end)
      .find(
        ({ servedAt = Infinity, answeredAt, lostAt, blurredAt }) =>
          servedAt <= t - HANDLER_MS && (answeredAt ?? lostAt ?? blurredAt ?? Infinity) > t,
      );
    // A line whose turn was not seen is only known from what the server says.
    const told = isBlurred(client, t) ? levelOf(client, t)?.handlingSince : undefined;
    const since = line?.servedAt ?? told ?? Infinity;
    if (since > t - HANDLER_MS) continue;
    return {
      tone: 'wait',
      head: ['The handler is working on a line of ', named(client, t), '.'],
      more: `${line === undefined ? 'For' : `${quoted(line.text)}, for`} ${seconds(t - since)}. Nobody else is served in this room until it is done.`,
    };
  }
  return undefined;
}

function hasty({ facts, t, behind, lines }: Scene): Why | undefined {
  const rate = linesPerSecond(facts, t);
  if (rate <= MOST_TOLD) return undefined;
  const wait =
    lines === 0 ? 'No line waits.' : `${count(lines, 'line')} of ${count(behind.length, 'client')} wait.`;
  return {
    tone: 'go',
    head: [
      `${Math.round(rate).toLocaleString('en')} lines a second${facts.nodes.length > 1 ? ' on this node' : ''}.`,
    ],
    more: `Too fast to show one by one. ${wait}`,
  };
}

function served({ facts, room, t }: Scene): Why | undefined {
  const last = atOrBefore(room.served, t);
  // What a client of another node sent is not known, but its turn is.
  const hold = holdOf(room, t);
  const far = hold && facts.clients.get(hold.c);
  if (far !== undefined && isElsewhere(far) && hold!.state === 'served' && hold!.to > (last?.t ?? 0)) {
    if (t - hold!.to > SERVED_TOLD_MS) return undefined;
    const more = 'Its line came through the log; this page does not see it.';
    return { tone: 'go', head: [named(far, t), `${where(far)} was served.`], more, turn: hold!.n };
  }
  const client = last && facts.clients.get(last.line.c);
  if (last === undefined || client === undefined || t - last.t > SERVED_TOLD_MS) return undefined;
  const { line } = last;
  const turn = facts.settings?.order === 'strict' ? holdOf(room, t)?.n : undefined;
  const waited = Math.min(doneAt(line), t) - line.t;
  return {
    tone: 'go',
    head: [named(client, t), ' was served.'],
    more:
      waited < 50
        ? `${quoted(line.text)} was served at once.`
        : `${quoted(line.text)} waited ${seconds(waited)}.`,
    ...(turn !== undefined && { turn }),
  };
}

function queued({ lines, behind }: Scene): Why | undefined {
  if (lines === 0) return undefined;
  return {
    tone: 'go',
    head: ['Serving.'],
    more: `${count(lines, 'line')} of ${count(behind.length, 'client')} ${lines === 1 ? 'waits' : 'wait'}.`,
  };
}
