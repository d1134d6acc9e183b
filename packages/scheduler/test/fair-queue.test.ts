import { describe, expect, expectTypeOf, it } from 'vitest';
import { FairQueue, type FairQueueOptions, SchedulerError } from '../src/queue/index.ts';
import { VirtualClock } from '../src/testing/index.ts';

function queueOf(options: Partial<FairQueueOptions<string>> = {}): { queue: FairQueue; clock: VirtualClock } {
  const clock = new VirtualClock();
  return { queue: new FairQueue({ concurrency: 1, clock, ...options }), clock };
}

/** A task that takes `ms` by that clock, and writes its name down when it is started. */
function task(clock: VirtualClock, log: string[], name: string, ms = 1): () => Promise<string> {
  return () => {
    log.push(name);
    return new Promise((resolve) => void clock.setTimeout(() => resolve(name), ms));
  };
}

const threeForA = (key: string): number => (key === 'a' ? 3 : 1);
const never = (): Promise<never> => new Promise(() => {});

/** No promise, and it calls back twice. */
class Twice implements PromiseLike<string> {
  // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
  then<A, B>(done?: ((value: string) => A | PromiseLike<A>) | null): PromiseLike<A | B> {
    void done?.('five');
    void done?.('six');
    return new Promise(() => {});
  }
}

async function codeOf(promise: Promise<unknown>): Promise<string> {
  try {
    await promise;
    return 'none';
  } catch (error) {
    return error instanceof SchedulerError ? error.code : String(error);
  }
}

describe('FairQueue, run', () => {
  it('settles as the task does, sync or not', async () => {
    const { queue } = queueOf();
    const number = queue.run('a', () => 1);
    expectTypeOf(number).toEqualTypeOf<Promise<number>>();
    expect(await number).toBe(1);
    expect(await queue.run('a', () => Promise.resolve('two'))).toBe('two');
    await expect(
      queue.run('a', () => {
        throw new Error('three');
      }),
    ).rejects.toThrow(new Error('three'));
    await expect(queue.run('a', () => Promise.reject(new Error('four')))).rejects.toThrow(new Error('four'));
    expect(await queue.run('a', () => new Twice())).toBe('five');
    expect(queue.stats()).toMatchObject({ served: 5, running: 0, waiting: 0 });
  });

  it('rejects with what a result throws when it is looked at, and goes on', async () => {
    const { queue } = queueOf();
    const result = {
      // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
      get then(): never {
        throw new Error('do not look');
      },
    };
    await expect(queue.run('a', () => result)).rejects.toThrow('do not look');
    expect(await queue.run('a', () => 'next')).toBe('next');
  });

  it('starts a task before it returns if a slot is free', () => {
    const { queue, clock } = queueOf({ concurrency: 2 });
    const log: string[] = [];
    for (const name of ['a', 'b', 'c']) void queue.run('k', task(clock, log, name));
    expect(log).toEqual(['a', 'b']);
    expect([queue.running, queue.waiting]).toEqual([2, 1]);
  });

  it('serves a key with one task in between those of a key with a thousand', async () => {
    const { queue, clock } = queueOf();
    const log: string[] = [];
    for (let index = 0; index < 1000; index += 1) void queue.run('big', task(clock, log, 'big'));
    void queue.run('small', task(clock, log, 'small'));
    await clock.runAll();
    expect(log.indexOf('small')).toBe(2);
    expect(log).toHaveLength(1001);
  });

  it('keeps the order of one key', async () => {
    const { queue, clock } = queueOf({ concurrency: 3 });
    const log: string[] = [];
    for (const name of ['1', '2', '3', '4', '5']) void queue.run('k', task(clock, log, name));
    await clock.runAll();
    expect(log.join('')).toBe('12345');
  });

  it('does not grow the stack over tasks that end at once', async () => {
    const { queue } = queueOf();
    let depth = 0;
    queue.pause();
    const runs = Array.from({ length: 10_000 }, (_, index) =>
      queue.run('k', () => {
        depth += 1;
        return index;
      }),
    );
    queue.resume();
    expect((await Promise.allSettled(runs)).every(({ status }) => status === 'fulfilled')).toBe(true);
    expect(depth).toBe(10_000);
  });

  it('weightOf: three of one for each of another', async () => {
    const { queue, clock } = queueOf({ weightOf: threeForA });
    const log: string[] = [];
    queue.pause();
    for (let index = 0; index < 6; index += 1) {
      void queue.run('a', task(clock, log, 'a'));
      void queue.run('b', task(clock, log, 'b'));
    }
    queue.resume();
    await clock.runAll();
    expect(log.join('')).toBe('aaabaaabbbbb');
  });

  it('concurrencyPerKey: a visit goes on when its slot is free again', async () => {
    const { queue, clock } = queueOf({ concurrency: 2, concurrencyPerKey: 1, weightOf: threeForA });
    const log: string[] = [];
    queue.pause();
    for (const key of ['a', 'b', 'c', 'd']) {
      for (let index = 0; index < 90; index += 1) void queue.run(key, task(clock, log, key));
    }
    queue.resume();
    await clock.advance(60);
    const served = (key: string): number => log.slice(0, 120).filter((name) => name === key).length;
    expect([served('a'), served('b'), served('c'), served('d')]).toEqual([45, 25, 25, 25]);
  });

  it('cost: is shared out, not the number of tasks', async () => {
    const { queue, clock } = queueOf();
    const log: string[] = [];
    queue.pause();
    for (let index = 0; index < 8; index += 1) {
      void queue.run('a', task(clock, log, 'a'));
      void queue.run('b', task(clock, log, 'b'), { cost: 4 });
    }
    queue.resume();
    await clock.runAll();
    expect(log.slice(0, 10).join('')).toBe('aaaabaaaab');
  });

  it('cost time: what tasks took is shared out, whatever was known before', async () => {
    const { queue, clock } = queueOf({ cost: 'time' });
    const log: string[] = [];
    queue.pause();
    for (let index = 0; index < 100; index += 1) void queue.run('slow', task(clock, log, 's', 20));
    for (let index = 0; index < 400; index += 1) void queue.run('fast', task(clock, log, 'f', 2));
    queue.resume();
    await clock.advance(800);
    const slow = log.filter((name) => name === 's').length;
    expect(slow).toBeGreaterThanOrEqual(19);
    expect(slow).toBeLessThanOrEqual(22);
    expect(queue.stats().fairness).toBeGreaterThan(0.99);
  });

  it('cost time: what takes no time is not free', async () => {
    const { queue } = queueOf({ cost: 'time' });
    const log: string[] = [];
    queue.pause();
    for (let index = 0; index < 1000; index += 1) {
      void queue.run('a', () => log.push('a'));
      void queue.run('b', () => log.push('b'));
    }
    queue.resume();
    await queue.onIdle();
    expect(/a{25}|b{25}/u.test(log.slice(0, 1900).join(''))).toBe(false);
  });

  it('concurrencyPerKey: a key has no more slots, and the others go on', async () => {
    const { queue, clock } = queueOf({ concurrency: 3, concurrencyPerKey: 2 });
    const log: string[] = [];
    for (const name of ['a1', 'a2', 'a3', 'b1', 'b2'])
      void queue.run(name.slice(0, 1), task(clock, log, name, 10));
    expect(log).toEqual(['a1', 'a2', 'b1']);
    expect(queue.running).toBe(3);
    await clock.advance(10);
    expect(log).toEqual(['a1', 'a2', 'b1', 'b2', 'a3']);
    await clock.runAll();
    expect(queue.stats().keys.get('a')).toMatchObject({ served: 3, running: 0 });
  });
});

describe('FairQueue, bounds', () => {
  it('run: QUEUE_FULL over the bound of the key, and another key has capacity', async () => {
    const { queue } = queueOf({ maxQueued: 2 });
    void queue.run('a', never);
    void queue.run('a', never).catch(() => {});
    void queue.run('a', never).catch(() => {});
    await expect(queue.run('a', never)).rejects.toThrow(
      new SchedulerError('QUEUE_FULL', 'Cannot run task of a: 2 of 2 are waiting, 2 of 100000 in total'),
    );
    expect([queue.hasCapacity('a'), queue.hasCapacity('b')]).toEqual([false, true]);
  });

  it('run: QUEUE_FULL over the bound of all', async () => {
    const { queue } = queueOf({ maxQueuedInAll: 1 });
    void queue.run('a', never);
    void queue.run('a', never);
    expect(await codeOf(queue.run('b', never))).toBe('QUEUE_FULL');
  });

  it('untilCapacity: resolves when the key has a slot again', async () => {
    const { queue, clock } = queueOf({ maxQueued: 1 });
    const log: string[] = [];
    await queue.untilCapacity('a');
    void queue.run('a', task(clock, log, 'a1', 10));
    await queue.untilCapacity('a');
    void queue.run('a', task(clock, log, 'a2', 10));
    const waited = queue.untilCapacity('a').then(() => log.push('capacity'));
    await clock.advance(9);
    expect(log).toEqual(['a1']);
    await clock.advance(1);
    expect(log).toEqual(['a1', 'a2', 'capacity']);
    await waited;
  });

  it('untilCapacity: one is told for each slot, of the keys in turn, and all when nothing waits', async () => {
    const { queue, clock } = queueOf({ maxQueuedInAll: 2 });
    const log: string[] = [];
    for (const name of ['x1', 'x2', 'x3']) void queue.run('x', task(clock, log, name, 10));
    for (const key of ['a', 'a', 'b']) void queue.untilCapacity(key).then(() => log.push(`capacity ${key}`));
    await clock.advance(10);
    expect(log).toEqual(['x1', 'x2', 'capacity a']);
    await clock.advance(10);
    expect(log).toEqual(['x1', 'x2', 'capacity a', 'x3', 'capacity b', 'capacity a']);
  });

  it('untilCapacity: a key that is full is not told of slots in the queue', async () => {
    const { queue, clock } = queueOf({
      maxQueued: 1,
      concurrencyPerKey: 1,
      concurrency: 1,
      maxQueuedInAll: 2,
    });
    const log: string[] = [];
    void queue.run('a', task(clock, log, 'a1', 10));
    void queue.run('b', task(clock, log, 'b1', 10));
    void queue.run('a', task(clock, log, 'a2', 10));
    void queue.untilCapacity('a').then(() => log.push('capacity a'));
    void queue.untilCapacity('c').then(() => log.push('capacity c'));
    await clock.advance(10);
    expect(log).toEqual(['a1', 'b1', 'capacity c']);
    await clock.advance(10);
    expect(log).toEqual(['a1', 'b1', 'capacity c', 'a2', 'capacity a']);
  });
});

describe('FairQueue, taking back', () => {
  it('clear: one key, or all, with CANCELLED; what runs goes on', async () => {
    const { queue, clock } = queueOf();
    const log: string[] = [];
    const runs = ['a1', 'a2', 'b1', 'c1'].map((name) => queue.run(name.slice(0, 1), task(clock, log, name)));
    const codes = Promise.all(runs.map(codeOf));
    expect(queue.clear('b')).toBe(1);
    expect(queue.clear('nobody')).toBe(0);
    expect(queue.clear()).toBe(2);
    await clock.runAll();
    expect(await codes).toEqual(['none', 'CANCELLED', 'CANCELLED', 'CANCELLED']);
    expect(log).toEqual(['a1']);
  });

  it('leave: with LEFT, those who wait for capacity too', async () => {
    const { queue, clock } = queueOf({ maxQueued: 1 });
    const runs = [queue.run('a', task(clock, [], 'a1')), queue.run('a', never)];
    const codes = Promise.all([...runs, queue.untilCapacity('a')].map(codeOf));
    expect(queue.leave('a')).toBe(1);
    await clock.runAll();
    expect(await codes).toEqual(['none', 'LEFT', 'LEFT']);
    expect(queue.leave('a')).toBe(0);
    expect(queue.stats().keys.size).toBe(0);
  });

  it('signal: aborted while it waits, it is rejected with the reason and never started', async () => {
    const { queue, clock } = queueOf();
    const log: string[] = [];
    const controller = new AbortController();
    void queue.run('a', task(clock, log, 'a1'));
    const aborted = queue.run('a', task(clock, log, 'a2'), { signal: controller.signal });
    void queue.run('a', task(clock, log, 'a3'));
    controller.abort('enough');
    await expect(aborted).rejects.toBe('enough');
    expect(queue.waiting).toBe(1);
    await clock.runAll();
    expect(log).toEqual(['a1', 'a3']);
  });

  it('signal: aborted while it runs, it is rejected at once and keeps its slot until it ends', async () => {
    const { queue, clock } = queueOf();
    const log: string[] = [];
    const controller = new AbortController();
    let seen: AbortSignal | undefined;
    const running = queue.run(
      'a',
      ({ signal }) => {
        seen = signal;
        return task(clock, log, 'a1', 10)();
      },
      { signal: controller.signal },
    );
    void queue.run('b', task(clock, log, 'b1'));
    controller.abort();
    await expect(running).rejects.toBe(controller.signal.reason);
    expect([seen?.aborted, seen?.reason]).toEqual([true, controller.signal.reason]);
    expect([queue.running, log]).toEqual([1, ['a1']]);
    await clock.advance(10);
    expect(log).toEqual(['a1', 'b1']);
  });

  it('signal: aborted before, the task is never queued', async () => {
    const { queue } = queueOf();
    await expect(queue.run('a', never, { signal: AbortSignal.abort('no') })).rejects.toBe('no');
    expect(queue.running).toBe(0);
  });

  it('signal: a thousand tasks have one listener, and none when they are done', async () => {
    const { queue } = queueOf();
    const controller = new AbortController();
    const { signal } = controller;
    let listeners = 0;
    const counted = Object.assign(signal, {
      addEventListener: (type: string) => void (listeners += Number(type === 'abort')),
      removeEventListener: (type: string) => void (listeners -= Number(type === 'abort')),
    });
    queue.pause();
    const runs = Array.from({ length: 1000 }, () => queue.run('a', () => listeners, { signal: counted }));
    expect(listeners).toBe(1);
    queue.resume();
    expect(new Set(await Promise.all(runs))).toEqual(new Set([1]));
    expect(listeners).toBe(0);
  });
});

describe('FairQueue, pause, idle and quit', () => {
  it('pause: nothing is started until resume', async () => {
    const { queue, clock } = queueOf();
    const log: string[] = [];
    queue.pause();
    expect(queue.paused).toBe(true);
    void queue.run('a', task(clock, log, 'a'));
    await clock.runAll();
    expect(log).toEqual([]);
    queue.resume();
    expect([queue.paused, queue.running]).toEqual([false, 1]);
    await clock.advance(0);
    expect(log).toEqual(['a']);
  });

  it('onIdle: resolves at once, at the last end, or when all was taken back', async () => {
    const { queue, clock } = queueOf();
    const log: string[] = [];
    await queue.onIdle();
    void queue.run('a', task(clock, log, 'a', 10));
    void queue.run('a', task(clock, log, 'b', 10));
    void queue.onIdle().then(() => log.push('idle'));
    await clock.advance(19);
    expect(log).toEqual(['a', 'b']);
    await clock.advance(1);
    expect(log).toEqual(['a', 'b', 'idle']);
    queue.pause();
    const cleared = codeOf(queue.run('a', never));
    const idle = queue.onIdle();
    queue.clear();
    await idle;
    expect(await cleared).toBe('CANCELLED');
  });

  it('quit: rejects what waits, lets what runs end, and takes nothing more', async () => {
    const { queue, clock } = queueOf({ maxQueued: 1 });
    const runs = [queue.run('a', task(clock, [], 'a1', 10)), queue.run('a', never), queue.untilCapacity('a')];
    const codes = Promise.all(runs.map(codeOf));
    const quit = queue.quit({ reason: 'night' });
    expect(queue.quit({ reason: 'again' })).toBe(quit);
    await expect(queue.run('b', never)).rejects.toThrow('Cannot run task of b: the queue has quit (night)');
    expect(await codeOf(queue.untilCapacity('b'))).toBe('QUIT');
    await clock.advance(10);
    expect(await quit).toEqual({ cancelled: 1, abandoned: 0 });
    expect(await codes).toEqual(['none', 'QUIT', 'QUIT']);
    expect(clock.pending).toBe(0);
  });

  it('quit: after the grace, what still runs is rejected, and the queue is idle', async () => {
    const { queue, clock } = queueOf({ concurrency: 2 });
    const codes = Promise.all([queue.run('a', never), queue.run('b', task(clock, [], 'b', 50))].map(codeOf));
    const quit = queue.quit({ graceMs: 100 });
    const idle = queue.onIdle();
    await clock.advance(99);
    expect(queue.running).toBe(1);
    await clock.advance(1);
    expect(await quit).toEqual({ cancelled: 0, abandoned: 1 });
    expect(await codes).toEqual(['QUIT', 'none']);
    await idle;
    expect(queue.running).toBe(1);
    await queue.onIdle();
  });

  it('quit: an idle queue has quit at once', async () => {
    const { queue, clock } = queueOf();
    expect(await queue.quit()).toEqual({ cancelled: 0, abandoned: 0 });
    expect(clock.pending).toBe(0);
  });
});

describe('FairQueue, stats', () => {
  it('tells of each key what waited, ran and took', async () => {
    const { queue, clock } = queueOf();
    void queue.run('a', task(clock, [], 'a1', 10), { cost: 3 });
    void queue.run('a', task(clock, [], 'a2', 20));
    void queue.run('b', never);
    await clock.advance(15);
    expect(queue.stats()).toEqual({
      waiting: 1,
      running: 1,
      served: 1,
      fairness: 0.5,
      keys: new Map([
        ['a', { waiting: 0, running: 1, served: 1, longestWaitMs: 10, serviceMs: 10, cost: 3 }],
        ['b', { waiting: 1, running: 0, served: 0, longestWaitMs: 0, serviceMs: 0, cost: 0 }],
      ]),
    });
    expect(queueOf().queue.stats().fairness).toBe(1);
  });

  it('forgets idle keys when there are many, and counts on over all', async () => {
    const { queue } = queueOf();
    for (let index = 0; index < 2500; index += 1) await queue.run(`key ${index}`, () => index);
    expect([...queue.stats().keys.keys()]).toEqual(Array.from({ length: 1000 }, (_, n) => `key ${n + 1500}`));
    expect(queue.stats().served).toBe(2500);
  });

  it.each([
    { options: { concurrency: 0 }, want: 'concurrency 0: expected an integer from 1' },
    { options: { concurrencyPerKey: 1.5 }, want: 'concurrencyPerKey 1.5: expected an integer from 1' },
    { options: { maxQueued: 0 }, want: 'maxQueued 0: expected an integer from 1' },
    { options: { maxQueuedInAll: -1 }, want: 'maxQueuedInAll -1: expected an integer from 1' },
    { options: { quantum: 0 }, want: 'quantum 0: expected a number from' },
    { options: { cost: 0 }, want: 'cost 0: expected a number from' },
  ])('refuses $want', ({ options, want }) => {
    expect(() => queueOf(options)).toThrow(RangeError);
    expect(() => queueOf(options)).toThrow(`Cannot use ${want}`);
  });

  it('refuses a cost, a weight and a grace out of bounds at once', () => {
    const { queue } = queueOf({ weightOf: () => 0 });
    expect(() => queue.run('a', never, { cost: -1 })).toThrow('Cannot use cost -1');
    // @ts-expect-error -- what a caller without types may do
    expect(() => queue.run(never)).toThrow(
      new TypeError('Cannot run undefined: expected run(key, task) with a function as the task'),
    );
    expect(() => queue.run('a', never)).toThrow('Cannot use weight 0');
    for (const graceMs of [-1, Number.NaN, 2 ** 31])
      expect(() => queue.quit({ graceMs })).toThrow(RangeError);
    expect(queue.stats().keys.size).toBe(0);
  });
});
