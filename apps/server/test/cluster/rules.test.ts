import { describe, expect, test } from 'vitest';
import { type NodeRecord, readEntry, writeHead, writeRecord } from '../../src/cluster/entry.ts';
import type { RoomRecord, RoomsCommand } from '../../src/room/records.ts';
import { conversations } from './rules/conversations.ts';
import { AGAIN, made, type Recorded, recorded, recordedConversations, whyNot } from './rules/recorded.ts';
import { replay } from './rules/replay.ts';

const all = recordedConversations();
const texts = all.flatMap(({ entries }) => entries);
const records = texts.flatMap((text) => {
  const read = readEntry(text);
  return 'records' in read ? read.records : [];
});

/** As recorded, with some hashes and numbers changed. */
function changed(change: Partial<Recorded>, hashes: { records?: string; outcomes?: string } = {}): Recorded {
  const then = recorded();
  const [first = ''] = Object.keys(then.hashes);
  const other = { ...then.hashes[first]!, ...hashes };
  return { ...then, ...change, hashes: { ...then.hashes, [first]: other } };
}

describe('RULES', () => {
  test('RULES: what was recorded has the same outcomes, or the number was raised', () => {
    const then = recorded();
    const now = made(all);
    expect(whyNot(then, now)).toBe(undefined);
    expect(now, `it is to be recorded again: ${AGAIN}`).toEqual(then);
  });

  test('RULES: other outcomes need another number, and another number needs other outcomes', () => {
    const then = recorded();
    const rules = then.rules + 1;
    const other = { outcomes: 'other' };
    expect(whyNot(then, changed({}, other))).toBe(
      `1 recorded conversations are new, or with other outcomes, or another state: "${all[0]!.name}". If you mean that, raise RULES in apps/server/src/room/rules.ts above ${then.rules}, and run node scripts/rules.mjs`,
    );
    expect(whyNot(then, changed({ rules: then.rules - 1 }, other))).toMatch(/^1 recorded conversations/);
    expect(whyNot(then, changed({ rules }, other))).toBe(undefined);
    expect(whyNot(then, changed({ rules }))).toBe(
      `Nothing is new, or with other outcomes, or another state, and RULES in apps/server/src/room/rules.ts is ${rules}, no longer ${then.rules}: servers of two releases that are alike could not share rooms. Put it back`,
    );
  });

  test('RULES: a record that was not there before needs another number', () => {
    const then = recorded();
    const change = { records: [...then.records, 'new'] };
    expect(whyNot(then, changed(change))).toMatch(/^1 recorded conversations are new, .*: "a record new"\. /);
    expect(whyNot(then, changed({ ...change, rules: then.rules + 1 }))).toBe(undefined);
  });

  test('ENTRY_FORMAT: text that is read otherwise needs another number', () => {
    const then = recorded();
    const other = { records: 'other' };
    expect(whyNot(then, changed({}, other))).toMatch(/read otherwise: .* raise ENTRY_FORMAT in .*entry\.ts/);
    expect(whyNot(then, changed({ format: then.format + 1 }, other))).toBe(undefined);
    expect(whyNot(then, changed({ format: then.format + 1 }))).toMatch(/^Nothing is read otherwise/);
  });

  test('conversations: hold every record, command, result and option, and what counts for nothing', () => {
    // A new record, command or option is missing here before it compiles.
    const types: Record<Exclude<RoomRecord['type'], 'tick'> | NodeRecord['type'], true> = {
      join: true,
      line: true,
      lines: true,
      fault: true,
      command: true,
      end: true,
      leave: true,
      skip: true,
      slow: true,
      done: true,
      quit: true,
      hold: true,
      step: true,
      kick: true,
      say: true,
      up: true,
      beat: true,
      gone: true,
    };
    const verbs: Record<RoomsCommand['verb'], true> = {
      quit: true,
      pass: true,
      who: true,
      room: true,
      help: true,
      name: true,
      join: true,
      ping: true,
    };
    expect(new Set(records.map(({ type }) => type))).toEqual(new Set(Object.keys(types)));
    const commands = records.flatMap((each) => (each.type === 'command' ? each.command.verb : []));
    expect(new Set(commands)).toEqual(new Set(Object.keys(verbs)));
    const results = records.flatMap((each) => (each.type === 'done' ? Object.keys(each.result) : []));
    expect(new Set(results)).toEqual(new Set(['text', 'error']));
    const values = (key: keyof (typeof all)[number]['options']): Set<unknown> =>
      new Set(all.map(({ options }) => options[key]));
    expect(values('order')).toEqual(new Set(['strict', 'fair', 'free']));
    expect(values('deliver')).toEqual(new Set(['sender', 'others', 'all']));
    expect(values('transform')).toEqual(new Set(['upper', 'none', 'handler']));
    expect(values('quit')).toEqual(new Set(['all', 'room', 'self']));
    expect(values('maxSkips').has(2)).toBe(true);
    expect(values('addresses').has('hidden')).toBe(true);
    expect(values('events')).toEqual(new Set([true, false]));
    expect(texts.some((text) => !('records' in readEntry(text)))).toBe(true);
  });

  test('conversations: the same seeds give the same text', () => {
    expect(conversations()).toEqual(conversations());
  });

  test('entries: what is read is written as it was', () => {
    for (const text of texts) {
      const read = readEntry(text);
      if (!('records' in read)) continue;
      expect(writeHead(read.node, read.seq) + read.records.map(writeRecord).join('')).toBe(text);
    }
  });

  test('Ledger: written down anywhere in a conversation and read back, it goes on alike', () => {
    for (const [index, each] of all.entries()) {
      const { outcomes } = recorded().hashes[each.name]!;
      for (const part of [1, 2, 3]) {
        const cut = Math.floor((part * each.entries.length + index) / 4) % each.entries.length;
        expect(replay(each, cut).outcomes, `${each.name}, cut after ${cut}`).toBe(outcomes);
      }
    }
  });
});
