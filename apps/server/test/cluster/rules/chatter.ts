import type { NodeRecord } from '../../../src/cluster/entry.ts';
import type { RoomRecord, RoomsCommand } from '../../../src/room/records.ts';
import { line, numbered, run, type Scribe, type ScribeNode } from './scribe.ts';

/** How many entries a conversation has before its end. */
const ENTRIES = 45;

const kind = 'command';
const COMMANDS: readonly RoomsCommand[] = [
  { kind, verb: 'pass' },
  { kind, verb: 'who' },
  { kind, verb: 'help' },
  { kind, verb: 'ping', text: 'hello' },
  { kind, verb: 'name', name: 'Bob' },
  { kind, verb: 'name', name: 'bob' },
  { kind, verb: 'name', name: 'Ann' },
  { kind, verb: 'join', room: 'side' },
  { kind, verb: 'join', room: 'side' },
  { kind, verb: 'join', room: 'main' },
  { kind, verb: 'join', room: 'third' },
];

/** Three servers with clients that do whatever clients do, in an order that `random` decides. */
export function chatter(scribe: Scribe, random: () => number): void {
  const below = (count: number): number => Math.floor(random() * count);
  const one = <T>(of: readonly T[]): T => of[below(of.length)]!;
  const nodes = ['a', 'b', 'c'].map((name) => scribe.up(name));
  for (const node of nodes) scribe.write(node, ...scribe.joins(node, 1 + below(2)));
  const acts: readonly ((node: ScribeNode, client: number) => readonly (RoomRecord | NodeRecord)[])[] = [
    (_, client) => [line(client, one(['one', 'two', '', '* three', '/four']))],
    (_, client) => [line(client, 'psst', one(['1', '2', 'Bob', 'nobody']))],
    (_, client) => [run(client, numbered(one([1, 2, 3, 7]), 'r'))],
    (_, client) => [run(client, numbered(one([2, 90]), 'many'))],
    (_, client) => [{ type: 'command', client, command: one(COMMANDS) }],
    (_, client) => [{ type: 'command', client, command: one(COMMANDS) }],
    (_, client) => [{ type: 'fault', client, code: 'FRAME_BARE_CR', text: 'Cannot read it' }],
    (_, client) => [{ type: 'fault', client, code: 'UNKNOWN_COMMAND', text: 'Cannot do it' }],
    (_, client) => [{ type: 'slow', client, slow: random() < 0.5 }],
    (node, client) => {
      const turn = (scribe.roomOf(node, client)?.turn ?? 0) + one([0, 0, 0, 1]);
      return [{ type: 'skip', client, turn, reason: 'late' }];
    },
    (node) => scribe.done(node, one([{ text: 'DONE' }, { text: undefined }, { error: 'Cannot' }])),
    (node) => scribe.done(node, { text: 'DONE' }),
    () => [{ type: 'hold', room: one(['main', 'side', 'none']), on: random() < 0.5 }],
    () => [{ type: 'step', room: one(['main', 'side']), turns: 1 + below(3) }],
    (node) => scribe.joins(node, 1),
    (_, client) => [{ type: one(['end', 'leave']), client, reason: 'over' }],
  ];
  for (let entry = 0; entry < ENTRIES; entry++) {
    const node = one(nodes);
    const count = 1 + below(3);
    const records = Array.from({ length: count }, () => one(acts)(node, 1 + below(node.clients))).flat();
    if (records.length > 0) scribe.write(node, ...records);
    if (random() < 0.05) scribe.again();
  }
  // A quit comes late, or little would happen after it. Two more servers see what becomes of the rooms.
  const [a, b, c] = nodes as [ScribeNode, ScribeNode, ScribeNode];
  scribe.write(a, { type: 'hold', room: 'main', on: false }, { type: 'hold', room: 'side', on: false });
  scribe.write(b, { type: 'command', client: 1, command: { kind, verb: 'quit', reason: 'enough' } });
  scribe.write(b, line(1, 'after the quit'), ...scribe.joins(b, 1));
  for (let n = 0; n < 4; n++) scribe.write(a, ...scribe.done(a, { text: 'LATE' }), line(1, 'a late line'));
  scribe.write(a, { type: 'gone', node: c.id });
  scribe.write(a, { type: 'quit', client: undefined, reason: 'end' });
  scribe.write(b, { type: 'gone', node: b.id });
  for (let left = scribe.work.length; left > 0; left--) {
    const records = scribe.done(a, { text: 'LAST' });
    if (records.length > 0) scribe.write(a, ...records);
  }
}
