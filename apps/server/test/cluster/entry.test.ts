import { ERROR_CODES, type ErrorCode } from '@proto/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type NodeRecord, readEntry, writeHead, writeRecord } from '../../src/cluster/entry.ts';
import type { RoomRecord, RoomsCommand } from '../../src/room/records.ts';
import { heapAfterGc } from '../faults/heap.ts';

const whole = fc.nat({ max: 2 ** 31 - 1 });
const text = fc.string({ unit: 'binary-ascii', maxLength: 40 });
const line = text.map((all) => all.replaceAll('\n', ' '));
const kind = 'command' as const;
const command: fc.Arbitrary<RoomsCommand> = fc.oneof(
  fc.record({ kind: fc.constant(kind), verb: fc.constant('quit' as const), reason: text }),
  fc.record({ kind: fc.constant(kind), verb: fc.constantFrom('pass', 'who', 'help') }),
  fc.record({ kind: fc.constant(kind), verb: fc.constant('name' as const), name: text }),
  fc.record({ kind: fc.constant(kind), verb: fc.constant('join' as const), room: text }),
  fc.record({ kind: fc.constant(kind), verb: fc.constant('ping' as const), text }),
);
const run = fc.array(line, { minLength: 1, maxLength: 5 }).map((lines) => {
  return { text: lines.map((one) => `${one}\n`).join(''), count: lines.length };
});
const of = <T extends string>(type: T) => fc.constant(type);
const code = fc.constantFrom(...(Object.keys(ERROR_CODES) as ErrorCode[]));
const record: fc.Arbitrary<RoomRecord | NodeRecord> = fc.oneof(
  fc.record({ type: of('join'), client: whole, address: text }),
  fc.record({ type: of('line'), client: whole, text: line }),
  fc.record({ type: of('line'), client: whole, text: line, to: text }),
  fc.tuple(whole, run).map(([client, lines]) => ({ type: 'lines' as const, client, ...lines })),
  fc.record({ type: of('fault'), client: whole, code, text }),
  fc.record({ type: of('command'), client: whole, command }),
  fc.record({ type: fc.constantFrom('end', 'leave'), client: whole, reason: text }),
  fc.record({ type: of('skip'), client: whole, turn: whole, reason: text }),
  fc.record({ type: of('slow'), client: whole, slow: fc.boolean() }),
  fc.record({
    type: of('done'),
    client: whole,
    ticket: whole,
    result: fc.oneof(fc.record({ text: fc.option(text, { nil: undefined }) }), fc.record({ error: text })),
  }),
  fc.record({ type: of('quit'), client: fc.option(whole, { nil: undefined }), reason: text }),
  fc.record({ type: of('hold'), room: text, on: fc.boolean() }),
  fc.record({ type: of('step'), room: text, turns: whole }),
  fc.record({ type: of('kick'), whom: whole, reason: text }),
  fc.record({ type: of('say'), room: fc.constantFrom(undefined, 'main'), text }),
  fc.record({ type: of('up'), name: text, rules: whole, options: text }),
  fc.record({ type: of('beat'), position: whole, digest: whole }),
  fc.record({ type: of('gone'), node: text }),
);
const records = fc.array(record, { maxLength: 6 });

const written = (seq: number, all: readonly (RoomRecord | NodeRecord)[]): string =>
  writeHead('b.3f9a02c1', seq) + all.map(writeRecord).join('');

describe('readEntry', () => {
  test('readEntry: reads what was written, whatever a text holds', () => {
    fc.assert(
      fc.property(whole, records, (seq, all) => {
        expect(readEntry(written(seq, all))).toEqual({ node: 'b.3f9a02c1', seq, records: all });
      }),
      { numRuns: 500 },
    );
  });

  test('readEntry: an entry that is cut anywhere, or has a letter changed, is damaged or is another one; it never throws', () => {
    fc.assert(
      fc.property(records, fc.nat(), fc.nat(127), (all, at, letter) => {
        const entry = written(7, all);
        const cut = entry.slice(0, at % entry.length);
        const changed = cut + String.fromCharCode(letter) + entry.slice(cut.length + 1);
        for (const one of [cut, changed]) {
          const read = readEntry(one);
          if ('text' in read) expect(read.text).toMatch(/^it's damaged at character \d+: |^it has format /);
          else expect(written(read.seq, read.records).replace('b.3f9a02c1', read.node)).toBe(one);
        }
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ['', "it's damaged at character 0: a word is missing"],
    ['2 a 0\n', 'it has format 2, and this release reads only 1'],
    ['2 a 0\nnot ours', 'it has format 2, and this release reads only 1'],
    // Not of any release: a node that took it for a later format would end.
    ['3', "it's damaged at character 1: a space is missing"],
    ['3 or more', 'it\'s damaged at character 9: "more" is not a number'],
    ['1 a 0\nZ 1\n', 'it\'s damaged at character 7: no record begins with "Z"'],
    ['1 a 0\nL 1 9:abc\n', "it's damaged at character 10: 9 characters are expected"],
    ['1 a 0\nR 1 3:abc\n', "it's damaged at character 15: a run ends with LF"],
    ['1 a 0\nF 1 NOPE 0:\n', "it's damaged at character 14: no error code is NOPE"],
    ['1 a 0\nL 1 3:abcd\n', "it's damaged at character 15: a line end is missing"],
    ['1 a 01\n', 'it\'s damaged at character 6: "01" is not a number'],
  ])('readEntry: %j is refused in words', (entry, why) => {
    expect(readEntry(entry)).toMatchObject({ text: why });
  });

  test('readEntry: a text that is kept does not keep its entry in memory', () => {
    const rest = writeRecord({ type: 'line', client: 2, text: 'x'.repeat(60_000) });
    const kept: string[] = [];
    const before = heapAfterGc();
    for (let client = 0; client < 500; client++) {
      const join = writeRecord({ type: 'join', client, address: `127.0.0.1:${10_000 + client}` });
      const entry = readEntry(Buffer.from(`${writeHead('a', client)}${join}${rest}`).toString('latin1'));
      const [first] = 'records' in entry ? entry.records : [];
      if (first?.type === 'join') kept.push(first.address);
    }
    expect(heapAfterGc() - before).toBeLessThan(5_000_000);
    expect(kept).toHaveLength(500);
  });

  test('readEntry: an entry that is longer than any of ours is read, too', () => {
    const long = 'x'.repeat(100_000);
    const entry = readEntry(`${writeHead('a', 0)}${writeRecord({ type: 'line', client: 1, text: long })}`);
    expect(entry).toMatchObject({ records: [{ type: 'line', client: 1, text: long }] });
  });

  test('writeRecord: there are no ticks in a log', () => {
    expect(() => writeRecord({ type: 'tick' })).toThrow('Cannot write a tick');
  });
});
