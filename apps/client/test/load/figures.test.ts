import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Latencies } from '../../src/load/figures/latencies.ts';
import { merge, type Result } from '../../src/load/figures/tally.ts';
import { Arrivals } from '../../src/load/lines/arrivals.ts';
import { DueTimes } from '../../src/load/lines/due-times.ts';
import { type LoadPlan, share } from '../../src/load/plan.ts';
import { barText } from '../../src/load/progress-bar.ts';
import { formatReport, reportOf } from '../../src/load/report.ts';

const PLAN: LoadPlan = {
  clients: 10,
  size: 32,
  linesPerWrite: 1,
  lines: Infinity,
  durationMs: 1000,
  rate: undefined,
  arrival: 'steady',
  rampMs: 0,
  reply: 'upper',
  events: 'on',
  timeoutMs: 1000,
  seed: 1,
};

function resultOf(latencies: readonly number[], rest: Partial<Result> = {}): Result {
  const recorded = new Latencies();
  for (const ms of latencies) recorded.record(ms, 1);
  const count = latencies.length;
  return {
    clients: 1,
    sent: count,
    answered: count,
    faults: {},
    trouble: undefined,
    elapsedMs: 1000,
    measured: count,
    busy: 0.5,
    latencies: recorded.toString(),
    lateness: new Latencies().toString(),
    ...rest,
  };
}

describe('Latencies', () => {
  it('percentiles are those of the sorted values, to three digits', () => {
    const ms = fc.double({ min: 0.001, max: 3_600_000, noNaN: true });
    fc.assert(
      fc.property(fc.array(ms, { minLength: 1, maxLength: 300 }), (values) => {
        const latencies = new Latencies();
        for (const value of values) latencies.record(value, 1);
        const sorted = values.toSorted((a, b) => a - b);
        const { p50, p90, p99, max, count } = latencies.summary();
        const at = (part: number): number => sorted[Math.max(0, Math.ceil(part * sorted.length) - 1)]!;
        expect(count).toBe(values.length);
        for (const [got, want] of [
          [p50, at(0.5)],
          [p90, at(0.9)],
          [p99, at(0.99)],
          [max, at(1)],
        ] as const)
          expect(Math.abs(got - want)).toBeLessThanOrEqual(0.001 + want * 0.001);
      }),
    );
  });

  it('what is written reads back, and adds up', () => {
    const [low, high] = [new Latencies(), new Latencies()];
    low.record(1, 99);
    high.record(1000, 1);
    const both = Latencies.parse(low.toString());
    both.add(Latencies.parse(high.toString()));
    expect(both.summary()).toMatchObject({ count: 100, p50: 1, p99: 1 });
    expect(both.summary().max).toBeCloseTo(1000, -1);
    both.clear();
    expect(both.summary().count).toBe(0);
  });
});

describe('DueTimes', () => {
  it('gives back every line once, in order, with its time', () => {
    const step = fc.oneof(
      fc.record({ push: fc.integer({ min: 1, max: 5 }) }),
      fc.record({ take: fc.nat(7) }),
    );
    fc.assert(
      fc.property(fc.array(step, { maxLength: 3000 }), (steps) => {
        const due = new DueTimes();
        const model: number[] = [];
        let time = 0;
        for (const each of steps) {
          if ('push' in each) {
            due.push(++time, each.push);
            for (let line = 0; line < each.push; line++) model.push(time);
            expect([...due.unwritten()]).toEqual([[time, each.push]]);
          } else {
            const taken: number[] = [];
            due.take(each.take, (at, count) => taken.push(...Array<number>(count).fill(at)));
            expect(taken).toEqual(model.splice(0, each.take));
          }
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe('Arrivals', () => {
  it('steady: a multiple of the gap, for days', () => {
    const arrivals = new Arrivals({ arrival: 'steady', rate: 3, random: Math.random });
    const times = Array.from({ length: 3_000_001 }, () => arrivals.next());
    expect(times[0]).toBe(0);
    expect(times[3_000_000]).toBeCloseTo(1_000_000_000, 3);
  });

  it('poisson: gaps that are exponential, a thousand a second on average', () => {
    let state = 0;
    const random = (): number => (state = (state + 0.6180339887498949) % 1);
    const arrivals = new Arrivals({ arrival: 'poisson', rate: 1000, random });
    const times = Array.from({ length: 100_000 }, () => arrivals.next());
    const gaps = times.slice(1).map((time, index) => time - times[index]!);
    expect(times.at(-1)! / 100_000).toBeCloseTo(1, 1);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(0);
    // Longer than the mean: 1 in e.
    expect(gaps.filter((gap) => gap > 1).length / gaps.length).toBeCloseTo(1 / Math.E, 2);
  });
});

describe('share', () => {
  it('threads together do what one would', () => {
    const parts = share({ ...PLAN, clients: 10, rate: 1000 }, 4);
    expect(parts.map(({ clients }) => clients)).toEqual([3, 3, 2, 2]);
    expect(parts.reduce((sum, { rate = 0 }) => sum + rate, 0)).toBeCloseTo(1000);
    expect(new Set(parts.map(({ seed }) => seed)).size).toBe(4);
    expect(share({ ...PLAN, clients: 2 }, 4)).toHaveLength(2);
  });
});

describe('the report', () => {
  it('is not ok with a fault, an answer that is owed, or nothing sent', () => {
    expect(reportOf(resultOf([1]), PLAN).ok).toBe(true);
    expect(reportOf(resultOf([1], { faults: { wrong: 1 } }), PLAN).ok).toBe(false);
    expect(reportOf(resultOf([1], { sent: 2 }), PLAN).ok).toBe(false);
    expect(reportOf(resultOf([]), PLAN).ok).toBe(false);
  });

  it('says whether this side was the limit, and what a rate came to', () => {
    const report = reportOf(
      resultOf([1, 2, 3], { busy: 0.97, faults: { missing: 2, 'refused HANDLER': 1 } }),
      {
        ...PLAN,
        rate: 1000,
      },
    );
    expect(formatReport(report, { ...PLAN, rate: 1000 })).toBe(
      [
        'clients    1, 1 lines of 32 bytes a write',
        'lines      3 answered of 3 sent, 1.0 s measured',
        'rate       3 lines/s of 1,000 asked for, 0.00 MB/s each way',
        'latency    p50 2.00  p90 3.00  p99 3.00  p99.9 3.00  max 3.00 ms',
        'sent late  p50 0.00  p90 0.00  p99 0.00  p99.9 0.00  max 0.00 ms',
        'wrong      2 missing, 1 refused HANDLER',
        'this side  busy 97 % of the time: it was the limit itself, perhaps. Take more --threads',
        '',
      ].join('\n'),
    );
  });

  it('of several threads: sums, the longest time, the busiest loop, one histogram', () => {
    const both = merge([
      resultOf([1, 1, 1], { elapsedMs: 900, busy: 0.2, faults: { wrong: 1 } }),
      resultOf([9], { elapsedMs: 1000, busy: 0.7, faults: { wrong: 1, cut: 1 }, trouble: 'x' }),
    ]);
    expect(both).toMatchObject({
      clients: 2,
      sent: 4,
      answered: 4,
      elapsedMs: 1000,
      busy: 0.7,
      trouble: 'x',
    });
    expect(both.faults).toEqual({ wrong: 2, cut: 1 });
    expect(Latencies.parse(both.latencies).summary()).toMatchObject({ count: 4, p50: 1, max: 9.007 });
  });
});

describe('barText', () => {
  it('shows how far, how fast and how wrong', () => {
    expect(barText({ done: 0.5, rate: 1_234_567, faults: 3 })).toBe(
      '[############------------]  50 %  1,234,567 lines/s  3 wrong',
    );
  });
});
