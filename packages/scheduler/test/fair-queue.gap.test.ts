import { describe, expect, it } from 'vitest';
import { FairQueue } from '../src/queue/index.ts';

/** What a caller may do as soon as it hears of the end of a task. */
const ACTS: Record<string, (queue: FairQueue) => unknown> = {
  pause: (queue) => queue.pause(),
  clear: (queue) => queue.clear(),
  leave: (queue) => queue.leave('b'),
  quit: (queue) => queue.quit(),
};

describe.each(Object.keys(ACTS))('%s, called when a task has ended', (name) => {
  it.each(['async', 'sync'])('no task is started behind it, the next one was before (%s)', async (kind) => {
    const queue = new FairQueue({ concurrency: 1 });
    const log: string[] = [];
    let end = (): void => {};
    const task = (id: string) => (): unknown => {
      log.push(id);
      if (kind === 'sync' && id !== 'a') return id;
      return id === 'a' ? new Promise<void>((resolve) => void (end = resolve)) : new Promise(() => {});
    };
    const first = queue.run('a', task('a'));
    const rest = ['b', 'c'].map((id) => queue.run('b', task(id)));
    for (const each of rest) each.catch(() => {});
    end();
    await first;
    const before = [...log];
    // With tasks that end at once, the one behind the next may have its slot already.
    const own = queue.running === 0 || kind === 'async' || name !== 'pause' ? before : [...before, 'c'];
    ACTS[name]!(queue);
    await new Promise((resolve) => void setImmediate(resolve));
    expect(log).toEqual(own);
    expect(before[1]).toBe('b');
  });
});

it('a weightOf that quits the queue: the task is not taken', async () => {
  const queue = new FairQueue({
    concurrency: 1,
    weightOf: () => {
      void queue.quit();
      return 1;
    },
  });
  await expect(queue.run('a', () => 'ran')).rejects.toMatchObject({ code: 'QUIT' });
});

it('a weightOf that fills the queue: the task is refused', async () => {
  let isFirst = true;
  const queue: FairQueue = new FairQueue({
    concurrency: 1,
    maxQueuedInAll: 1,
    weightOf: () => {
      if (isFirst) {
        isFirst = false;
        queue.run('x', () => new Promise(() => {})).catch(() => {});
        queue.run('x', () => 1).catch(() => {});
      }
      return 1;
    },
  });
  await expect(queue.run('a', () => 'ran')).rejects.toMatchObject({ code: 'QUEUE_FULL' });
});
