import { setTimeout as delay } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { FairQueue } from '../src/queue/index.ts';
import { VirtualClock } from '../src/testing/index.ts';

const never = (): Promise<never> => new Promise(() => {});

const outcomeOf = (run: Promise<unknown>): Promise<string> =>
  run.then(
    () => 'ran',
    () => 'rejected',
  );

/** Whoever listens to a signal before the queue does, and what it does with the event. */
const LISTENERS: Record<string, (signal: AbortSignal) => void> = {
  nobody: () => {},
  'a listener': (signal) => signal.addEventListener('abort', () => {}),
  onabort: (signal) => {
    // oxlint-disable-next-line unicorn/prefer-add-event-listener -- that is what is tested
    signal.onabort = () => {};
  },
  'a timer of timers/promises': (signal) => void delay(60_000, undefined, { signal }).catch(() => {}),
  fetch: (signal) => void fetch('data:,x', { signal }).catch(() => {}),
  'a signal of AbortSignal.any': (signal) => void AbortSignal.any([signal]),
  'another queue': (signal) => {
    const other = new FairQueue({ concurrency: 1 });
    void other.run('k', never);
    other.run('k', never, { signal }).catch(() => {});
  },
};

function busy(): { queue: FairQueue; free: () => void } {
  const queue = new FairQueue({ concurrency: 1, clock: new VirtualClock() });
  let free!: () => void;
  void queue.run('busy', () => new Promise<void>((resolve) => void (free = resolve)));
  return { queue, free: () => free() };
}

describe.each(Object.keys(LISTENERS))('an abort that %s hears first', (name) => {
  const listen = LISTENERS[name]!;

  it('takes a task that waits, and rejects it with the reason of the signal', async () => {
    const { queue, free } = busy();
    const controller = new AbortController();
    listen(controller.signal);
    const log: string[] = [];
    const run = queue.run('k', () => log.push('ran'), { signal: controller.signal });
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(run).rejects.toBe(reason);
    free();
    await queue.onIdle();
    expect([log, queue.waiting]).toEqual([[], 0]);
  });

  it('rejects a task that runs, at once', async () => {
    const queue = new FairQueue({ concurrency: 1, clock: new VirtualClock() });
    const controller = new AbortController();
    listen(controller.signal);
    const run = queue.run('k', never, { signal: controller.signal });
    controller.abort();
    await expect(run).rejects.toBe(controller.signal.reason);
    expect(queue.running).toBe(1);
  });
});

it('an abort of which a listener lets nobody else hear: the task is not started', async () => {
  const { queue, free } = busy();
  const controller = new AbortController();
  controller.signal.addEventListener('abort', (event) => event.stopImmediatePropagation());
  const log: string[] = [];
  const run = queue.run('k', () => log.push('ran'), { signal: controller.signal });
  const next = queue.run('k', () => log.push('next'));
  controller.abort();
  free();
  await expect(run).rejects.toBe(controller.signal.reason);
  await next;
  expect([log, queue.running, queue.stats().served]).toEqual([['next'], 0, 2]);
});

it('an event that is called abort is none while the signal is not aborted', async () => {
  const { queue, free } = busy();
  const { signal } = new AbortController();
  const run = queue.run('k', () => 'ran', { signal });
  signal.dispatchEvent(new Event('abort'));
  free();
  expect(await run).toBe('ran');
});

it('a task that is aborted between its turn and its start is not started, and gives its slot back', async () => {
  const { queue, free } = busy();
  const controller = new AbortController();
  const log: string[] = [];
  const run = queue.run('k', () => log.push('ran'), { signal: controller.signal });
  const next = queue.run('k', () => log.push('next'));
  void queue.onIdle().then(() => log.push('idle'));
  free();
  // The end of the busy one is a microtask away, the start of the next one two.
  await Promise.resolve();
  while (queue.waiting === 2) await Promise.resolve();
  controller.abort();
  await expect(run).rejects.toBe(controller.signal.reason);
  await next;
  await queue.onIdle();
  expect(log).toEqual(['next', 'idle']);
});

it('a signal of a library, which throws when it is no longer listened to, holds nobody up', async () => {
  const queue = new FairQueue({ concurrency: 1 });
  const signal = Object.assign(new AbortController().signal, {
    removeEventListener: () => {
      throw new Error('not here');
    },
  });
  expect(await queue.run('k', () => 1, { signal })).toBe(1);
  expect(await queue.run('k', () => 2)).toBe(2);
});

it('a signal of a library, which throws when it is listened to: that task is not queued', async () => {
  const { queue, free } = busy();
  const signal = Object.assign(new AbortController().signal, {
    addEventListener: () => {
      throw new Error('not here');
    },
  });
  expect(() => queue.run('k', () => 1, { signal })).toThrow('not here');
  expect(queue.waiting).toBe(0);
  free();
  expect(await queue.run('k', () => 2)).toBe(2);
});

describe.each(['aborted', 'reason'])('a signal of a library whose %s throws', (getter) => {
  it.each(['while it waits', 'when it is run', 'when it is told'])(
    '%s: that task is rejected, the others go on',
    async (when) => {
      const { queue, free } = busy();
      const controller = new AbortController();
      let throws = when === 'when it is run';
      const value = (): unknown => {
        if (throws) throw new Error('not here');
        return getter === 'aborted' ? controller.signal.aborted : controller.signal.reason;
      };
      const signal = Object.create(controller.signal, { [getter]: { get: value } }) as AbortSignal;
      const listening = Object.assign(signal, {
        addEventListener: controller.signal.addEventListener.bind(controller.signal),
        removeEventListener: controller.signal.removeEventListener.bind(controller.signal),
      });
      if (getter === 'reason')
        Object.defineProperty(signal, 'aborted', { get: () => controller.signal.aborted });
      else Object.defineProperty(signal, 'reason', { value: new Error('gone') });
      if (when === 'when it is run') {
        if (getter === 'reason') controller.abort();
        try {
          expect(await outcomeOf(queue.run('k', () => 1, { signal: listening }))).toBe('rejected');
        } catch (error) {
          expect(String(error)).toContain('not here');
        }
      } else {
        const run = queue.run('k', () => 1, { signal: listening });
        const other = queue.run('k', never, { signal: controller.signal });
        throws = true;
        if (when === 'when it is told' || getter === 'reason') controller.abort();
        else queue.clear();
        expect(await outcomeOf(run)).toBe('rejected');
        expect(await outcomeOf(other)).toBe('rejected');
      }
      throws = true;
      free();
      expect(await queue.run('next', () => 'next')).toBe('next');
      expect([queue.running, queue.waiting]).toEqual([0, 0]);
    },
  );
});

it('a signal of a library whose reason throws: the task is rejected with that', async () => {
  const { queue } = busy();
  const reason = new Error('no reason');
  const signal = Object.defineProperty(AbortSignal.abort(), 'reason', {
    get: () => {
      throw reason;
    },
  });
  await expect(queue.run('k', () => 1, { signal })).rejects.toBe(reason);
});

it('a signal of a library that queues a task when it is listened to: both can be taken back', async () => {
  const { queue } = busy();
  const runs: Promise<unknown>[] = [];
  let isListened = false;
  const { signal } = new AbortController();
  Object.assign(signal, {
    addEventListener: () => {
      if (isListened) return;
      isListened = true;
      runs.push(queue.run('k', never, { signal }));
    },
  });
  runs.push(queue.run('k', never, { signal, priority: 1 }));
  expect(queue.clear()).toBe(2);
  expect(await Promise.all(runs.map(outcomeOf))).toEqual(['rejected', 'rejected']);
});
