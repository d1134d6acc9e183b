import fc from 'fast-check';
import { VirtualClock } from '@proto/scheduler/testing';
import { expect, test } from 'vitest';
import { type NodeRecord, readEntry } from '../../src/cluster/entry.ts';
import { MOST_ENTRY_BYTES } from '../../src/cluster/log.ts';
import { Writer } from '../../src/cluster/writer.ts';
import { MOST_SHARED_LINE_BYTES } from '../../src/options/options.ts';
import type { RoomRecord } from '../../src/room/records.ts';

test('Writer: while as many entries are on their way as are worth it, records collect in one', () => {
  const appended: string[] = [];
  const append = (entry: string): Promise<void> => {
    appended.push(entry);
    return Promise.resolve();
  };
  const writer = new Writer({ node: 'a', log: { window: 2, append }, clock: new VirtualClock() });
  const said = (): (readonly string[])[] =>
    appended.map((text) => {
      const entry = readEntry(text);
      return 'records' in entry ? entry.records.map((record) => ('text' in record ? record.text : '')) : [];
    });
  for (const text of ['1', '2', '3', '4', '5']) {
    writer.put({ type: 'line', client: 1, text });
    writer.flush();
  }
  expect(said()).toEqual([['1'], ['2']]);
  expect(writer.pending).toBe(3);
  // What this pass has said so far goes when it ends, and not before.
  writer.cameBack(0);
  writer.put({ type: 'line', client: 1, text: '6' });
  writer.cameBack(1);
  expect(said()).toEqual([['1'], ['2'], ['3', '4', '5']]);
  writer.flush();
  expect(said()).toEqual([['1'], ['2'], ['3', '4', '5'], ['6']]);
  expect(writer.pending).toBe(2);
});

/** What a writer appends for records, each flushed: records of all entries. None is too long. */
function written(node: string, records: readonly (RoomRecord | NodeRecord)[]): (RoomRecord | NodeRecord)[] {
  const entries: string[] = [];
  const append = (entry: string): Promise<void> => {
    entries.push(entry);
    return Promise.resolve();
  };
  const writer = new Writer({ node, log: { window: Infinity, append }, clock: new VirtualClock() });
  for (const record of records) {
    writer.put(record);
    writer.flush();
  }
  expect(Math.max(0, ...entries.map(({ length }) => length))).toBeLessThanOrEqual(MOST_ENTRY_BYTES);
  return entries.flatMap((text) => {
    const entry = readEntry(text);
    return 'records' in entry ? entry.records : [];
  });
}

const longest = 'x'.repeat(MOST_SHARED_LINE_BYTES);
const client = 2 ** 32 - 1;
const whole = Number.MAX_SAFE_INTEGER;
const command = { type: 'command', client } as const;

const all: readonly (RoomRecord | NodeRecord)[] = [
  { type: 'join', client, address: longest },
  { type: 'line', client, text: longest },
  { type: 'line', client, to: longest.slice(0, 30_000), text: longest.slice(30_000) },
  { type: 'lines', client, text: `${longest}\n`, count: 1 },
  { type: 'fault', client, code: 'CERTIFICATE_REFUSED', text: longest },
  { ...command, command: { kind: 'command', verb: 'quit', reason: longest } },
  { ...command, command: { kind: 'command', verb: 'ping', text: longest } },
  { ...command, command: { kind: 'command', verb: 'name', name: longest } },
  { ...command, command: { kind: 'command', verb: 'join', room: longest } },
  { type: 'end', client, reason: longest },
  { type: 'leave', client, reason: longest },
  { type: 'skip', client, turn: whole, reason: longest },
  { type: 'slow', client, slow: true },
  { type: 'done', client, ticket: whole, result: { text: longest } },
  { type: 'done', client, ticket: whole, result: { error: longest } },
  { type: 'quit', client, reason: longest },
  { type: 'hold', room: 'r'.repeat(32), on: true },
  { type: 'step', room: 'r'.repeat(32), turns: whole },
  { type: 'kick', whom: whole, reason: longest },
  { type: 'say', room: 'r'.repeat(32), text: longest },
  { type: 'up', name: 'n'.repeat(255), rules: whole, options: longest.slice(0, 60_000) },
  { type: 'beat', position: whole, digest: whole },
  { type: 'gone', node: longest },
];

test.each(all.map((record) => ({ type: record.type, record })))(
  'Writer: the longest record of its kind fits into an entry: $type',
  ({ record }) => {
    expect(written('n'.repeat(300), [record])).toEqual([record]);
  },
);

test('Writer: a run that is longer than an entry is appended in pieces of whole lines', () => {
  const lines = fc.array(fc.integer({ min: 0, max: MOST_SHARED_LINE_BYTES }), {
    minLength: 1,
    maxLength: 64,
  });
  fc.assert(
    fc.property(lines, fc.boolean(), (lengths, areShort) => {
      const sizes = lengths.map((length) => (areShort ? length % 2_000 : length));
      const run = {
        type: 'lines' as const,
        client: 7,
        text: sizes.map((length, n) => `${'abc'[n % 3]!.repeat(length)}\n`).join(''),
        count: sizes.length,
      };
      const pieces = written('a.1', [run]);
      expect(pieces.map((piece) => (piece.type === 'lines' ? piece.text : '?')).join('')).toBe(run.text);
      expect(new Set(pieces.map((piece) => ('client' in piece ? piece.client : 0)))).toEqual(new Set([7]));
      expect(pieces.length).toBeLessThanOrEqual(1 + (2 * run.text.length) / MOST_SHARED_LINE_BYTES);
    }),
    { numRuns: 50 },
  );
});

test('Writer: what is done to a room that cannot be there is not appended', () => {
  const hold = { type: 'hold', on: true } as const;
  const rooms = ['', 'Main', 'r'.repeat(33), 'r'.repeat(100_000), '\u016dain'];
  expect(
    written(
      'a.1',
      [...rooms, 'main'].map((room) => ({ ...hold, room })),
    ),
  ).toEqual([{ ...hold, room: 'main' }]);
  expect(written('a.1', [{ type: 'say', room: 'r'.repeat(100_000), text: 'x' }])).toEqual([]);
  expect(written('a.1', [{ type: 'step', room: 'r'.repeat(100_000), turns: 1 }])).toEqual([]);
});

test('Writer: a record that fits into no entry is refused, and others are appended', () => {
  const entries: string[] = [];
  const append = (entry: string): Promise<void> => Promise.resolve(void entries.push(entry));
  const writer = new Writer({ node: 'a', log: { window: 9, append }, clock: new VirtualClock() });
  writer.put({ type: 'line', client: 1, text: 'before' });
  expect(() => writer.put({ type: 'line', client: 1, text: longest.repeat(2) })).toThrow(
    'Cannot append a record of 130012 characters: an entry has 65536 at most',
  );
  writer.put({ type: 'line', client: 1, text: 'after' });
  writer.flush();
  expect(entries.join('')).toBe('1 a 0\nL 1 6:before\n1 a 1\nL 1 5:after\n');
});

/** A writer with some entries on their way, and when each is appended. */
function sending(count: number): {
  writer: Writer;
  clock: VirtualClock;
  put: (more: number) => void;
  at: number[];
} {
  const clock = new VirtualClock();
  const at: number[] = [];
  const append = (): Promise<void> => Promise.resolve(void at.push(clock.now()));
  const writer = new Writer({ node: 'a', clock, log: { window: 64, append } });
  const put = (more: number): void => {
    for (let n = 0; n < more; n++) {
      writer.put({ type: 'beat', position: 1, digest: 1 });
      writer.flush();
    }
  };
  put(count);
  return { writer, clock, put, at };
}

test('Writer: what is missing again is sent again 200 ms after the last time, and not only when it is stalled', async () => {
  const { writer, clock, at } = sending(3);
  await clock.advance(10);
  writer.passedOver(1, 0);
  await clock.advance(50);
  writer.passedOver(2, 0);
  await clock.advance(300);
  expect(at).toEqual([0, 0, 0, 10, 10, 10, 210, 210, 210]);
});

test('Writer: once what was missing is back, nothing is sent again', async () => {
  const { writer, clock, put } = sending(4);
  writer.passedOver(1, 0);
  await clock.advance(50);
  writer.passedOver(2, 0);
  for (let seq = 0; seq < 4; seq++) writer.cameBack(seq);
  const { resent } = writer;
  put(3);
  await clock.advance(700);
  expect(writer.resent).toBe(resent);
});
