import fc from 'fast-check';
import { expect, test } from 'vitest';
import { cutsOf, partsOf, planOf, spoiled } from '../../src/model/writes.ts';

test('partsOf: the parts are the text, whatever the cuts', () => {
  fc.assert(
    fc.property(fc.string({ minLength: 1 }), fc.array(fc.integer({ min: -2, max: 40 })), (text, cuts) => {
      const parts = partsOf(text, new Set(cuts));
      expect(parts.join('')).toBe(text);
      expect(parts).not.toContain('');
    }),
  );
});

test('cutsOf: in one, in two in front of the line end, and every byte by itself', () => {
  expect(partsOf('hello you\n', cutsOf('two', 10))).toEqual(['hell', 'o you\n']);
  expect(partsOf('abc\n', cutsOf('drip', 4))).toEqual(['a', 'b', 'c', '\n']);
  expect(partsOf('abc\n', cutsOf('one', 4))).toEqual(['abc\n']);
  expect(cutsOf('two', 1).size).toBe(0);
});

test('planOf: says how many writes of how many bytes, and how far apart', () => {
  expect(planOf(['a'], 500)).toBe('1 write of 1 byte');
  expect(planOf(['hell', 'o you\n'], 500)).toBe('2 writes, 500 ms apart: 4 + 6 bytes');
  expect(planOf(Array.from('abcdef'), 20)).toBe('6 writes, 20 ms apart: 1 byte each');
  expect(planOf(['ab', ...Array.from('cdefghijk')], 0)).toBe(
    '10 writes, 0 ms apart: 2 + 1 + 1 + 1 + 1 + 1 + 1 + 1 + … bytes',
  );
});

test('spoiled: a line begins with a byte that is no text, or becomes too long; a command stays what it is', () => {
  expect(spoiled('hi\n', new Map())).toBe('hi\n');
  expect(spoiled('hi\n', new Map([['garbage', 1]]))).toBe('\xffhi\n');
  expect(spoiled('hi\n', new Map([['long', 6]]))).toBe('hi....\n');
  expect(spoiled('/pass\n', new Map([['garbage', 1]]))).toBe('/pass\n');
});
