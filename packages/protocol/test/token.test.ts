import { expect, test } from 'vitest';
import { AUTH_PREFIX, mostTokenBytes, parse, tokenIn } from '../src/index.ts';

test.each(['a b', ' a', 'a\t'])('AUTH_PREFIX: before %j it is the command that shows it', (token) => {
  expect(parse(AUTH_PREFIX + token)).toEqual({ kind: 'command', verb: 'auth', token });
});

test('mostTokenBytes: with the prefix it fills a line', () => {
  expect(AUTH_PREFIX.length + mostTokenBytes(1024)).toBe(1024);
});

test.each([
  ['secret', 'secret'],
  ['secret\n', 'secret'],
  ['secret\r\n', 'secret'],
  ['secret\n\n', 'secret\n'],
  [' secret ', ' secret '],
  ['', ''],
])('tokenIn: of %j it is %j', (text, want) => {
  expect(tokenIn(text)).toBe(want);
});
