import { describe, expect, it } from 'vitest';
import { FairQueue, type FairQueueOptions, type Rate } from '../src/queue/index.ts';
import { VirtualClock } from '../src/testing/index.ts';

/** A queue whose tasks take as long as they say. */
function queueOf(options: Partial<FairQueueOptions<string>> = {}): {
  clock: VirtualClock;
  queue: FairQueue;
  log: string[];
  run: (key: string, ms?: number) => void;
} {
  const clock = new VirtualClock();
  const queue = new FairQueue({ concurrency: 1, ...options, clock });
  const log: string[] = [];
  const run = (key: string, ms = 10): void => {
    queue
      .run(key, () => {
        log.push(`${key} ${clock.now()}`);
        return new Promise<void>((resolve) => void clock.setTimeout(resolve, ms));
      })
      .catch(() => {});
  };
  return { clock, queue, log, run };
}

describe('FairQueue, settings that live', () => {
  it('concurrency: more start at once; with fewer, those that run go on', async () => {
    const { clock, queue, log, run } = queueOf();
    for (const key of ['a', 'b', 'c', 'd', 'e', 'f']) run(key);
    await clock.advance(5);
    queue.concurrency = 3;
    await clock.advance(0);
    expect([queue.concurrency, queue.running, log]).toEqual([3, 3, ['a 0', 'b 5', 'c 5']]);
    queue.concurrency = 1;
    await clock.runAll();
    expect(log.slice(3)).toEqual(['d 15', 'e 25', 'f 35']);
  });

  it('concurrencyPerKey: a number, or a function, and both can change while tasks run', async () => {
    const { clock, queue, log, run } = queueOf({
      concurrency: 10,
      concurrencyPerKey: (key) => (key === 'wide' ? 3 : 1),
    });
    for (let n = 0; n < 4; n += 1) for (const key of ['wide', 'narrow']) run(key);
    expect(log).toEqual(['wide 0', 'narrow 0', 'wide 0', 'wide 0']);
    queue.concurrencyPerKey = 2;
    await clock.advance(0);
    expect(log.slice(4)).toEqual(['narrow 0']);
    await clock.advance(10);
    expect(queue.stats().keys.get('wide')?.running).toBe(1);
    queue.concurrencyPerKey = undefined;
    await clock.runAll();
    expect(log).toHaveLength(8);
  });

  it('concurrencyPerKey: with fewer, a key starts nothing until fewer of its tasks run', async () => {
    const { clock, queue, log, run } = queueOf({ concurrency: 9, concurrencyPerKey: 3 });
    for (const ms of [10, 20, 30, 10, 10]) run('a', ms);
    queue.concurrencyPerKey = 1;
    await clock.runAll();
    expect(log).toEqual(['a 0', 'a 0', 'a 0', 'a 30', 'a 40']);
  });

  it('update: weights that stay the same change no turns', async () => {
    const { queue } = queueOf();
    const log: string[] = [];
    queue.pause();
    const add = (key: string, costs: readonly number[]): void => {
      for (const cost of costs) {
        const task = (): void => {
          log.push(`${key} ${cost}`);
          queue.update();
        };
        void queue.run(key, task, { cost });
      }
    };
    add('a', [10, 1, 1, 1]);
    add('b', [10, 1, 1]);
    queue.resume();
    await queue.onIdle();
    expect(log).toEqual(['a 10', 'b 10', 'a 1', 'b 1', 'a 1', 'b 1', 'a 1']);
  });

  it('update: a key of which as many run as may starts no other', () => {
    const { queue, run } = queueOf({ concurrency: 9, concurrencyPerKey: 1 });
    for (let n = 0; n < 2; n += 1) run('a');
    queue.update();
    expect([queue.running, queue.waiting]).toEqual([1, 1]);
  });

  it('hold: a key stays on hold when its task ends, when it gets something back, and after update', async () => {
    const { clock, queue, log, run } = queueOf({ concurrencyPerKey: 1 });
    run('a');
    queue.hold('a');
    run('a');
    await clock.advance(10);
    queue.charge('a', -1);
    queue.update();
    await clock.advance(10);
    expect([log, queue.running, queue.stats().keys.get('a')?.held]).toEqual([['a 0'], 0, 'caller']);
    queue.release('a');
    await clock.runAll();
    expect(log).toEqual(['a 0', 'a 20']);
  });

  it('concurrencyPerKey: a function that fails changes nothing', () => {
    const { queue, run } = queueOf({ concurrency: 10, concurrencyPerKey: 1 });
    run('a');
    run('a');
    const fails = (): number => {
      throw new Error('no');
    };
    expect(() => (queue.concurrencyPerKey = fails)).toThrow('no');
    expect([queue.concurrencyPerKey, queue.running]).toEqual([1, 1]);
  });

  it('update: weights are asked for again, of one key or of all, while they have work', async () => {
    const weights: Record<string, number> = { a: 1, b: 1 };
    const { clock, queue, log, run } = queueOf({ weightOf: (key) => weights[key]! });
    for (let n = 0; n < 6; n += 1) for (const key of ['a', 'b']) run(key, 0);
    weights['a'] = 3;
    queue.update('a');
    await clock.runAll();
    const keys = log.map((line) => line[0]).join('');
    expect(keys.slice(0, 8)).toMatch(/^a?b?aaab/);
    weights['b'] = 0;
    expect(() => queue.update()).toThrow('Cannot use weight 0');
    queue.update('unknown');
  });

  it('update: a rate that grows lets its key go at once; what was used up of the old one stays so', async () => {
    let rate: Rate | undefined = { cost: 1, perMs: 1_000 };
    const { clock, queue, log, run } = queueOf({ concurrency: 9, rateOf: () => rate });
    for (let n = 0; n < 4; n += 1) run('a', 0);
    await clock.advance(100);
    // 0.9 is used up. At ten times the rate, that is back after 90 ms.
    rate = { cost: 10, perMs: 1_000, burst: 1 };
    queue.update();
    await clock.advance(100);
    expect(log).toEqual(['a 0', 'a 190']);
    rate = undefined;
    queue.update('a');
    await clock.advance(0);
    expect(log.slice(2)).toEqual(['a 200', 'a 200']);
    expect(clock.pending).toBe(0);
  });

  it('rate: of all keys, set, changed and taken away', async () => {
    const { clock, queue, log, run } = queueOf({ concurrency: 9 });
    queue.rate = { cost: 1, perMs: 100 };
    for (let n = 0; n < 4; n += 1) run(`k${n}`, 0);
    await clock.advance(50);
    queue.rate = { cost: 2, perMs: 100, burst: 1 };
    expect(queue.rate).toEqual({ cost: 2, perMs: 100, burst: 1 });
    await clock.advance(50);
    expect(log).toEqual(['k0 0', 'k1 75']);
    queue.rate = undefined;
    await clock.advance(0);
    expect([queue.rate, log.slice(2)]).toEqual([undefined, ['k2 100', 'k3 100']]);
  });
});

describe('FairQueue, seeing in', () => {
  it('tasks: what runs and what waits, for how long, in the order of service', async () => {
    const { clock, queue } = queueOf({ concurrency: 1 });
    const never = (): Promise<never> => new Promise(() => {});
    const options = [{}, { cost: 3 }, { priority: 2 }];
    for (const each of options) queue.run('a', never, each).catch(() => {});
    await clock.advance(7);
    queue.run('b', never).catch(() => {});
    await clock.advance(3);
    expect(queue.tasks()).toEqual([
      { key: 'a', state: 'running', forMs: 10, cost: 1, priority: 0 },
      { key: 'a', state: 'waiting', forMs: 10, cost: 1, priority: 2 },
      { key: 'a', state: 'waiting', forMs: 10, cost: 3, priority: 0 },
      { key: 'b', state: 'waiting', forMs: 3, cost: 1, priority: 0 },
    ]);
  });

  it('onEmpty, onSizeLessThan, onPendingZero, onIdle: each resolves when it holds, and at once if it does', async () => {
    const { clock, queue, run } = queueOf();
    const log: string[] = [];
    const note = (name: string, promise: Promise<void>): void =>
      void promise.then(() => log.push(`${name} ${clock.now()}`));
    const noteAll = (): void => {
      note('empty', queue.onEmpty());
      note('less than 2', queue.onSizeLessThan(2));
      note('none runs', queue.onPendingZero());
      note('idle', queue.onIdle());
    };
    noteAll();
    await clock.advance(0);
    expect(log.splice(0)).toHaveLength(4);
    for (let n = 0; n < 3; n += 1) run('a');
    noteAll();
    await clock.runAll();
    expect(log).toEqual(['less than 2 10', 'empty 20', 'none runs 30', 'idle 30']);
  });

  it('onPendingZero: of a paused queue, while tasks wait', async () => {
    const { clock, queue, run } = queueOf();
    run('a');
    run('a');
    queue.pause();
    let done = false;
    void queue.onPendingZero().then(() => (done = true));
    await clock.advance(9);
    expect(done).toBe(false);
    await clock.advance(1);
    expect([done, queue.waiting]).toEqual([true, 1]);
  });

  it('untilCapacity: its signal ends the waiting, and nobody else is hurt', async () => {
    const { clock, queue, run } = queueOf({ maxQueued: 1 });
    run('a');
    run('a');
    const controller = new AbortController();
    const reason = new Error('enough');
    const waits = [
      queue.untilCapacity('a', { signal: controller.signal }),
      queue.untilCapacity('a'),
      queue.untilCapacity('a', { signal: controller.signal }),
    ].map((promise) => promise.then(() => 'capacity', String));
    controller.abort(reason);
    expect(await Promise.all([waits[0], waits[2]])).toEqual(['Error: enough', 'Error: enough']);
    await clock.advance(10);
    expect(await waits[1]).toBe('capacity');
    await expect(queue.untilCapacity('a', { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
  });

  it('force: ends the grace of a quit; without a quit it does nothing', async () => {
    const { clock, queue, run } = queueOf();
    run('a', 1_000);
    queue.force();
    expect(queue.running).toBe(1);
    const quit = queue.quit({ reason: { why: 'any value' }, graceMs: 1_000_000 });
    queue.force();
    expect(await quit).toEqual({ cancelled: 0, abandoned: 1 });
    await clock.runAll();
  });

  it.each(['force', 'destroy'] as const)(
    '%s: called by a task that hears of it, loses no count',
    async (again) => {
      const { queue } = queueOf({ concurrency: 3 });
      const runs = ['a', 'b', 'c'].map((key) =>
        queue.run(key, ({ signal }) => {
          signal.addEventListener('abort', () => queue[again]());
          return new Promise(() => {});
        }),
      );
      const quit = queue.quit();
      queue.force();
      expect(await quit).toEqual({ cancelled: 0, abandoned: 3 });
      expect(await Promise.allSettled(runs)).toMatchObject(runs.map(() => ({ status: 'rejected' })));
    },
  );
});
