import { expect, test } from 'vitest';
import { parseReport } from '../../src/load/earlier.ts';
import { reported } from './results.ts';

const REPORT = reported([1, 2]);

test('parseReport: reads what a report is written as', () => {
  expect(parseReport(JSON.stringify(REPORT))).toEqual(REPORT);
  const empty = reported([], { elapsedMs: 0 });
  expect(parseReport(JSON.stringify(empty))).toEqual(empty);
});

test.each<[string, object | null]>([
  ['nothing', null],
  ['a list', [REPORT]],
  ['no histogram', { ...REPORT, histogram: undefined }],
  ['a histogram that is none', { ...REPORT, histogram: 'AAAA' }],
  ['no percentiles', { ...REPORT, latencyMs: null }],
  ['a percentile that is no number', { ...REPORT, latencyMs: { ...REPORT.latencyMs, p99: '1' } }],
  ['a negative time', { ...REPORT, elapsedMs: -1 }],
  ['no plan', { ...REPORT, plan: undefined }],
  ['a plan with a list', { ...REPORT, plan: { clients: [] } }],
  ['nothing over time', { ...REPORT, overTime: { intervalMs: 10 } }],
  ['a rate that is no number', { ...REPORT, overTime: { ...REPORT.overTime, linesPerSecond: ['<b>'] } }],
])('parseReport: %s is none', (_, value) => {
  expect(parseReport(JSON.stringify(value))).toBeUndefined();
});

test('parseReport: text that is no JSON is none', () => {
  expect(parseReport('lines 5')).toBeUndefined();
});
