import { expect, test } from 'vitest';
import { intervalOf, LEAST_PAIRS, ratiosUntil, verdictOf } from '../src/interval.ts';

/** Numbers from 0 to 1 that the seed says. */
function numbers(seed: number): () => number {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // All but the low bits, which are hardly random.
    return (state >>> 8) / 2 ** 24;
  };
}

/** What disturbs one measurement: it costs so many times as much. */
const NOISE: Readonly<Record<string, (next: () => number) => number>> = {
  'a bell': (next) => Math.exp(0.03 * gauss(next)),
  'a bell, and now and then up to twice as much': (next) =>
    Math.exp(0.02 * gauss(next)) * (next() < 0.15 ? 1 + next() : 1),
  'a long tail': (next) => 1 - 0.1 * Math.log(1 - next()),
};

function gauss(next: () => number): number {
  return Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
}

const TRUE_RATIO = 0.97;
const TIMES = 1_000;

/** How often the interval holds the true ratio, of `TIMES`. */
async function coverage(
  kind: string,
  pairs: (next: () => number) => Promise<number[]> | number[],
): Promise<number> {
  const random = numbers(7);
  const noise = NOISE[kind]!;
  const next = (): number => (TRUE_RATIO * noise(random)) / noise(random);
  let held = 0;
  for (let time = 0; time < TIMES; time++) {
    const { low, high } = intervalOf(await pairs(next));
    if (low <= TRUE_RATIO && high >= TRUE_RATIO) held++;
  }
  return held / TIMES;
}

test.each(Object.keys(NOISE))(
  'intervalOf: noise of %s, and it holds the true ratio as often as it says',
  async (kind) => {
    for (const count of [7, 10, 20]) {
      const share = await coverage(kind, (next) => Array.from({ length: count }, next));
      expect(share).toBeGreaterThan(0.955);
      expect(share).toBeLessThan(0.99);
    }
  },
);

test.each(Object.keys(NOISE))(
  'ratiosUntil: noise of %s, and the end leaves the interval 95 in 100',
  async (kind) => {
    const share = await coverage(kind, (next) => ratiosUntil({ width: 0.04, maxRounds: 30 }, next));
    expect(share).toBeGreaterThan(0.95);
  },
);

test('ratiosUntil: a difference of 5 % is seen, one that is not there seldom', async () => {
  const random = numbers(7);
  const noise = (): number => NOISE['a bell']!(random);
  const times = 300;
  const seen = async (ratio: number): Promise<number> => {
    let count = 0;
    for (let time = 0; time < times; time++) {
      const ratios = await ratiosUntil({ width: 0.04, maxRounds: 30 }, () => (ratio * noise()) / noise());
      if (verdictOf(intervalOf(ratios), ['faster', 'slower']) === (ratio > 1 ? 'slower' : 'faster')) count++;
    }
    return count / times;
  };
  expect(await seen(0.95)).toBeGreaterThan(0.97);
  expect(await seen(1.05)).toBeGreaterThan(0.97);
  expect(await seen(1)).toBeLessThan(0.04);
});

test('intervalOf: the textbook: means of two, and as many cut off as the table of the test says', () => {
  // Depression scores of nine patients before and after, as exponents: Hollander, Wolfe and Chicken, table 3.1.
  const differences = [-0.952, 0.147, -1.022, -0.43, -0.62, -0.59, -0.49, 0.08, -0.01];
  const { ratio, low, high } = intervalOf(differences.map(Math.exp));
  expect(Math.log(ratio)).toBeCloseTo(-0.46, 3);
  // By exact ranks, sums up to 5 are 10 of 512, which is 2 %, and those up to 4 are 7, which is 1.4 %.
  expect([Math.log(low), Math.log(high)]).toEqual([expect.closeTo(-0.806, 3), expect.closeTo(0.035, 3)]);
});

test('intervalOf: what is turned over has the interval turned over; one wild pair moves it little', () => {
  const ratios = [1.02, 0.99, 1.01, 1.03, 0.98, 1.0, 1.04, 1.01];
  const [there, back] = [intervalOf(ratios), intervalOf(ratios.map((ratio) => 1 / ratio))];
  expect(back.low).toBeCloseTo(1 / there.high, 12);
  expect(back.ratio).toBeCloseTo(1 / there.ratio, 12);
  expect(intervalOf([...ratios.slice(1), 9]).ratio).toBeLessThan(1.02);
});

test('intervalOf: too few pairs are refused, with how many it takes', () => {
  const few = Array.from({ length: LEAST_PAIRS - 1 }, () => 1);
  expect(() => intervalOf(few)).toThrow(
    new RangeError('Cannot give an interval: 6 pairs, expected 7 or more'),
  );
  expect(intervalOf([...few, 1])).toEqual({ ratio: 1, low: 1, high: 1 });
});

test('verdictOf: a cost is less, or more, where the whole interval is; else nothing is seen', () => {
  const verdict = (low: number, high: number): string => verdictOf({ low, high }, ['faster', 'slower']);
  expect(verdict(0.9, 0.99)).toBe('faster');
  expect(verdict(1.01, 1.1)).toBe('slower');
  expect(verdict(0.99, 1.01)).toBe('no difference seen');
  expect(verdict(0.9, 1)).toBe('no difference seen');
  expect(verdict(1, 1.1)).toBe('no difference seen');
});

test('ratiosUntil: quiet rounds are few, wide ones go on to the end', async () => {
  const quiet = await ratiosUntil({ width: 0.04, maxRounds: 30 }, () => 1);
  expect(quiet).toHaveLength(10);
  const wide = await ratiosUntil({ width: 0.04, maxRounds: 30 }, (round) => 1 + (round % 7) / 7);
  expect(wide).toHaveLength(30);
  // Wide at first, then narrower with each round.
  const later = await ratiosUntil({ width: 0.1, maxRounds: 30 }, (round) => (round < 3 ? 1.4 : 1));
  expect(later.length).toBeGreaterThan(10);
  expect(later.length).toBeLessThan(30);
});
