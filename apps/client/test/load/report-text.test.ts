import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Result } from '../../src/load/figures/tally.ts';
import { formatReport } from '../../src/load/report-text.ts';
import { PLAN, reported } from './results.ts';

test('formatReport: says whether this side was the limit, and what a rate came to', () => {
  const plan = { ...PLAN, rate: 1000 };
  const result = {
    busy: 0.97,
    failures: { missing: 2, 'refused HANDLER': 1 },
    causes: { 'the server said "* ERR HANDLER no"': 1, 'no answer within 1.0 s': 2 },
  };
  const report = reported([1, 2, 3], result, { plan, thresholds: [{ name: 'p99', limit: 2 }] });
  expect(formatReport(report, plan)).toBe(
    [
      'clients    1 of 10, 1 line of 32 bytes per write',
      'lines      3 answered of 3 sent, 1.0 s measured',
      'rate       3 lines/s of 1,000 requested, 99 B/s each way',
      'latency    p50 2.00  p90 3.00  p99 3.00  p99.9 3.00  max 3.00 ms',
      '           mean 2.00  stdev 0.817 ms',
      'sent late  no line was measured',
      'wrong      2 missing, 1 refused HANDLER',
      '           the server said "* ERR HANDLER no"',
      '           2 times: no answer within 1.0 s',
      'thresholds p99 at most 2.00 ms: was 3.00 ms, not met',
      'this side  busy 97 % of the time: this side may be the limit. Use more --threads',
      '',
    ].join('\n'),
  );
});

test('formatReport: has no figure without a sample, and does not call it right', () => {
  const text = formatReport(reported([], { elapsedMs: 0 }), PLAN);
  expect(text).toContain('lines      0 answered of 0 sent, none measured\n');
  expect(text).toContain('rate       no line was measured\n');
  expect(text).toContain('latency    no line was measured\n');
  expect(text).toContain('wrong      nothing was sent\n');
});

test('formatReport: has plain digits for latencies of any length', () => {
  fc.assert(
    fc.property(
      fc.array(fc.double({ min: 0, max: 4_000_000, noNaN: true }), { minLength: 1 }),
      (latencies) => {
        expect(formatReport(reported(latencies), PLAN)).not.toMatch(/\de[+-]?\d|NaN|Infinity/);
      },
    ),
  );
  expect(formatReport(reported([6640]), PLAN)).toMatch(/^latency +p50 6,64\d /m);
});

test.each<[string, Partial<Result>, string | undefined]>([
  [
    'answers that came late',
    { elapsedMs: 7600, stop: { afterMs: 1001, owed: 1234 } },
    '6.6 s longer than the 1.0 s asked for: 1,234 lines had no answer yet',
  ],
  [
    'a process that stood still',
    { elapsedMs: 3100, stop: { afterMs: 3100, owed: 1 } },
    '2.1 s longer than the 1.0 s asked for: this side was held up and sent for 3.1 s',
  ],
  [
    'a stop',
    { elapsedMs: 400, stop: { afterMs: 400, owed: 1 } },
    'stopped after 0.4 s of the 1.0 s asked for',
  ],
  ['no connection', { elapsedMs: 400 }, 'ended before the 1.0 s asked for: no connection was left'],
  ['nothing in particular', { elapsedMs: 1001, stop: { afterMs: 1000, owed: 9 } }, undefined],
])('formatReport: says why a run was as long as it was: %s', (_, result, want) => {
  const [, lines, next] = formatReport(reported([1], result), PLAN).split('\n');
  expect(lines).toMatch(/^lines /);
  expect(next).toEqual(want === undefined ? expect.stringMatching(/^rate /) : `           ${want}`);
});

test('formatReport: tells the lines of the warm-up from the others', () => {
  const plan = { ...PLAN, warmUpMs: 5 };
  const report = reported([1], { sent: 9, answered: 9, measured: 1 }, { plan });
  expect(formatReport(report, plan)).toContain('           8 of them in the warm-up, not measured\n');
});

test('formatReport: compares with another run, and says if it was another load', () => {
  const earlier = { name: 'old.json', report: reported([1, 1], {}, { plan: { ...PLAN, clients: 5 } }) };
  const text = formatReport(reported([2, 2, 2, 2]), PLAN, earlier);
  expect(text.slice(text.indexOf('compared')).split('\n')).toEqual([
    'compared   with old.json',
    '           another load: clients 10, before 5',
    '                          before    now',
    '           rate, lines/s       2      4  +100 %',
    '           mean, ms         1.00   2.00  +100 %',
    '           stdev, ms       0.000  0.000  +0.0 %',
    '           p50, ms          1.00   2.00  +100 %',
    '           p90, ms          1.00   2.00  +100 %',
    '           p99, ms          1.00   2.00  +100 %',
    '           p99.9, ms        1.00   2.00  +100 %',
    '           max, ms          1.00   2.00  +100 %',
    '',
  ]);
});
