import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { barText, ProgressBar } from '../../src/load/progress-bar.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('barText: shows how far, how fast and how wrong', () => {
  expect(barText({ done: 0.5, rate: 1_234_567, failures: 3 })).toBe(
    '[############------------]  50 %  1,234,567 lines/s  3 wrong',
  );
});

test('ProgressBar: shows who is in, then the run, and leaves the row where a key was pressed', () => {
  let shown = '';
  const progress = { clients: 3, answered: 0, failures: 0 };
  const output = { write: (text: string) => (shown += text), columns: 40 };
  const bar = new ProgressBar({ output, run: { progress }, clients: 10, lines: Infinity, durationMs: 1000 });
  vi.advanceTimersByTime(200);
  expect(shown).toBe('\rconnecting: 3 of 10 clients are in');
  shown = '';
  bar.begin();
  progress.answered = 50;
  vi.advanceTimersByTime(200);
  expect(shown).toBe('\r[#####-------------------]  20 %  250 l');
  bar.interrupt();
  shown = '';
  bar.stop();
  expect(shown).toBe('\r\r');
  vi.advanceTimersByTime(1000);
  expect(shown).toBe('\r\r');
});
