import { getEventListeners } from 'node:events';
import { describe, expect, it } from 'vitest';
import { FairQueue, type FairQueueOptions } from '../src/queue/index.ts';
import { VirtualClock } from '../src/testing/index.ts';
import { outcome } from './outcome.ts';

const never = (): Promise<never> => new Promise(() => {});

/** A queue with one slot, which is taken, and with so many tasks that wait, by key. */
function full(
  options: Partial<FairQueueOptions<unknown>>,
  keys: readonly unknown[],
): { queue: FairQueue<unknown>; clock: VirtualClock; add: (key: unknown) => void } {
  const clock = new VirtualClock();
  const queue = new FairQueue<unknown>({ concurrency: 1, maxQueued: 1, clock, ...options });
  const add = (key: unknown): void => void queue.run(key, never).catch(() => {});
  for (const key of ['busy', ...keys]) add(key);
  return { queue, clock, add };
}

/** A key that does something when it is first said. */
class Key {
  onSaid: () => void = () => {};

  toString(): string {
    const { onSaid } = this;
    this.onSaid = () => {};
    onSaid();
    return 'key';
  }
}

describe('FairQueue, untilCapacity', () => {
  it('leave: ends the waiting for that key, and no other', async () => {
    const { queue, clock } = full({}, ['a', 'b']);
    const waits = ['a', 'b'].map((key) => outcome(queue.untilCapacity(key)));
    queue.leave('a');
    await clock.advance(0);
    expect(waits.map(({ is }) => is)).toEqual([expect.objectContaining({ code: 'LEFT' }), 'pending']);
  });

  it('an abort while a key leaves: those who wait for it are told once, that it has left', async () => {
    const key = new Key();
    const { queue, clock } = full({}, [key]);
    const controller = new AbortController();
    const { signal } = controller;
    const waits = [outcome(queue.untilCapacity(key)), outcome(queue.untilCapacity(key, { signal }))];
    key.onSaid = () => controller.abort('enough');
    queue.leave(key);
    await clock.advance(0);
    const left = expect.objectContaining({ code: 'LEFT' });
    expect(waits.map(({ is }) => is)).toEqual([left, left]);
  });

  it('one who begins to wait for a key while it leaves gets the next slot', async () => {
    const key = new Key();
    const { queue, clock } = full({}, [key]);
    const controller = new AbortController();
    const { signal } = controller;
    const waits = [outcome(queue.untilCapacity(key)), outcome(queue.untilCapacity(key, { signal }))];
    key.onSaid = () => {
      waits.push(outcome(queue.untilCapacity(key)));
      controller.abort('enough');
    };
    queue.leave(key);
    await clock.advance(0);
    const left = expect.objectContaining({ code: 'LEFT' });
    expect(waits.map(({ is }) => is)).toEqual([left, left, undefined]);
  });

  it('of a key that was full when somebody else waited for it, and is not any more', async () => {
    const { queue, clock, add } = full({ maxQueuedInAll: 2 }, ['a']);
    const controller = new AbortController();
    const aborted = outcome(queue.untilCapacity('a', { signal: controller.signal }));
    controller.abort('enough');
    queue.clear('a');
    for (const key of ['b', 'c']) add(key);
    const waits = outcome(queue.untilCapacity('a'));
    await clock.advance(0);
    expect([aborted.is, waits.is]).toEqual(['enough', 'pending']);
    queue.clear('b');
    await clock.advance(0);
    expect([waits.is, queue.waiting]).toEqual([undefined, 1]);
  });

  it('its signal is listened to by one, until nobody waits any more', async () => {
    const { queue } = full({}, ['a', 'b']);
    const { signal } = new AbortController();
    const waits = ['a', 'b'].map((key) => queue.untilCapacity(key, { signal }));
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    queue.clear();
    await Promise.all(waits);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});
