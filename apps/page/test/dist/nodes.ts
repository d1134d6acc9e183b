import { type Message, writeLine } from '@proto/watch';
import { chunks, hello, join, row, tick, turn } from '../model/told.ts';

/** The first numbers of the clients of nodes b and c. */
const B = 2 ** 32;
const C = 2 * B;
const NODES = [
  { name: 'a', first: 0, last: B - 1 },
  { name: 'b', first: B, last: C - 1 },
  { name: 'c', first: C, last: C + B - 1 },
] as const;
/** The clients, by seat. */
const CLIENTS = [1, B + 1, C + 1] as const;

/** When node b is killed, and when the others find it gone. In milliseconds. */
const GONE_MS = 9_000;
/** When the log stops answering. In milliseconds. */
const STILL_MS = 12_000;

/**
 * Three nodes, a client of each, in strict order, as node a tells it: the turn passes from node to node, node b is killed while
 * it has the turn, and then the log is out of reach.
 */
export function nodesSession(): string {
  const messages: Message[] = [];
  const seated = (t: number, seat: 1 | 2 | 3): Message => ({
    ...join(t, seat, seat, 3),
    c: CLIENTS[seat - 1]!,
    address: `127.0.0.1:4000${seat}`,
  });
  const turned = (t: number, n: number, seat: 1 | 2 | 3, state: 'served' | 'waiting'): Message => ({
    ...turn(t, n, CLIENTS[seat - 1]!, state),
    seat,
  });
  let written = 0;
  const line = (t: number, text: string, from: number): void => {
    messages.push(...chunks(1, 'read', [`${text}\n`], { t, from }));
  };
  const answer = (t: number, text: string): void => {
    messages.push(...chunks(1, 'write', [`${text.toUpperCase()}\n`], { t, from: written }));
    written += text.length + 1;
  };
  messages.push(seated(200, 1), seated(400, 2), seated(600, 3), turned(600, 1, 1, 'waiting'));
  line(1_300, 'one', 0);
  messages.push(turned(1_300, 1, 1, 'served'), turned(1_300, 2, 2, 'waiting'));
  answer(1_300, 'one');
  messages.push(turned(2_100, 2, 2, 'served'), turned(2_100, 3, 3, 'waiting'));
  messages.push(turned(2_900, 3, 3, 'served'), turned(2_900, 4, 1, 'waiting'));
  line(3_700, 'two', 4);
  messages.push(turned(3_700, 4, 1, 'served'), turned(3_700, 5, 2, 'waiting'));
  answer(3_700, 'two');
  messages.push(turned(4_500, 5, 2, 'served'), turned(4_500, 6, 3, 'waiting'));
  messages.push(turned(5_300, 6, 3, 'served'), turned(5_300, 7, 1, 'waiting'));
  line(5_700, 'three', 8);
  messages.push(turned(5_700, 7, 1, 'served'), turned(5_700, 8, 2, 'waiting'));
  answer(5_700, 'three');
  line(6_300, 'four', 14);
  const far = (t: number, seat: 2 | 3, served: number, waiting = 0): Message => ({
    k: 'people',
    t,
    rows: [row(CLIENTS[seat - 1]!, waiting, { seat, served })],
  });
  messages.push(far(2_100, 2, 1), far(2_900, 3, 1), far(4_500, 2, 2), far(5_300, 3, 2), far(6_600, 3, 2, 2));
  const left = { c: CLIENTS[1], room: 'main' } as const;
  messages.push(
    { k: 'waited', t: GONE_MS, ...left, end: 'left', ms: 3_300 },
    { k: 'leave', t: GONE_MS, ...left, seat: 2, reason: 'node gone' },
    turned(GONE_MS, 9, 3, 'served'),
    turned(GONE_MS, 10, 1, 'served'),
    turned(GONE_MS, 11, 3, 'served'),
    turned(GONE_MS, 12, 1, 'waiting'),
    far(GONE_MS, 3, 4),
  );
  answer(GONE_MS, 'four');
  line(STILL_MS + 500, 'five', 19);
  for (let t = 0; t <= 16_000; t += 250) messages.push(...looked(t));
  const first = hello({ clients: 3, turnTimeoutMs: 'never' }, { why: 'file' });
  const all = messages.map((message) => ({ t: 0, ...message })).toSorted((a, b) => a.t - b.t);
  return [first, ...all].map(writeLine).join('');
}

/** What node a tells at each look. */
function looked(t: number): Message[] {
  const [a, b, c] = NODES;
  const isGone = t >= GONE_MS;
  const awayMs = t - STILL_MS;
  const at = Math.min(t, STILL_MS);
  return [
    {
      k: 'nodes',
      t,
      nodes: isGone ? [a, c, { ...b, goneMs: t - GONE_MS }] : [a, b, c],
      position: 40 + Math.floor(at / 160),
      pending: awayMs > 500 ? 2 : 0,
      entryMs: 1.4,
      ...(awayMs >= 2_000 && { awayMs }),
    },
    tick(t, { all: isGone ? 2 : 3, loopMs: 2 }),
  ];
}
