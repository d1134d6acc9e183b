import { describe, expect, it } from 'vitest';
import { QuitGroup, type QuitMember, SchedulerError, TurnQueue } from '../src/index.ts';
import { FairQueue } from '../src/queue/index.ts';
import { VirtualClock } from '../src/testing/index.ts';

function revoked(): object {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

class Silent {
  toString(): string {
    throw new Error('I am not said');
  }
}

/** Keys that a `Map` tells apart, and what an error calls them. */
const KEYS: readonly { name: string; key: unknown; said: string }[] = [
  { name: 'without a prototype', key: Object.create(null), said: 'object' },
  { name: 'whose toString throws', key: new Silent(), said: 'object' },
  { name: 'whose toString gives an object', key: { toString: () => ({}) }, said: 'object' },
  { name: 'of a revoked proxy', key: revoked(), said: 'object' },
  { name: 'of a symbol', key: Symbol('tenant'), said: 'Symbol(tenant)' },
  { name: 'of NaN', key: Number.NaN, said: 'NaN' },
  { name: 'of undefined', key: undefined, said: 'undefined' },
  { name: 'of null', key: null, said: 'null' },
  { name: 'of a text of a million characters', key: 'x'.repeat(1e6), said: `${'x'.repeat(100)}...` },
  { name: 'of a text', key: 'a', said: 'a' },
];

const never = (): Promise<never> => new Promise(() => {});

/** The text of an error, or what came in its place. */
async function told(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => value,
    (error: Error) => error.message,
  );
}

describe.each(KEYS)('a key $name', ({ key, said }) => {
  const queueOf = (options = {}): FairQueue<unknown> =>
    new FairQueue<unknown>({ concurrency: 1, clock: new VirtualClock(), ...options });

  it.each([
    { how: 'clear all', act: (queue: FairQueue<unknown>) => queue.clear(), state: 'it was cleared' },
    { how: 'clear it', act: (queue: FairQueue<unknown>) => queue.clear(key), state: 'it was cleared' },
    { how: 'leave', act: (queue: FairQueue<unknown>) => queue.leave(key), state: 'the key has left' },
    {
      how: 'quit',
      act: (queue: FairQueue<unknown>) => void queue.quit(),
      state: 'the queue has quit (quit)',
    },
  ])(
    '$how: its tasks are rejected, and so are those of others that it reaches',
    async ({ act, state, how }) => {
      const queue = queueOf();
      void queue.run('busy', never).catch(() => {});
      const own = told(queue.run(key, never));
      const other = told(queue.run('other', () => 'other'));
      act(queue);
      expect(await own).toBe(`Cannot run task of ${said}: ${state}`);
      expect(queue.waiting).toBe(how === 'leave' || how === 'clear it' ? 1 : 0);
      if (queue.waiting === 0) expect(await other).toBe(`Cannot run task of other: ${state}`);
    },
  );

  it('run over its bound is refused with QUEUE_FULL', async () => {
    const queue = queueOf({ maxQueued: 1 });
    void queue.run('busy', never);
    queue.run(key, never).catch(() => {});
    expect(await told(queue.run(key, never))).toBe(
      `Cannot run task of ${said}: 1 of 1 are waiting, 1 of 100000 in total`,
    );
  });

  it('its waiting and its running task are aborted, and its next one runs', async () => {
    const queue = queueOf();
    const controller = new AbortController();
    let end!: () => void;
    const task = (): Promise<void> => new Promise((resolve) => void (end = resolve));
    const runs = [task, never].map((each) => queue.run(key, each, { signal: controller.signal }));
    const next = queue.run(key, () => 'next');
    controller.abort(new Error('enough'));
    expect(await Promise.all(runs.map(told))).toEqual(['enough', 'enough']);
    end();
    expect(await next).toBe('next');
  });

  it('TurnQueue and QuitGroup know it, and refuse it in words', async () => {
    const turns = new TurnQueue<unknown, string>({ order: 'fair' });
    expect(() => turns.push(key, 'one')).toThrow(
      new SchedulerError('NOT_JOINED', `Cannot serve ${said}: it is not one of the 0 participants`),
    );
    turns.join(key);
    turns.push(key, 'one');
    expect([turns.take()?.item, turns.leave(key)]).toEqual(['one', []]);
    const group = new QuitGroup<unknown>();
    const member: QuitMember = { drain: () => Promise.resolve(), destroy: () => {} };
    group.add(key, member);
    expect(() => group.add(key, member)).toThrow(
      `Cannot add ${said}: a member of that name is already in the group`,
    );
    expect((await group.quit()).members.get(key)?.outcome).toBe('drained');
  });
});
