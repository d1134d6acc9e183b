import { expect, test } from 'vitest';
import { comparison, type Pair } from '../src/server/against.ts';
import { type Contender, ours } from '../src/server/contenders.ts';

const UNTIL = { width: 0.04, maxRounds: 12 };

const contender = (name: string): Contender => ({
  ...ours(name),
  start: () =>
    Promise.resolve({
      port: 0,
      cpuSeconds: () => 0,
      residentBytes: () => Promise.resolve(0),
      stop: () => Promise.resolve(),
    }),
});

/** Two servers, and what they cost: round by round the same, and the second one measured costs `late` times as much. */
function pair(own: number, other: number, late = 1, more: Partial<Pair> = {}): Pair {
  const costs: Readonly<Record<string, number>> = { own, other };
  return {
    name: 'a row',
    own: contender('own'),
    other: contender('other'),
    measure: (first, second) => Promise.resolve([costs[first.name]!, costs[second.name]! * late]),
    seen: (above, below) => `${above.join(' ')} to ${below.join(' ')}`,
    words: ['faster', 'slower'],
    ...more,
  };
}

test('comparison: ours divided by theirs, with a verdict, whichever is measured first', async () => {
  const [row] = await comparison(pair(1, 2), UNTIL).measure();
  expect(row).toMatchObject({ name: 'a row', value: 0.5, ok: true });
  expect(row?.change).toEqual({ interval: { low: 0.5, high: 0.5 }, verdict: 'faster', rounds: 10 });
  expect(row?.detail).toBe(`${Array(10).fill(1).join(' ')} to ${Array(10).fill(2).join(' ')}`);
  const [slower] = await comparison(pair(2, 1), UNTIL).measure();
  expect(slower?.change?.verdict).toBe('slower');
});

test('comparison: what the second of a pair pays more is in no verdict', async () => {
  const [row] = await comparison(pair(1, 1, 1.1), UNTIL).measure();
  expect(row?.value).toBeCloseTo(1, 6);
  expect(row?.change).toMatchObject({ verdict: 'no difference seen', rounds: 12 });
});

test('comparison: what is missing here, or does not start in the other build, is skipped with the reason', async () => {
  const here = { ...contender('own'), missing: () => 'openssl is not installed' };
  const [missing] = await comparison(pair(1, 1, 1, { own: here }), UNTIL).measure();
  expect(missing?.skipped).toBe('openssl is not installed');
  const there = { ...contender('other'), start: () => Promise.reject(new Error('unknown flag --page')) };
  const [unknown] = await comparison(pair(1, 1, 1, { other: there }), UNTIL).measure();
  expect(unknown?.skipped).toBe('unknown flag --page');
});
