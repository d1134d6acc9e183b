import { expect, test } from 'vitest';
import { formatReport, reportOf } from '../../src/load/report.ts';
import { PLAN, resultOf } from './results.ts';

test('reportOf: is not ok with a fault, an answer that is owed, or nothing sent', () => {
  expect(reportOf(resultOf([1]), PLAN).ok).toBe(true);
  expect(reportOf(resultOf([1], { failures: { wrong: 1 } }), PLAN).ok).toBe(false);
  expect(reportOf(resultOf([1], { sent: 2 }), PLAN).ok).toBe(false);
  expect(reportOf(resultOf([]), PLAN).ok).toBe(false);
});

test('formatReport: says whether this side was the limit, and what a rate came to', () => {
  const report = reportOf(
    resultOf([1, 2, 3], { busy: 0.97, failures: { missing: 2, 'refused HANDLER': 1 } }),
    {
      ...PLAN,
      rate: 1000,
    },
  );
  expect(formatReport(report, { ...PLAN, rate: 1000 })).toBe(
    [
      'clients    1, 1 lines of 32 bytes per write',
      'lines      3 answered of 3 sent, 1.0 s measured',
      'rate       3 lines/s of 1,000 requested, 0.00 MB/s each way',
      'latency    p50 2.00  p90 3.00  p99 3.00  p99.9 3.00  max 3.00 ms',
      'sent late  p50 0.00  p90 0.00  p99 0.00  p99.9 0.00  max 0.00 ms',
      'wrong      2 missing, 1 refused HANDLER',
      'this side  busy 97 % of the time: this side may be the limit. Use more --threads',
      '',
    ].join('\n'),
  );
});
