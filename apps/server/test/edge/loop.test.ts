import { setImmediate } from 'node:timers/promises';
import type { Clock } from '@proto/scheduler';
import { expect, test } from 'vitest';
import { Loop } from '../../src/edge/loop.ts';
import { PassTime } from '../../src/edge/pass-time.ts';
import type { Session } from '../../src/edge/session.ts';

/** A loop of sessions that do nothing but take time, and the order in which their passes end. */
function create(msPerSession: number) {
  let now = 0;
  const clock: Clock = { now: () => now, setTimeout: () => () => {} };
  const ended: string[] = [];
  const loop = new Loop(new PassTime(clock), {
    step: (act) => act(),
    handle: () => false,
    tick: () => false,
    isHeldUp: () => false,
    flush: () => {},
  });
  const session = (name: string): Session => {
    const one = {
      isActive: false,
      endPass(): void {
        one.isActive = false;
        now += msPerSession;
        ended.push(name);
      },
    };
    return one as unknown as Session;
  };
  return { loop, session, ended };
}

test('Loop: others get what a client said before that client is answered', async () => {
  const { loop, session, ended } = create(0);
  const [sender, one, other] = [session('sender'), session('one'), session('other')] as const;
  loop.activate(sender);
  for (const told of [one, other, sender]) loop.markFirst(told);
  await setImmediate();
  expect(ended).toEqual(['one', 'other', 'sender']);
});

test('Loop: who had to wait because a pass took long comes before those who are told more', async () => {
  const { loop, session, ended } = create(3);
  const [one, other, ...readers] = ['a', 'b', 'c', 'd', 'e'].map(session) as [Session, Session, ...Session[]];
  for (const reader of readers) loop.activate(reader);
  for (let pass = 0; pass < 3; pass++) {
    for (const told of [one, other]) loop.markFirst(told);
    await setImmediate();
  }
  expect(ended.join('')).toBe('abcdea');
});
