import { describe, expect, it } from 'vitest';
import { FairQueue, SchedulerError, type TaskContext } from '../src/queue/index.ts';
import { VirtualClock } from '../src/testing/index.ts';
import { outcome } from './outcome.ts';

const never = (): Promise<never> => new Promise(() => {});

describe('FairQueue, timeouts', () => {
  it('timeoutMs: it runs from the start, not from the wait, and rejects with TIMEOUT', async () => {
    const clock = new VirtualClock();
    const queue = new FairQueue({ concurrency: 1, clock });
    void queue.run('a', () => new Promise((resolve) => void clock.setTimeout(() => resolve(1), 100)));
    const timed = outcome(queue.run('b', never, { timeoutMs: 30 }));
    await clock.advance(129);
    expect(timed.is).toBe('pending');
    await clock.advance(1);
    expect(timed.is).toEqual(
      new SchedulerError('TIMEOUT', 'Cannot wait for task of b: it has run for 30 ms'),
    );
    expect(timed.is).toMatchObject({ code: 'TIMEOUT' });
    expect(clock.pending).toBe(0);
  });

  it('slotAfterTimeout kept: two hung tasks keep their slots, and at most two run', async () => {
    const clock = new VirtualClock();
    const queue = new FairQueue({ concurrency: 2, timeoutMs: 10, clock });
    const hung = ['a', 'a'].map((key) => outcome(queue.run(key, never)));
    const next = outcome(queue.run('b', () => 'next'));
    await clock.advance(1_000);
    expect(hung.map(({ is }) => (is as SchedulerError).code)).toEqual(['TIMEOUT', 'TIMEOUT']);
    expect([next.is, queue.running, queue.tasks().map(({ state }) => state)]).toEqual([
      'pending',
      2,
      ['abandoned', 'abandoned', 'waiting'],
    ]);
  });

  it('slotAfterTimeout freed: the next ones run, and what a late one gives is nothing', async () => {
    const clock = new VirtualClock();
    const queue = new FairQueue({ concurrency: 2, timeoutMs: 10, slotAfterTimeout: 'freed', clock });
    let end!: (value: string) => void;
    const late = outcome(queue.run('a', () => new Promise((resolve) => (end = resolve))));
    void outcome(queue.run('a', never));
    const next = outcome(queue.run('b', () => 'next'));
    await clock.advance(10);
    expect([next.is, queue.running]).toEqual(['next', 0]);
    end('late');
    await clock.runAll();
    expect(late.is).toMatchObject({ code: 'TIMEOUT' });
    expect(queue.stats()).toMatchObject({ served: 3, running: 0 });
    expect(queue.stats().keys.get('a')).toMatchObject({ served: 2, running: 0, serviceMs: 20 });
  });

  it('slotAfterTimeout freed: of a task that was aborted and hangs, too', async () => {
    const clock = new VirtualClock();
    const queue = new FairQueue({ concurrency: 1, clock });
    const { signal, abort } = controller();
    const options = { signal, timeoutMs: 10, slotAfterTimeout: 'freed' } as const;
    const aborted = outcome(queue.run('a', never, options));
    const next = outcome(queue.run('b', () => 'next'));
    abort('enough');
    await clock.advance(9);
    expect([aborted.is, next.is]).toEqual(['enough', 'pending']);
    await clock.advance(1);
    expect(next.is).toBe('next');
  });

  it('slotAfterTimeout freed: of a task that aborts itself in its first step and hangs, too', async () => {
    const clock = new VirtualClock();
    const queue = new FairQueue({ concurrency: 1, clock });
    const { signal, abort } = controller();
    const hangs = (): Promise<never> => {
      abort('enough');
      return never();
    };
    const aborted = outcome(queue.run('a', hangs, { signal, timeoutMs: 10, slotAfterTimeout: 'freed' }));
    const next = outcome(queue.run('b', () => 'next'));
    await clock.advance(9);
    expect([aborted.is, next.is]).toEqual(['enough', 'pending']);
    await clock.advance(1);
    expect([next.is, clock.pending]).toEqual(['next', 0]);
  });

  it.each([
    { name: 'in its first step', isFirst: true },
    { name: 'later', isFirst: false },
  ])('slotAfterTimeout kept: a task that is aborted $name leaves no timer', async ({ isFirst }) => {
    const clock = new VirtualClock();
    const queue = new FairQueue({ concurrency: 1, clock });
    const { signal, abort } = controller();
    const hangs = (): Promise<never> => {
      if (isFirst) abort('enough');
      return never();
    };
    const aborted = outcome(queue.run('a', hangs, { signal, timeoutMs: 10 }));
    abort('enough');
    await clock.advance(0);
    expect([aborted.is, clock.pending, queue.running]).toEqual(['enough', 0, 1]);
  });

  it('timeoutMs: of the queue, unless a task has its own; what ends in time calls its timer off', async () => {
    const clock = new VirtualClock();
    const queue = new FairQueue({ concurrency: 9, timeoutMs: 10, clock });
    const after = (ms: number) => (): Promise<string> =>
      new Promise((resolve) => void clock.setTimeout(() => resolve('done'), ms));
    const seen = [
      outcome(queue.run('a', after(9))),
      outcome(queue.run('a', after(20), { timeoutMs: 30 })),
      outcome(queue.run('a', after(20))),
      outcome(queue.run('a', () => 'at once')),
    ];
    await clock.advance(30);
    expect(seen.map(({ is }) => is)).toEqual([
      'done',
      'done',
      expect.objectContaining({ code: 'TIMEOUT' }),
      'at once',
    ]);
    expect(clock.pending).toBe(0);
  });

  it('timeoutMs: the time that a task takes before its first await counts', async () => {
    const clock = new VirtualClock();
    let now = 0;
    const queue = new FairQueue({
      concurrency: 1,
      clock: { now: () => now, setTimeout: (task, ms) => clock.setTimeout(task, ms) },
    });
    const busy = (): Promise<never> => {
      now = 25;
      return never();
    };
    const timed = outcome(queue.run('a', busy, { timeoutMs: 30 }));
    await clock.advance(5);
    expect(timed.is).toMatchObject({ code: 'TIMEOUT' });
  });

  it('timeoutMs: where the clock sets no timer, the task rejects with its error', async () => {
    const clock = {
      now: () => 0,
      setTimeout: () => {
        throw new Error('no timer');
      },
    };
    const queue = new FairQueue({ concurrency: 1, clock });
    await expect(queue.run('a', never, { timeoutMs: 1 })).rejects.toThrow('no timer');
    expect(queue.running).toBe(1);
  });
});

function controller(): { signal: AbortSignal; abort: (reason: unknown) => void } {
  const made = new AbortController();
  return { signal: made.signal, abort: (reason) => made.abort(reason) };
}

describe('FairQueue, the signal of a task', () => {
  it.each([
    {
      by: 'its caller',
      end: async ({ abort }: Ends): Promise<void> => abort('enough'),
      reason: 'enough',
    },
    {
      by: 'its timeout',
      end: async ({ clock }: Ends): Promise<void> => clock.advance(20),
      reason: expect.objectContaining({ code: 'TIMEOUT' }),
    },
    {
      by: 'the grace of a quit',
      end: async ({ clock, queue }: Ends): Promise<void> => {
        void queue.quit({ reason: 'bye', graceMs: 5 });
        await clock.advance(5);
      },
      reason: expect.objectContaining({ code: 'QUIT', cause: 'bye' }),
    },
    {
      by: 'force',
      end: async ({ queue }: Ends): Promise<void> => {
        void queue.quit();
        queue.force();
      },
      reason: expect.objectContaining({ code: 'QUIT' }),
    },
  ])('signal: aborted by $by, asked for before or after', async ({ end, reason }) => {
    for (const asksLate of [false, true]) {
      const clock = new VirtualClock();
      const queue = new FairQueue({ concurrency: 1, clock });
      const { signal, abort } = controller();
      let context!: TaskContext;
      const told: unknown[] = [];
      const run = outcome(
        queue.run(
          'a',
          (given) => {
            context = given;
            if (!asksLate) given.signal.addEventListener('abort', () => told.push(given.signal.reason));
            return never();
          },
          { signal, timeoutMs: 20 },
        ),
      );
      await end({ clock, queue, abort });
      await clock.advance(0);
      expect(run.is).toEqual(reason);
      expect([context.signal.aborted, context.signal.reason]).toEqual([true, reason]);
      expect(context.signal).toBe(context.signal);
      if (!asksLate) expect(told).toEqual([reason]);
    }
  });

  it('signal: of a task that has ended, it is never aborted', async () => {
    const queue = new FairQueue({ concurrency: 1, clock: new VirtualClock() });
    const caller = new AbortController();
    const { signal } = await queue.run('a', (context) => context, { signal: caller.signal });
    caller.abort();
    void queue.quit();
    queue.force();
    expect(signal.aborted).toBe(false);
  });
});

interface Ends {
  readonly clock: VirtualClock;
  readonly queue: FairQueue;
  readonly abort: (reason: unknown) => void;
}
