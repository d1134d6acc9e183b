import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterAll, expect, test } from 'vitest';
import { Token } from '../../src/door/token.ts';
import { memoryServer } from '../peer.ts';
import { figure, size } from './figure.ts';

const TOKEN = 'correct horse battery staple';
const folder = mkdtempSync(joinPath(tmpdir(), 'proto-f25-'));
const tokenFile = joinPath(folder, 'token');
writeFileSync(tokenFile, `${TOKEN}\n`, { mode: 0o600 });
afterAll(() => rmSync(folder, { recursive: true }));

/** Every way to be wrong by one character, and some more. */
const wrong = [
  ...Array.from(TOKEN, (_, at) => TOKEN.slice(0, at) + TOKEN.slice(at + 1)),
  ...Array.from(TOKEN, (_, at) => `${TOKEN.slice(0, at)}#${TOKEN.slice(at + 1)}`),
  '',
  ' ',
  TOKEN + TOKEN,
  ` ${TOKEN}`,
  `${TOKEN} `,
  TOKEN.toUpperCase(),
  'x'.repeat(900),
  '__proto__',
].map((shown) => `/auth ${shown}`);

/** What a client would like to be understood. */
const before = [
  'hello',
  '',
  '/who',
  '/name bob',
  '/join other',
  '/ping',
  '/help',
  '/pass',
  '/to 1 x',
  '//auth',
  TOKEN,
];

test('F25: with a wrong token, or before the right one, nothing is understood', async () => {
  const { server, join } = await memoryServer({ order: 'free', tokenFile });
  const heard: string[] = [];
  for (const name of ['join', 'line', 'fault', 'turn'] as const) server.on(name, () => heard.push(name));
  let refused = 0;
  for (const [at, line] of [...wrong, ...before].entries()) {
    // Each from another address: one address that guesses is slowed down.
    const peer = join(`10.0.0.${at}`).say(line);
    await peer.line(/^\* ERR AUTH_(FAILED|REQUIRED) /);
    peer.say('hello');
    await peer.line(/^\* ERR AUTH_REQUIRED /);
    peer.duplex.destroy();
    if (peer.lines.every((said) => said.startsWith('* ERR AUTH_'))) refused++;
  }
  expect(heard).toEqual([]);
  const share = (100 * refused) / (wrong.length + before.length);
  expect(share).toBe(100);
  figure({ id: 'F25', what: 'refused', value: share, unit: '%', atLeast: 100 });
});

test('F25: how much of a token is right does not show in the time', async () => {
  const token = await Token.read(tokenFile, 1_000);
  const [first, last] = [`#${TOKEN.slice(1)}`, `${TOKEN.slice(0, -1)}#`];
  const times = { first: [] as number[], last: [] as number[] };
  for (let round = 0; round < size(1, 200); round++) {
    for (const [name, shown] of Object.entries({ first, last }) as ['first' | 'last', string][]) {
      const start = performance.now();
      for (let time = 0; time < 200; time++) expect.soft(token.is(shown)).toBe(false);
      times[name].push(performance.now() - start);
    }
  }
  const median = (values: number[]): number => values.toSorted((a, b) => a - b)[values.length >> 1] ?? 0;
  const ratio = median(times.last) / median(times.first);
  figure({
    id: 'F25',
    what: 'time with the last byte wrong to the first',
    value: ratio,
    unit: 'x',
    atLeast: 0.9,
    atMost: 1.1,
  });
});
