import { expect, test } from 'vitest';
import { judge, median } from '../src/figure.ts';
import { race } from '../src/race.ts';

const base = { name: 'x', unit: 'x', spread: [1, 1], detail: '' } as const;

test('judge: a figure is short below what was asked, and above', () => {
  expect(judge({ ...base, value: 2, atLeast: 2 }).ok).toBe(true);
  expect(judge({ ...base, value: 1.99, atLeast: 2 }).ok).toBe(false);
  expect(judge({ ...base, value: 2, atMost: 2 }).ok).toBe(true);
  expect(judge({ ...base, value: 2.01, atMost: 2 }).ok).toBe(false);
});

test('median: the middle, whatever the order', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 2, 3])).toBe(2);
  expect(() => median([])).toThrow(new RangeError('Cannot take median: there are no values'));
});

const fast = { name: 'fast', run: () => 'same' };

test('race: contestants run in turns, a round of warming up before those that count', async () => {
  const order: string[] = [];
  const contestant = (name: string): { name: string; run(): string } => ({
    name,
    run() {
      order.push(name);
      return 'same';
    },
  });
  const figure = race({
    name: 'turns',
    work: 1,
    unit: 'runs',
    ours: contestant('A'),
    against: [{ ...contestant('B'), atLeast: 0 }],
    rounds: 3,
    roundMs: 0,
  });
  const [result] = await figure.measure();
  expect(order.slice(-8).join('')).toBe('ABABABAB');
  expect(result?.name).toBe('turns / B');
});

test('race: a contestant whose output differs from ours is refused', async () => {
  const other = { name: 'other', run: () => 'different', atLeast: 1 };
  const figure = race({ name: 'r', work: 1, unit: 'runs', ours: fast, against: [other], roundMs: 0 });
  await expect(figure.measure()).rejects.toThrow(
    'Cannot race other in r: its digest is different, ours is same',
  );
});
