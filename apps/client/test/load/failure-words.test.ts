import { expect, test } from 'vitest';
import { saidText, silence, tooFew } from '../../src/load/failure-words.ts';

test('tooFew: says what the server waits for, and what to do', () => {
  expect(tooFew(10, 50, 10).message).toBe(
    'Cannot send: the server waits for 50 clients; 10 are here. Give --clients 50, or start the server with --clients 10',
  );
  expect(tooFew(3, 5, 1).message).toContain('3 are here. Give --clients 3,');
  expect(tooFew(1, 3, 1).message).toContain('1 is here.');
});

test('saidText: quotes a line, escaped, and not more of it than can be read', () => {
  expect(saidText('* BYE \u001b[2J')).toBe('the server said "* BYE \\x1b[2J"');
  expect(saidText('x'.repeat(100_000)).length).toBeLessThan(200);
});

test('silence: says what the server waits for', () => {
  expect(silence(10_000, undefined)).toBe('no answer within 10.0 s');
  expect(silence(50, { kind: 'clients', have: 1, want: 3 })).toBe(
    'no answer within 50 ms. The last thing the server said: it waits for 3 clients, and 1 is here',
  );
});
