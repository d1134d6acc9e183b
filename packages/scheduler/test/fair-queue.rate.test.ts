import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { FairQueue, type FairQueueOptions, type Rate } from '../src/queue/index.ts';
import { VirtualClock } from '../src/testing/index.ts';
import { runs } from './runs.ts';

/** A queue that keeps when each task was started, and what it cost. */
class Traced {
  readonly clock = new VirtualClock();
  readonly queue: FairQueue;
  readonly started: { readonly key: string; readonly at: number; readonly cost: number }[] = [];

  constructor(options: Partial<FairQueueOptions<string>>) {
    this.queue = new FairQueue({ concurrency: 1_000, ...options, clock: this.clock });
  }

  run(key: string, cost = 1): void {
    this.queue
      .run(key, () => void this.started.push({ key, at: this.clock.now(), cost }), { cost })
      .catch(() => {});
  }

  at(key: string): number[] {
    return this.started.filter((each) => each.key === key).map(({ at }) => at);
  }
}

describe('FairQueue, rates', () => {
  it('rateOf: a key spends its burst at once, and then as its rate comes back', async () => {
    const { clock, queue } = new Traced({ rateOf: () => ({ cost: 10, perMs: 1_000, burst: 2 }) });
    const started: number[] = [];
    for (let n = 0; n < 5; n += 1) void queue.run('a', () => started.push(clock.now()));
    await clock.runAll();
    expect(started).toEqual([0, 0, 100, 200, 300]);
    expect(clock.pending).toBe(0);
  });

  it('rateOf: a key that has used up its rate is passed over, and the others go on at once', async () => {
    const traced = new Traced({
      concurrency: 1,
      rateOf: (key) => (key === 'slow' ? { cost: 1, perMs: 50 } : undefined),
    });
    for (const key of ['slow', 'slow', 'slow', 'a', 'b', 'a']) traced.run(key);
    expect(traced.started.map(({ key }) => key)).toEqual(['slow', 'a', 'b', 'a']);
    expect([traced.queue.waiting, traced.queue.stats().keys.get('slow')?.held]).toEqual([2, 'rate']);
    await traced.clock.runAll();
    expect(traced.at('slow')).toEqual([0, 50, 100]);
  });

  it('rate: all keys together, in turns, and nobody goes ahead of one that must wait', async () => {
    const traced = new Traced({ rate: { cost: 10, perMs: 1_000 } });
    traced.run('a', 10);
    traced.run('b');
    traced.run('dear', 10);
    await traced.clock.advance(400);
    traced.run('late');
    await traced.clock.runAll();
    expect(traced.started.map(({ key, at }) => `${key} ${at}`)).toEqual([
      'a 0',
      'b 100',
      'dear 1100',
      'late 1200',
    ]);
  });

  it('rate: a cost above the burst is spent once the rate is whole, and leaves a debt', async () => {
    const traced = new Traced({ rateOf: () => ({ cost: 1, perMs: 10, burst: 2 }) });
    for (const cost of [1, 5, 1]) traced.run('a', cost);
    await traced.clock.runAll();
    expect(traced.at('a')).toEqual([0, 10, 50]);
  });

  it('charge: what a task cost in the end counts, and what is given back can be spent', async () => {
    const traced = new Traced({ rateOf: () => ({ cost: 10, perMs: 1_000 }) });
    traced.run('a', 10);
    traced.queue.charge('a', 10);
    traced.run('a', 10);
    await traced.clock.advance(1_500);
    expect(traced.at('a')).toEqual([0]);
    traced.queue.charge('a', -5);
    await traced.clock.advance(0);
    expect(traced.at('a')).toEqual([0, 1_500]);
    expect(traced.queue.stats().keys.get('a')?.cost).toBe(25);
  });

  it.each([
    { cost: 5, want: [0, 60] },
    { cost: 0, want: [0, 10] },
  ])('charge: a key that waits for its rate, charged $cost, goes on in its time', async ({ cost, want }) => {
    const traced = new Traced({ rateOf: () => ({ cost: 1, perMs: 10 }) });
    for (let n = 0; n < 2; n += 1) traced.run('a');
    traced.queue.charge('a', cost);
    await traced.clock.runAll();
    expect(traced.at('a')).toEqual(want);
  });

  it('hold: a key waits until that time, others go on, and it keeps its turn', async () => {
    const traced = new Traced({ concurrency: 1 });
    traced.queue.hold('busy', { untilMs: 300 });
    for (const key of ['busy', 'a', 'busy', 'a']) traced.run(key);
    expect(traced.started.map(({ key }) => key)).toEqual(['a', 'a']);
    expect(traced.queue.stats().keys.get('busy')?.held).toBe('caller');
    await traced.clock.runAll();
    expect(traced.at('busy')).toEqual([300, 300]);
  });

  it.each([
    { name: 'release', act: (queue: FairQueue) => queue.release('a'), want: [7] },
    { name: 'a second hold', act: (queue: FairQueue) => queue.hold('a', { untilMs: 20 }), want: [20] },
    { name: 'a hold until now', act: (queue: FairQueue) => queue.hold('a', { untilMs: 7 }), want: [7] },
    { name: 'a hold without an end', act: (queue: FairQueue) => queue.hold('a'), want: [] },
    { name: 'clear', act: (queue: FairQueue) => void queue.clear('a'), want: [] },
    { name: 'leave', act: (queue: FairQueue) => void queue.leave('a'), want: [] },
  ])('hold: $name in the place of the first one', async ({ act, want }) => {
    const traced = new Traced({});
    traced.queue.hold('a', { untilMs: 10 });
    traced.run('a');
    await traced.clock.advance(7);
    act(traced.queue);
    await traced.clock.advance(100);
    expect(traced.at('a')).toEqual(want);
    if (want.length > 0) expect(traced.clock.pending).toBe(0);
  });

  it('hold: while it lasts, the rate does not let it go, and after it the rate counts', async () => {
    const traced = new Traced({ rateOf: () => ({ cost: 1, perMs: 100 }) });
    for (let n = 0; n < 3; n += 1) traced.run('a');
    await traced.clock.advance(50);
    traced.queue.hold('a', { untilMs: 150 });
    await traced.clock.runAll();
    expect(traced.at('a')).toEqual([0, 150, 250]);
  });

  it('leave: a key that comes back has a whole rate and no hold', () => {
    const traced = new Traced({ rateOf: () => ({ cost: 1, perMs: 1_000 }) });
    traced.run('a');
    traced.queue.hold('a');
    traced.queue.leave('a');
    traced.run('a');
    expect(traced.at('a')).toEqual([0, 0]);
    expect(traced.clock.pending).toBe(0);
  });

  it('clear and quit reach what waits for its rate', async () => {
    const traced = new Traced({ rateOf: () => ({ cost: 1, perMs: 1_000 }), maxQueued: 3 });
    for (let n = 0; n < 4; n += 1) traced.run('a');
    expect([traced.queue.waiting, traced.queue.hasCapacity('a'), traced.queue.clear('a')]).toEqual([
      3,
      false,
      3,
    ]);
    for (let n = 0; n < 2; n += 1) traced.run('a');
    const { cancelled } = await traced.queue.quit();
    await traced.clock.runAll();
    expect([cancelled, traced.at('a')]).toEqual([2, [0]]);
  });

  it('cost in time: the estimate is spent at the start, and the difference at the end', async () => {
    const clock = new VirtualClock();
    const queue = new FairQueue({
      concurrency: 1,
      cost: 'time',
      rateOf: () => ({ cost: 1, perMs: 1 }),
      clock,
    });
    const at: number[] = [];
    const slow = (): Promise<void> => {
      at.push(clock.now());
      return new Promise((resolve) => void clock.setTimeout(resolve, 100));
    };
    void queue.run('a', slow);
    void queue.run('a', slow);
    await clock.runAll();
    // One unit is there at first, and the debt of 99 is paid by the time that passes.
    expect(at).toEqual([0, 199]);
  });

  it('a clock whose timers fire early changes nothing', async () => {
    const inner = new VirtualClock();
    const early = {
      now: () => inner.now(),
      setTimeout: (task: () => void, ms: number) => inner.setTimeout(task, ms > 1 ? ms - 0.75 : ms),
    };
    const queue = new FairQueue({ concurrency: 9, rateOf: () => ({ cost: 1, perMs: 10 }), clock: early });
    const at: number[] = [];
    for (let n = 0; n < 4; n += 1) void queue.run('a', () => at.push(inner.now()));
    await inner.runAll();
    expect(at).toEqual([0, 10, 20, 30]);
  });

  it('a clock that sets no timer is asked again', async () => {
    const inner = new VirtualClock();
    let fails = 2;
    const clock = {
      now: () => inner.now(),
      setTimeout: (task: () => void, ms: number) => {
        if ((fails -= 1) >= 0) throw new Error('no timer');
        return inner.setTimeout(task, ms);
      },
    };
    const queue = new FairQueue({ concurrency: 9, rateOf: () => ({ cost: 1, perMs: 10 }), clock });
    const at: number[] = [];
    for (let n = 0; n < 2; n += 1) void queue.run('a', () => at.push(inner.now()));
    for (let n = 0; n < 3; n += 1) await queue.run(`other ${n}`, () => {});
    await inner.runAll();
    expect(at).toEqual([0, 10]);
  });

  it('a wait longer than a timer can is waited for', async () => {
    const year = 365 * 24 * 3_600_000;
    const traced = new Traced({});
    traced.queue.hold('a', { untilMs: year });
    traced.run('a');
    await traced.clock.runAll();
    expect(traced.at('a')).toEqual([year]);
  });

  it('property: in no window is more started than its rate and its burst, and nothing waits longer than it must', async () => {
    const rate = fc.record({
      cost: fc.integer({ min: 1, max: 20 }),
      perMs: fc.integer({ min: 1, max: 200 }),
      burst: fc.integer({ min: 1, max: 30 }),
    });
    const task = fc.record({
      key: fc.constantFrom('a', 'b', 'c'),
      cost: fc.integer({ min: 1, max: 12 }),
      after: fc.constantFrom(0, 0, 0, 1, 7, 40),
    });
    const tasks = fc.array(task, { minLength: 1, maxLength: 60, size: 'max' });
    await fc.assert(
      fc.asyncProperty(fc.option(rate), fc.option(rate), tasks, async (all, own, each) => {
        const traced = new Traced({
          ...(all !== null && { rate: all }),
          rateOf: (key) => (own === null || key === 'c' ? undefined : own),
        });
        for (const { key, cost, after } of each) {
          await traced.clock.advance(after);
          traced.run(key, cost);
        }
        await traced.clock.runAll();
        expect(traced.started).toHaveLength(each.length);
        if (all !== null) expectWithin(traced.started, all);
        if (own !== null) {
          for (const key of ['a', 'b'])
            expectWithin(
              traced.started.filter((one) => one.key === key),
              own,
            );
        }
        expect(traced.clock.pending).toBe(0);
        if (all === null) expect(traced.at('c').length).toBe(each.filter(({ key }) => key === 'c').length);
      }),
      { numRuns: runs(300) },
    );
  });
});

/** In each window that begins with a start: at most the rate of its length and the burst. */
function expectWithin(
  started: readonly { readonly at: number; readonly cost: number }[],
  { cost, perMs, burst = cost }: Rate,
): void {
  for (const [from, first] of started.entries()) {
    let spent = 0;
    for (const { at, cost: one } of started.slice(from)) {
      if (at >= first.at + perMs) break;
      // Sums of fractions differ in their last digits. A cost above the burst counts as the burst when it is spent.
      const within = cost + burst + 1e-6;
      expect(spent + Math.min(one, burst)).toBeLessThanOrEqual(within);
      spent += one;
    }
  }
}
