import { expect, test } from 'vitest';
import { PLAN, reported } from './results.ts';

test('reportOf: is not ok with a fault, an answer that is owed, or nothing sent', () => {
  expect(reported([1]).ok).toBe(true);
  expect(reported([1], { failures: { wrong: 1 } }).ok).toBe(false);
  expect(reported([1], { sent: 2 }).ok).toBe(false);
  expect(reported([]).ok).toBe(false);
});

test('reportOf: is not ok if a threshold is not met, and says what the figure was', () => {
  const met = reported([1], {}, { thresholds: [{ name: 'max', limit: 2 }] });
  expect(met).toMatchObject({ ok: true, thresholds: [{ name: 'max', limit: 2, value: 1, ok: true }] });
  expect(reported([1], {}, { thresholds: [{ name: 'rate', limit: 2 }] })).toMatchObject({
    ok: false,
    thresholds: [{ name: 'rate', limit: 2, value: 1, ok: false }],
  });
});

test('reportOf: without a sample there is no latency', () => {
  const report = reported([], { elapsedMs: 0 }, { plan: { ...PLAN, rate: 5 } });
  expect(report).toMatchObject({ latencyMs: null, latenessMs: null, linesPerSecond: 0 });
  expect(JSON.stringify(report)).not.toMatch(/NaN|Infinity/);
});

test('reportOf: says what the run was told, without what has no value', () => {
  expect(reported([1]).plan).toEqual({ clients: 10, size: 32, 'lines-per-write': 1, 'duration-ms': 1000 });
  const plan = { ...PLAN, lines: 5, durationMs: undefined, rate: 7, warmUpMs: 3, rampMs: 4 };
  expect(reported([1], {}, { plan }).plan).toEqual({
    clients: 10,
    size: 32,
    'lines-per-write': 1,
    lines: 5,
    rate: 7,
    arrival: 'steady',
    'warm-up-ms': 3,
    'ramp-ms': 4,
  });
});
