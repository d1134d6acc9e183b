import { expect, test } from 'vitest';
import { count, nearest } from '../src/index.ts';

const VERBS = ['/to', '/pass', '/who', '/name', '/quit'];

test.each([
  ['/woh', '/who'],
  ['/whoo', '/who'],
  ['/qiut', '/quit'],
  ['/pas', '/pass'],
  ['/nmae', '/name'],
])('nearest: %s is taken for %s', (written, word) => {
  expect(nearest(written, VERBS, '/')).toBe(` Did you mean ${word}?`);
});

test.each(['/', '/t', '/nope', '/whooo', '/who is here', '/xyz'])('nearest: %s is like none', (written) => {
  expect(nearest(written, VERBS, '/')).toBe('');
});

test('nearest: the beginning of a long word is enough', () => {
  expect(nearest('--max-line', ['--max-line-bytes', '--lines'], '--')).toBe(
    ' Did you mean --max-line-bytes?',
  );
});

test('nearest: compares no letters of a word that is too long', () => {
  let looks = 0;
  const word: unknown = new Proxy(
    { length: 5, startsWith: () => false, slice: () => word },
    {
      get: (target, key) => {
        if (/^\d+$/.test(String(key))) looks++;
        return Reflect.get(target, key) as unknown;
      },
    },
  );
  expect(nearest('x'.repeat(1_000_000), [word as string])).toBe('');
  expect(looks).toBe(0);
});

test('count: only one has no s', () => {
  expect([0, 1, 2].map((n) => count(n, 'line'))).toEqual(['0 lines', '1 line', '2 lines']);
  expect([1, 2].map((n) => count(n, 'line waits', 'lines wait'))).toEqual(['1 line waits', '2 lines wait']);
});
