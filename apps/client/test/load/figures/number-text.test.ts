import { expect, test } from 'vitest';
import {
  bytesText,
  changeText,
  countText,
  msText,
  secondsText,
} from '../../../src/load/figures/number-text.ts';

test.each([
  [0, '0.000'],
  [0.001, '0.001'],
  [0.734, '0.734'],
  [1.638, '1.64'],
  [11.21, '11.2'],
  [834.4, '834'],
  [6640.7, '6,641'],
  [3_600_000, '3,600,000'],
])('msText: %d is %s', (ms, text) => {
  expect(msText(ms)).toBe(text);
});

test.each([
  [100, 108.6, '+8.6 %'],
  [100, 50, '-50.0 %'],
  [1, 1234, '+123,300 %'],
  [0, 5, 'from 0'],
  [0, 0, '+0.0 %'],
])('changeText: from %d to %d', (before, now, text) => {
  expect(changeText(before, now)).toBe(text);
});

test.each([
  [0, '0 B'],
  [99, '99 B'],
  [164_900, '164.90 kB'],
  [1_234_567_890, '1,234.57 MB'],
])('bytesText: %d is %s', (bytes, text) => {
  expect(bytesText(bytes)).toBe(text);
});

test('secondsText, countText: have their unit', () => {
  expect([secondsText(7600), secondsText(3_600_000)]).toEqual(['7.6 s', '3,600.0 s']);
  expect([countText(1, 'line'), countText(2000, 'line')]).toEqual(['1 line', '2,000 lines']);
});
