import { describe, expect, test } from 'vitest';
import { cutsOf } from '../src/testing/cuts.ts';
import { isSameFrame, showFrame } from '../src/testing/show.ts';

const named = (length: number, options: Parameters<typeof cutsOf>[1]): string[] =>
  Array.from(cutsOf(length, options), ({ name }) => name);

describe('cutsOf', () => {
  test('cutsOf: one chunk, single bytes, one cut at each position, every pair', () => {
    const expected = ['in one chunk', 'byte by byte', 'cut at 1', 'cut at 2', 'cut at 1 and 2'];
    expect(named(3, {})).toEqual(expected);
    expect(named(3, { pairsUpTo: 3 })).toEqual(expected);
    expect(named(3, { pairsUpTo: 2 })).toEqual(expected.slice(0, -1));
    expect(named(0, {})).toEqual(['in one chunk', 'byte by byte']);
  });

  test('cutsOf: as many random ways as asked for, each with its positions, of which the first 12 are shown', () => {
    const random = (length: number, randomCuts: number) =>
      [...cutsOf(length, { randomCuts, pairsUpTo: 0 })].slice(1 + length);
    expect(random(4, 5)).toHaveLength(5);
    expect(random(4, 0)).toHaveLength(0);
    const shown = new Set<boolean>();
    for (const { name, at } of random(60, 400)) {
      expect(at.every((each, index) => each > (at[index - 1] ?? 0) && each < 60)).toBe(true);
      const few = `cut at ${at.slice(0, 12).join(', ')}`;
      expect(name).toBe(at.length > 12 ? `${few} and ${at.length - 12} more` : few);
      shown.add(at.length > 12);
    }
    expect(shown).toEqual(new Set([true, false]));
    const sizes = random(60, 400).map(({ at }) => at.length);
    expect([Math.min(...sizes) < 3, Math.max(...sizes) > 40]).toEqual([true, true]);
    expect(random(60, 400).some(({ at }) => at.length === 12)).toBe(true);
  });
});

describe('isSameFrame', () => {
  const fault = { code: 'FRAME_TOO_LONG', offset: 1, limit: 2 };
  test.each([
    { one: 'a', other: 'a', same: true },
    { one: 'a', other: 'b', same: false },
    { one: 'null', other: { value: null }, same: false },
    { one: 'missing', other: undefined, same: false },
    { one: undefined, other: 'missing', same: false },
    { one: Uint8Array.of(1, 2), other: Uint8Array.of(1, 2), same: true },
    { one: Uint8Array.of(1, 2), other: Uint8Array.of(1, 3), same: false },
    { one: Uint8Array.of(1, 2), other: Uint8Array.of(1), same: false },
    { one: Uint8Array.of(1), other: 'a', same: false },
    { one: Uint8Array.of(1), other: { value: 1 }, same: false },
    { one: { value: { a: 1 } }, other: { value: { a: 1 } }, same: true },
    { one: { value: 'x'.repeat(100) }, other: { value: `${'x'.repeat(99)}y` }, same: false },
    { one: fault, other: { limit: 2, offset: 1, code: 'FRAME_TOO_LONG' }, same: true },
    { one: fault, other: { ...fault, limit: 3 }, same: false },
  ])('isSameFrame: $one and $other: $same', ({ one, other, same }) => {
    expect([isSameFrame(one, other), isSameFrame(other, one)]).toEqual([same, same]);
  });
});

describe('showFrame', () => {
  test.each([
    [undefined, 'missing'],
    ['a\n', 'text "a\\n"'],
    [Uint8Array.of(0, 255), 'bytes 00 ff'],
    [new Uint8Array(), 'bytes none'],
    [{ value: 1 }, 'value {"value":1}'],
    ['x'.repeat(58), `text "${'x'.repeat(58)}"`],
    ['x'.repeat(59), `text "${'x'.repeat(59)}... (61 characters, hash ad75d2cc)`],
  ])('showFrame: %o is %s', (frame, text) => {
    expect(showFrame(frame)).toBe(text);
  });
});
