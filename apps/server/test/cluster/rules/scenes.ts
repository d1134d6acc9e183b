import { type NodeRecord, writeHead, writeRecord } from '../../../src/cluster/entry.ts';
import type { RoomRecord } from '../../../src/room/records.ts';
import type { RoomsOptions } from '../../../src/room/rooms.ts';
import { line, numbered, run, type Scribe, type ScribeNode } from './scribe.ts';

interface Scene {
  readonly name: string;
  readonly options: Partial<RoomsOptions>;
  readonly play: (scribe: Scribe) => void;
}

const kind = 'command';

function command(client: number, verb: 'pass' | 'who' | 'room' | 'help'): RoomRecord {
  return { type: 'command', client, command: { kind, verb } };
}

function name(client: number, called: string): RoomRecord {
  return { type: 'command', client, command: { kind, verb: 'name', name: called } };
}

function move(client: number, room: string): RoomRecord {
  return { type: 'command', client, command: { kind, verb: 'join', room } };
}

function slow(client: number, isSlow: boolean): RoomRecord {
  return { type: 'slow', client, slow: isSlow };
}

function quit(client: number): RoomRecord {
  return { type: 'command', client, command: { kind, verb: 'quit', reason: 'good night' } };
}

/** Two servers with two clients each, that have come up and in. */
function two(scribe: Scribe, count = 2): [ScribeNode, ScribeNode] {
  const [a, b] = [scribe.up('a'), scribe.up('b')];
  for (const node of [a, b]) scribe.write(node, ...scribe.joins(node, count));
  return [a, b];
}

/** The lines of several clients that come together: more than one record may cause. */
function crowdOfLines(scribe: Scribe): void {
  const [a, b] = two(scribe);
  scribe.write(a, run(1, numbered(90, 'a')), run(2, numbered(70, 'b')));
  scribe.write(b, run(1, numbered(40, 'c')), run(2, numbered(65, 'd')));
  scribe.write(a, line(1, 'last'), { type: 'end', client: 2, reason: 'enough' });
  scribe.write(b, line(2, 'last'), { type: 'leave', client: 1, reason: 'reset' });
}

/** More bytes than one record may cause. */
function bytes(scribe: Scribe): void {
  const [a, b] = two(scribe, 1);
  // Sixteen of them are what one record may cause, to the byte.
  const lines = (letter: string): string[] => Array.from({ length: 9 }, () => letter.repeat(4_096));
  scribe.write(b, run(1, lines('x'))).write(b, run(1, lines('y')));
  scribe.write(
    a,
    run(
      1,
      Array.from({ length: 30 }, () => ''),
    ),
  );
}

export const SCENES: readonly Scene[] = [
  {
    name: 'a crowd is told less',
    options: { order: 'strict' },
    play: (scribe) => {
      const [a, b] = two(scribe, 1);
      scribe.write(a, ...scribe.joins(a, 253));
      scribe.write(a, name(1, 'First'), ...scribe.joins(a, 1), name(2, 'Second'), ...scribe.joins(a, 1));
      scribe.write(b, name(1, 'Third'), command(1, 'who'), line(1, 'hello', 'First'));
      scribe.write(a, { type: 'leave', client: 7, reason: 'reset' }, command(1, 'who'));
      scribe.write(a, { type: 'leave', client: 8, reason: 'reset' }, name(9, 'Fourth'));
    },
  },
  {
    name: 'who comes late',
    options: { order: 'strict', clients: 2, quit: 'room' },
    play: (scribe) => {
      const [a, b] = two(scribe, 1);
      scribe.write(a, name(1, 'Ann'), command(1, 'room')).write(b, line(1, 'one'), line(1, 'two'));
      scribe.write(a, line(1, 'one'), line(1, 'two'), line(1, 'three')).write(b, ...scribe.joins(b, 1));
      scribe.write(b, run(2, numbered(12, 'b')), command(2, 'room')).write(a, run(1, numbered(12, 'a')));
      scribe.write(b, run(1, numbered(9, 'c')), command(2, 'pass'), move(2, 'side'), move(1, 'side'));
      scribe.write(a, ...scribe.joins(a, 1), move(1, 'side'), command(1, 'room'));
    },
  },
  {
    name: 'a crowd waits',
    options: { clients: 300, order: 'fair', deliver: 'all' },
    play: (scribe) => {
      const [a] = two(scribe, 1);
      scribe.write(a, line(1, 'early'), ...scribe.joins(a, 258));
      scribe.write(a, ...[3, 4, 5, 6, 7].map((client) => ({ type: 'leave', client, reason: 'x' }) as const));
      scribe.write(a, ...scribe.joins(a, 45));
      scribe.write(a, { type: 'leave', client: 8, reason: 'reset' }, line(9, 'after'));
    },
  },
  ...(['strict', 'fair', 'free'] as const).flatMap((order) =>
    (['sender', 'others', 'all'] as const).map((deliver) => ({
      name: `more than one record may cause, ${order}, ${deliver}`,
      options: { order, deliver },
      play: crowdOfLines,
    })),
  ),
  { name: 'many bytes, strict', options: { order: 'strict', deliver: 'all' }, play: bytes },
  { name: 'many bytes in rounds', options: { order: 'strict', deliver: 'sender' }, play: bytes },
  {
    name: 'faults in the place of answers',
    options: { order: 'strict', clients: 2 },
    play: (scribe) => {
      const [a, b] = two(scribe, 1);
      const fault = (client: number): RoomRecord => {
        return { type: 'fault', client, code: 'FRAME_BAD_BYTE', text: 'Cannot read it' };
      };
      scribe.write(b, fault(1), line(1, 'one'), fault(1), fault(1), line(1, 'two'), fault(1));
      scribe.write(b, { type: 'fault', client: 1, code: 'BAD_ARGUMENT', text: 'Cannot, at once' });
      scribe.write(a, run(1, ['a', 'b']), fault(1), line(1, 'c'));
    },
  },
  {
    name: 'names and letters to one',
    options: { order: 'free', deliver: 'others', transform: 'none' },
    play: (scribe) => {
      const [a, b] = two(scribe);
      scribe.write(a, name(1, 'Ann'), name(2, 'ANN'), name(1, 'ann'), name(2, 'Bob'), name(2, 'Bill'));
      scribe.write(b, line(1, 'one', 'ANN'), line(1, 'two', 'Bob'), line(1, 'three', '2'));
      scribe.write(b, line(1, 'four', '99'), line(1, 'five', '0'), line(1, 'six', 'x'.repeat(40)));
      scribe.write(b, move(1, 'side'), name(1, 'Bill'), move(1, 'main'), name(1, 'Bea'), move(1, 'main'));
      scribe.write(a, { type: 'leave', client: 1, reason: 'reset' }, name(2, 'Ann'), line(2, 'me', 'ann'));
      scribe.write(b, move(1, 'side'), move(2, 'side'), line(2, 'seven', 'BEA'), command(2, 'who'));
    },
  },
  {
    name: 'no more rooms',
    options: { order: 'fair', maxRooms: 2 },
    play: (scribe) => {
      const [a, b] = two(scribe);
      scribe.write(a, move(1, 'side'), move(2, 'third'), move(2, 'side'), move(2, 'side'));
      scribe.write(b, move(1, 'third'), move(1, 'side'), move(2, 'side'), move(2, 'third'));
      scribe.write(a, move(1, 'main'), line(1, 'hello'), command(1, 'help'));
    },
  },
  {
    name: 'slow readers pass their turn',
    options: { order: 'strict', clients: 2 },
    play: (scribe) => {
      const [a, b] = two(scribe);
      scribe.write(a, slow(1, true), line(1, 'held'), line(2, 'two'));
      scribe.write(b, line(1, 'three'), slow(1, true), slow(2, true), slow(2, true));
      scribe.write(a, slow(2, true), line(2, 'four'));
      scribe.write(a, slow(1, false), run(1, ['five', 'six']), { type: 'end', client: 1, reason: 'over' });
      scribe.write(b, slow(1, false), slow(2, false), { type: 'leave', client: 1, reason: 'reset' });
    },
  },
  {
    name: 'slow readers in free order',
    options: { order: 'free', deliver: 'all' },
    play: (scribe) => {
      const [a, b] = two(scribe);
      scribe.write(a, slow(1, true), line(1, 'one'), run(1, ['two', 'three']), line(2, 'four'));
      scribe.write(b, move(1, 'side'), slow(1, true), line(1, 'five'), {
        type: 'end',
        client: 1,
        reason: 'e',
      });
      scribe.write(a, move(1, 'side'), slow(1, false));
      scribe.write(b, slow(1, false), quit(2));
    },
  },
  {
    name: 'turns are skipped and passed',
    options: { order: 'strict', clients: 2 },
    play: (scribe) => {
      const [a, b] = two(scribe, 1);
      const skip = (client: number, turn: number): RoomRecord => {
        return { type: 'skip', client, turn, reason: 'waited 200 ms' };
      };
      scribe.write(a, skip(1, 2), skip(1, 1), skip(1, 1), command(1, 'pass'));
      scribe.write(b, skip(1, 1), skip(1, 2), command(1, 'pass'), command(1, 'who'));
      scribe.write(a, command(1, 'pass'));
      scribe.write(b, { type: 'hold', room: 'main', on: true }, skip(1, 4), command(1, 'pass'), line(1, 'x'));
      scribe.write(a, { type: 'hold', room: 'main', on: false });
    },
  },
  {
    name: 'a handler, and clients that move on',
    options: { order: 'free', transform: 'handler', deliver: 'others' },
    play: (scribe) => {
      const [a, b] = two(scribe);
      scribe.write(a, line(1, 'one'), line(1, 'two'), run(2, ['three', 'four']), line(2, 'five', '3'));
      scribe.write(b, line(1, 'six'), move(1, 'side'), line(1, 'seven'));
      scribe.write(a, ...scribe.done(a, { text: 'ONE' }), ...scribe.done(a, { error: 'Cannot' }));
      scribe.write(a, move(1, 'side'), move(1, 'main'), ...scribe.done(a, { text: undefined }));
      scribe.write(b, ...scribe.done(b, { text: 'SIX' }), { type: 'leave', client: 2, reason: 'reset' });
      scribe.write(a, { type: 'done', client: 1, ticket: 99, result: { text: 'no such ticket' } });
      scribe.write(b, move(1, 'main'), line(1, 'eight'), { type: 'gone', node: a.id });
      for (let n = 0; n < 4; n++) scribe.write(b, ...scribe.done(b, { text: 'LATE' }), command(1, 'who'));
    },
  },
  {
    name: 'a handler in strict order',
    options: { order: 'strict', transform: 'handler', deliver: 'all', clients: 2 },
    play: (scribe) => {
      const [a, b] = two(scribe);
      for (const client of [1, 2]) scribe.write(a, line(client, 'one'), run(client, ['two', 'three']));
      for (const client of [1, 2]) scribe.write(b, line(client, 'one'), line(client, 'to', '1'));
      scribe.write(a, command(1, 'who'), command(1, 'pass'), ...scribe.done(a, { text: 'ONE' }));
      scribe.write(a, { type: 'leave', client: 2, reason: 'reset' });
      scribe.write(b, { type: 'gone', node: a.id });
      for (let n = 0; n < 5; n++) scribe.write(b, ...scribe.done(b, { text: 'ONE' }), command(1, 'who'));
    },
  },
  {
    name: 'a line that was held back is at the handler while the room waits for somebody',
    options: { order: 'strict', transform: 'handler', deliver: 'all' },
    play: (scribe) => {
      const [a, b] = two(scribe, 1);
      scribe.write(b, move(1, 'side')).write(a, line(1, 'one'), move(1, 'side'), line(1, 'held back'));
      scribe.write(b, line(1, 'two'));
      scribe.write(b, ...scribe.done(b, { text: 'TWO' })).write(a, ...scribe.done(a, { text: 'ONE' }));
      scribe.write(b, { type: 'skip', client: 1, turn: 3, reason: 'late' });
      scribe.write(a, ...scribe.done(a, { text: 'HELD BACK' }));
    },
  },
  {
    name: 'turns are held and served one by one',
    options: { order: 'fair', deliver: 'all' },
    play: (scribe) => {
      const [a, b] = two(scribe);
      const hold = (on: boolean, room = 'main'): RoomRecord => ({ type: 'hold', room, on });
      const step = (turns: number): RoomRecord => ({ type: 'step', room: 'main', turns });
      scribe.write(a, step(1), hold(true), hold(true), hold(true, 'none'), run(1, numbered(80, 'h')));
      scribe.write(b, line(1, 'x'), step(1), step(2), run(2, ['held', 'too']), command(1, 'who'));
      scribe.write(a, step(70), move(2, 'side'), hold(true, 'side'), line(2, 'y'));
      scribe.write(b, hold(false), { type: 'leave', client: 1, reason: 'reset' }, quit(2));
      scribe.write(a, hold(true), line(2, 'still held'));
    },
  },
  ...(['all', 'room', 'self'] as const).map((scope) => ({
    name: `a quit for ${scope}`,
    options: { order: 'strict', quit: scope, clients: 2, deliver: 'all' } as const,
    play: (scribe: Scribe) => {
      const [a, b] = two(scribe);
      scribe.write(a, move(2, 'side'), line(2, 'waits in side'), slow(1, true), run(1, numbered(70, 'q')));
      scribe.write(b, line(2, 'b'), quit(1), quit(1), line(2, 'after'), ...scribe.joins(b, 1));
      scribe.write(a, { type: 'quit', client: 1, reason: 'by number' }, ...scribe.joins(a, 1));
      scribe.write(a, { type: 'quit', client: undefined, reason: 'SIGTERM' });
    },
  })),
  {
    name: 'without events',
    options: { order: 'fair', deliver: 'all', events: false },
    play: (scribe) => {
      const [a, b] = two(scribe);
      scribe.write(a, line(1, 'one'), run(1, ['two', '* three']), line(2, 'psst', '1'), line(2, 'x', '9'));
      scribe.write(b, { type: 'fault', client: 1, code: 'FRAME_TOO_LONG', text: 'Cannot read it' });
      scribe.write(b, command(1, 'who'), name(1, 'Ann'), quit(1));
    },
  },
  {
    name: 'servers come and go',
    options: { order: 'strict', clients: 2, transform: 'handler' },
    play: (scribe) => {
      const [a, b] = two(scribe);
      const late = (node: ScribeNode, seq: number, ...records: (RoomRecord | NodeRecord)[]): string =>
        writeHead(node.id, seq) + records.map(writeRecord).join('');
      scribe.write(a, { type: 'beat', position: 3, digest: 12_345 }, line(1, 'one'));
      scribe
        .again()
        .raw(late(b, b.seq + 3, line(1, 'from later')))
        .raw(late(b, 1, line(1, 'from before')));
      const other = scribe.up('other', { options: '{"order":"free"}' });
      scribe.write(other, ...scribe.joins(other, 1));
      scribe.up('newer', { rules: 2 });
      scribe
        .raw('')
        .raw('1 a.0 9')
        .raw('1 a.0 9\nZ 1\n')
        .raw(late(a, a.seq, line(1, 'cut')).slice(0, -4));
      scribe.raw(late({ ...a, id: 'stranger.1' }, 0, line(1, 'not up')));
      const c = scribe.up('c');
      scribe.write(c, ...scribe.joins(c, 2), line(1, 'two'));
      scribe.write(b, { type: 'gone', node: a.id }, line(1, 'three'), { type: 'gone', node: 'nobody.1' });
      scribe.write(a, line(2, 'too late'));
      scribe.write(c, ...scribe.done(c, { text: 'TWO' }), { type: 'gone', node: c.id }, line(2, 'never'));
      const again = scribe.up('a');
      scribe.write(again, ...scribe.joins(again, 1), line(1, 'four'), ...scribe.done(b, { text: 'THREE' }));
      scribe.write(b, ...scribe.done(b, { text: 'THREE' }), { type: 'gone', node: b.id });
      scribe.write(again, { type: 'gone', node: again.id });
    },
  },
  {
    name: 'servers that are unlike come after each other',
    options: { order: 'free', transform: 'handler' },
    play: (scribe) => {
      const [a, b] = two(scribe);
      scribe.write(a, line(1, 'one'), { type: 'gone', node: a.id }).write(b, line(1, 'two'));
      const gone = (node: ScribeNode): NodeRecord => ({ type: 'gone', node: node.id });
      scribe.up('other', { options: '{}', before: [gone(a)] });
      const other = scribe.up('other', { options: '{}', before: [gone(a), gone(b)] });
      scribe.write(b, line(1, 'too late')).write(other, ...scribe.joins(other, 1), line(1, 'unread'));
      scribe.up('c');
      scribe.write(other, gone(other));
      const c = scribe.up('c');
      scribe.write(c, ...scribe.joins(c, 2), line(1, 'three'), line(2, 'four'));
      const d = scribe.up('d', { before: [gone(c), gone(c)] });
      scribe.write(d, ...scribe.joins(d, 1), line(1, 'five'));
    },
  },
  {
    name: 'one that ended leaves',
    options: { order: 'strict', clients: 2 },
    play: (scribe) => {
      const [a, b] = two(scribe, 2);
      scribe.write(a, run(2, numbered(4, 'x')), { type: 'end', client: 2, reason: 'over' });
      scribe.write(
        a,
        { type: 'end', client: 2, reason: 'again' },
        { type: 'leave', client: 2, reason: 'gone' },
      );
      scribe.write(b, run(1, numbered(4, 'y')), run(2, numbered(4, 'z')));
      scribe.write(a, run(1, numbered(4, 'w')));
    },
  },
  {
    name: 'rounds without events',
    options: { order: 'strict', clients: 2, events: false },
    play: (scribe) => {
      const [a, b] = two(scribe, 1);
      const hold = (on: boolean): RoomRecord => ({ type: 'hold', room: 'main', on });
      const step: RoomRecord = { type: 'step', room: 'main', turns: 1 };
      scribe.write(a, run(1, numbered(9, 'a')), hold(true), step, step);
      scribe.write(b, run(1, numbered(3, 'b')), step, step, step, hold(false));
      scribe.write(b, move(1, 'side'), ...scribe.joins(b, 1));
      scribe.write(a, run(1, numbered(9, 'c')), quit(1));
    },
  },
  {
    name: 'one that says nothing is passed over',
    options: { order: 'strict', clients: 2, maxSkips: 2 },
    play: (scribe) => {
      const [a, b] = two(scribe);
      const skip = (client: number): RoomRecord => {
        const { turn = 0 } = scribe.roomOf(a, 1) ?? {};
        return { type: 'skip', client, turn, reason: 'waited 200 ms' };
      };
      // The first and the third let two turns pass each, and are passed over.
      for (let round = 0; round < 2; round++) {
        scribe.write(a, skip(1)).write(a, line(2, 'one')).write(b, skip(1)).write(b, line(2, 'two'));
      }
      scribe.write(a, run(2, numbered(3, 'a'))).write(b, run(2, numbered(3, 'b')), slow(2, true));
      scribe.write(a, command(1, 'who'), line(2, 'three')).write(b, slow(2, false), line(1, 'back'));
      // Now nobody says anything: the room waits for one after the other.
      for (const [node, client] of [
        [b, 2],
        [a, 2],
        [b, 1],
        [b, 2],
        [a, 2],
        [b, 1],
        [b, 2],
      ] as const)
        scribe.write(node, skip(client));
      scribe.write(a, command(1, 'pass'), line(1, 'four'), move(1, 'side'), line(1, 'five'));
      scribe.write(b, { type: 'leave', client: 1, reason: 'reset' }, line(2, 'six'), quit(2));
    },
  },
  {
    name: 'addresses are hidden',
    options: { order: 'free', addresses: 'hidden' },
    play: (scribe) => {
      const [a, b] = two(scribe, 1);
      scribe.write(a, command(1, 'who')).write(b, name(1, 'Bea'), move(1, 'side'), command(1, 'who'));
      scribe.write(a, move(1, 'side'), command(1, 'who'), ...scribe.joins(a, 1));
    },
  },
  {
    name: 'one more room while nobody is in the first',
    options: { order: 'fair', maxRooms: 3 },
    play: (scribe) => {
      const [a, b] = two(scribe, 1);
      scribe.write(a, move(1, 'side'), line(1, 'one')).write(b, move(1, 'side'), line(1, 'to', '1'));
      scribe.write(b, ...scribe.joins(b, 1)).write(b, move(2, 'side'), line(1, 'to a later one', '3'));
      scribe.write(a, move(1, 'third'), move(1, 'fourth')).write(b, move(1, 'fourth'), move(2, 'main'));
    },
  },
  {
    name: 'as much as one record may cause, and one that does not read',
    options: { order: 'fair', deliver: 'others' },
    play: (scribe) => {
      const [a, b] = two(scribe);
      scribe.write(a, run(1, numbered(64, 'p'))).write(a, run(1, numbered(65, 'q')));
      scribe.write(b, slow(1, true), run(2, numbered(3, 'r')), slow(1, true), line(1, 'held'));
      scribe.write(b, slow(1, false));
    },
  },
  {
    name: 'rounds while one does not read',
    options: { order: 'strict', clients: 2 },
    play: (scribe) => {
      const [a, b] = two(scribe);
      scribe.write(b, slow(2, true), run(2, numbered(3, 'x')));
      scribe.write(a, run(1, numbered(4, 'y')), run(2, numbered(4, 'z'))).write(b, run(1, numbered(4, 'w')));
      scribe.write(b, slow(2, false));
    },
  },
  {
    name: 'a fault after a line that is answered elsewhere',
    options: { order: 'free', transform: 'handler' },
    play: (scribe) => {
      const [a] = two(scribe);
      const fault: RoomRecord = { type: 'fault', client: 1, code: 'FRAME_BAD_BYTE', text: 'Cannot read it' };
      scribe.write(a, line(1, 'one'), move(1, 'side')).write(a, ...scribe.done(a, { text: 'ONE' }), fault);
      scribe.write(a, line(1, 'two'), fault, move(1, 'main')).write(a, fault);
      scribe.write(a, ...scribe.done(a, { text: 'TWO' }), fault);
    },
  },
  {
    name: 'the operator kicks and says',
    options: { order: 'strict', clients: 2 },
    play: (scribe) => {
      const [a, b] = two(scribe, 2);
      const kick = (whom: number): RoomRecord => ({ type: 'kick', whom, reason: 'kicked' });
      const say = (room: string | undefined): RoomRecord => ({ type: 'say', room, text: 'soon' });
      const [first = 0, second = 0, third = 0] = scribe.ledger.rooms.clients();
      scribe.write(a, line(2, 'one'), line(2, 'two'), say(undefined), kick(first)).write(a, line(1, 'late'));
      // Of another server, with lines waiting; and one that is gone.
      scribe.write(b, move(2, 'side'), line(2, 'x'), kick(second), say('side')).write(b, say('none'));
      scribe
        .write(b, kick(first), line(1, 'three'), kick(third), say('main'))
        .write(a, ...scribe.joins(a, 1));
    },
  },
  {
    name: 'a kick while the handler works, and while the room closes',
    options: { order: 'free', transform: 'handler', quit: 'room', events: false },
    play: (scribe) => {
      const [a, b] = two(scribe, 2);
      const [first = 0, second = 0, third = 0] = scribe.ledger.rooms.clients();
      scribe.write(a, line(1, 'one'), line(2, 'two'), { type: 'kick', whom: first, reason: 'kicked' });
      scribe.write(a, ...scribe.done(a, { text: 'ONE' }), { type: 'say', room: undefined, text: 'soon' });
      scribe.write(b, line(1, 'three'), quit(2), { type: 'kick', whom: third, reason: 'kicked' });
      scribe.write(a, ...scribe.done(a, { text: 'TWO' }), { type: 'kick', whom: second, reason: 'kicked' });
      scribe.write(b, ...scribe.done(b, { text: 'THREE' }));
    },
  },
  {
    name: 'a quit waits for the handler',
    options: { order: 'free', transform: 'handler', quit: 'room' },
    play: (scribe) => {
      const [a, b] = two(scribe);
      scribe.write(a, line(1, 'one'), line(1, 'two'), line(2, 'three')).write(b, quit(1));
      scribe.write(a, ...scribe.done(a, { text: 'ONE' })).write(a, ...scribe.done(a, { text: 'THREE' }));
      scribe.write(a, ...scribe.done(a, { text: 'TWO' }), line(1, 'after'));
    },
  },
];
