import { expect, test } from 'vitest';
import { Latencies } from '../../../src/load/figures/latencies.ts';
import { judge, judgedText, parseThresholds } from '../../../src/load/figures/thresholds.ts';

test('parseThresholds: names, units, and several at once', () => {
  expect(parseThresholds('p99=50ms,rate=1000, p99.99=1.5s,max=200us,mean=1ms,stdev=2ms,p100=1s')).toEqual([
    { name: 'p99', limit: 50 },
    { name: 'rate', limit: 1000 },
    { name: 'p99.99', limit: 1500 },
    { name: 'max', limit: 0.2 },
    { name: 'mean', limit: 1 },
    { name: 'stdev', limit: 2 },
    { name: 'p100', limit: 1000 },
  ]);
});

test.each([
  '',
  'p99',
  'p99=50',
  'p99=ms',
  'p99=0ms',
  'p99=-1ms',
  'p99=1e3ms',
  'p99=50ms=2',
  'p101=50ms',
  'p=50ms',
  'rate=0',
  'rate=1000ms',
  'rate=1.5',
  'speed=1',
  'p99=50ms,',
])('parseThresholds: %j is none', (text) => {
  expect(parseThresholds(text)).toBeUndefined();
});

test('judge: times at most, a rate at least, and never without a sample', () => {
  const latencies = new Latencies();
  for (const ms of [1, 2, 3, 4]) latencies.record(ms, 25);
  const thresholds = parseThresholds('p50=2ms,p75=2ms,max=4.1ms,mean=2ms,rate=100,rate=101')!;
  const judged = judge(thresholds, latencies, 100);
  expect(judged.map(({ ok }) => ok)).toEqual([true, false, true, false, true, false]);
  expect(judged.map(judgedText)).toEqual([
    'p50 at most 2.00 ms: was 2.00 ms',
    'p75 at most 2.00 ms: was 3.00 ms',
    'max at most 4.10 ms: was 4.00 ms',
    'mean at most 2.00 ms: was 2.50 ms',
    'rate at least 100 lines/s: was 100 lines/s',
    'rate at least 101 lines/s: was 100 lines/s',
  ]);
  const [none] = judge(parseThresholds('p50=1s')!, new Latencies(), 0);
  expect(none).toEqual({ name: 'p50', limit: 1000, value: null, ok: false });
  expect(judgedText(none!)).toBe('p50 at most 1,000 ms: no line was measured');
});
