import { expect, test } from 'vitest';
import { countText } from '../../../src/observe/console/line-count.ts';

test.each([
  {
    counted: { linesIn: 12_345, linesOut: 12_345, senders: 50, ms: 1_000 },
    text: '12,345 lines/s from 50 clients, not shown one by one',
  },
  {
    counted: { linesIn: 3_000, linesOut: 3_000, senders: 2, ms: 1_500 },
    text: '2,000 lines/s from 2 clients, not shown one by one',
  },
  {
    counted: { linesIn: 9, linesOut: 9, senders: 1, ms: 1_000 },
    text: '9 lines from 1 client, not shown one by one',
  },
  {
    counted: { linesIn: 1, linesOut: 0, senders: 1, ms: 1_000 },
    text: '1 line from 1 client, not shown one by one',
  },
  {
    counted: { linesIn: 100, linesOut: 99_000, senders: 1, ms: 1_000 },
    text: '100 lines/s from 1 client and 99,000 lines/s to clients, not shown one by one',
  },
  {
    counted: { linesIn: 0, linesOut: 400, senders: 0, ms: 1_000 },
    text: '400 lines/s to clients, not shown one by one',
  },
  {
    counted: { linesIn: 1_200, linesOut: 1_200, senders: 10_000, ms: 60_000 },
    text: '20 lines/s from at least 10,000 clients, not shown one by one',
  },
  { counted: { linesIn: 0, linesOut: 0, senders: 0, ms: 1_000 }, text: undefined },
])('countText: $text', ({ counted, text }) => {
  expect(countText(counted)).toBe(text);
});

test('countText: in whole, it is no rate', () => {
  const counted = { linesIn: 5_000, linesOut: 5_000, senders: 3, ms: 10 };
  expect(countText(counted, true)).toBe('5,000 lines from 3 clients, not shown one by one');
});
