import { expect, test } from 'vitest';
import { Causes } from '../../../src/load/figures/causes.ts';

test('Causes: keeps the first eight, and counts the rest', () => {
  const causes = new Causes();
  for (let index = 0; index < 100_000; index++) causes.add(`cause ${index}`);
  causes.add('cause 0');
  const counts = causes.counts();
  expect(Object.keys(counts)).toHaveLength(9);
  expect(counts).toMatchObject({ 'cause 0': 2, 'cause 7': 1, others: 99_992 });
});

test('Causes: those of several threads add up', () => {
  const causes = new Causes();
  causes.add('others', 5);
  causes.add('a cause', 2);
  causes.add('a cause', 3);
  expect(causes.counts()).toEqual({ 'a cause': 5, others: 5 });
});
