import { describe, expect, it } from 'vitest';
import { QuitGroup, type QuitGroupOptions, type QuitMember } from '../src/index.ts';
import { VirtualClock } from '../src/testing/index.ts';

interface Told extends QuitMember {
  readonly log: string[];
}

function member(drain: () => Promise<void> = () => Promise.resolve(), destroy?: () => void): Told {
  const log: string[] = [];
  return {
    log,
    drain: (reason) => {
      log.push(`drain ${reason}`);
      return drain();
    },
    destroy: () => {
      log.push('destroy');
      destroy?.();
    },
  };
}

const hanging = (): Promise<void> => new Promise(() => {});
const throwing = (): never => {
  throw new Error('broken');
};

function groupOf(
  members: Record<string, QuitMember>,
  options: Omit<QuitGroupOptions<string>, 'clock'> = {},
): { group: QuitGroup<string>; clock: VirtualClock } {
  const clock = new VirtualClock();
  const group = new QuitGroup<string>({ ...options, clock });
  for (const [id, each] of Object.entries(members)) group.add(id, each);
  return { group, clock };
}

describe('QuitGroup', () => {
  it('quit: tells everyone at once, and the report accounts for each', async () => {
    const clock = new VirtualClock();
    const slow = member(() => new Promise((resolve) => void clock.setTimeout(resolve, 30)));
    const members = {
      quick: member(),
      slow,
      hangs: member(hanging),
      rejects: member(() => Promise.reject(new Error('refused'))),
      throws: member(throwing),
      cannotDie: member(hanging, throwing),
    };
    const group = new QuitGroup<string>({ clock });
    for (const [id, each] of Object.entries(members)) group.add(id, each);

    const quit = group.quit({ by: 'quick', reason: 'enough', graceMs: 100 });
    for (const { log } of Object.values(members)) expect(log[0]).toBe('drain enough');
    expect(group.quitting).toBe(true);
    await clock.advance(100);
    const report = await quit;

    expect(report).toMatchObject({
      by: 'quick',
      reason: 'enough',
      tookMs: 100,
      drained: 2,
      forced: 1,
      failed: 3,
    });
    expect(Object.fromEntries(report.members)).toEqual({
      quick: { outcome: 'drained', tookMs: 0 },
      slow: { outcome: 'drained', tookMs: 30 },
      hangs: { outcome: 'forced', tookMs: 100 },
      rejects: { outcome: 'failed', tookMs: 0, error: new Error('refused') },
      throws: { outcome: 'failed', tookMs: 0, error: new Error('broken') },
      cannotDie: { outcome: 'failed', tookMs: 100, error: new Error('broken') },
    });
    expect(slow.log).toEqual(['drain enough']);
    expect(members.throws.log).toEqual(['drain enough', 'destroy']);
    expect(members.hangs.log).toEqual(['drain enough', 'destroy']);
    expect(group.size).toBe(0);
    expect(clock.pending).toBe(0);
  });

  it('quit: ends with the last member, not with the grace, and calls its timer off', async () => {
    const { group, clock } = groupOf({ a: member() });
    const report = await group.quit({ graceMs: 1_000 });
    expect(report).toMatchObject({ by: undefined, reason: 'quit', tookMs: 0, drained: 1 });
    expect(clock.pending).toBe(0);
  });

  it('what a caller without types may do is refused at once, and not at the quit', async () => {
    const group = new QuitGroup<string>();
    for (const no of [undefined, {}, { drain: () => {} }, { destroy: () => {} }]) {
      expect(() => group.add('a', no as unknown as QuitMember)).toThrow(
        new TypeError('Cannot add a: expected { drain, destroy } with two functions'),
      );
    }
    expect((await group.quit()).members.size).toBe(0);
    expect(() => new QuitGroup({ policy: 'all' as 'any' })).toThrow(
      new RangeError('Cannot use policy all: expected any, none or { owner }'),
    );
  });

  it('quit: an empty group has quit at once', async () => {
    const { group } = groupOf({});
    expect((await group.quit()).members.size).toBe(0);
  });

  it('quit: 5,000 ms of grace unless said', async () => {
    const hangs = member(hanging);
    const { group, clock } = groupOf({ hangs });
    const quit = group.quit();
    await clock.advance(4_999);
    expect(hangs.log).toEqual(['drain quit']);
    await clock.advance(1);
    expect((await quit).members.get('hangs')).toEqual({ outcome: 'forced', tookMs: 5_000 });
  });

  it('quit: the second one gets the first one’s promise, also after the end', async () => {
    const a = member();
    const { group } = groupOf({ a });
    const first = group.quit({ reason: 'first' });
    expect(group.quit({ reason: 'second', graceMs: 0 })).toBe(first);
    await first;
    expect(group.quit()).toBe(first);
    expect(a.log).toEqual(['drain first']);
  });

  it('quit: a member whose drain quits the group again is told once', async () => {
    const clock = new VirtualClock();
    const group = new QuitGroup<string>({ clock });
    const a = member(async () => void group.quit({ by: 'a', reason: 'again' }));
    const b = member();
    group.add('a', a);
    group.add('b', b);
    expect((await group.quit({ reason: 'once' })).drained).toBe(2);
    expect([a.log, b.log]).toEqual([['drain once'], ['drain once']]);
  });

  it('remove: one that vanishes in a quit is waited for no longer', async () => {
    const { group, clock } = groupOf({ hangs: member(hanging), other: member(hanging) });
    const quit = group.quit({ graceMs: 100 });
    await clock.advance(40);
    expect(group.remove('hangs')).toBe(true);
    expect(group.remove('hangs')).toBe(false);
    await clock.advance(60);
    expect(Object.fromEntries((await quit).members)).toEqual({
      hangs: { outcome: 'drained', tookMs: 40 },
      other: { outcome: 'forced', tookMs: 100 },
    });
  });

  it('remove: one that left before is not told', async () => {
    const gone = member();
    const { group } = groupOf({ gone, stays: member() });
    expect(group.remove('gone')).toBe(true);
    expect((await group.quit()).members.size).toBe(1);
    expect(gone.log).toEqual([]);
  });

  it('add: in a quit, the newcomer is told before add returns, and has what is left of the grace', async () => {
    const { group, clock } = groupOf({ hangs: member(hanging) });
    const quit = group.quit({ reason: 'closing', graceMs: 100 });
    await clock.advance(90);
    const late = member(hanging);
    expect(group.add('late', late)).toBe(true);
    expect(late.log).toEqual(['drain closing']);
    await clock.advance(10);
    expect((await quit).members.get('late')).toEqual({ outcome: 'forced', tookMs: 10 });
  });

  it('add: after the quit, the newcomer is destroyed and refused', async () => {
    const { group } = groupOf({});
    await group.quit();
    const late = member();
    expect(group.add('late', late)).toBe(false);
    expect(late.log).toEqual(['destroy']);
    expect(group.size).toBe(0);
  });

  it('add: a name that is in is refused', () => {
    const { group } = groupOf({ a: member() });
    expect(() => group.add('a', member())).toThrow(
      new RangeError('Cannot add a: a member of that name is already in the group'),
    );
  });

  it('force: ends the grace at once', async () => {
    const { group, clock } = groupOf({ hangs: member(hanging), quick: member() });
    const quit = group.quit({ graceMs: 60_000 });
    await clock.advance(7);
    group.force();
    expect(await quit).toMatchObject({ tookMs: 7, drained: 1, forced: 1 });
    expect(clock.pending).toBe(0);
  });

  it('force: one added afterwards is told and destroyed', async () => {
    const clock = new VirtualClock();
    const group = new QuitGroup<string>({ clock });
    const late = member(hanging);
    group.add(
      'a',
      member(hanging, () => group.add('late', late)),
    );
    const quit = group.quit();
    group.force();
    expect(await quit).toMatchObject({ forced: 2 });
    expect(late.log).toEqual(['drain quit', 'destroy']);
  });

  it('quit: a grace out of bounds is refused', () => {
    const { group } = groupOf({});
    // A timer takes 2 ** 31 for 1.
    for (const graceMs of [-1, 2 ** 31]) {
      expect(() => group.quit({ graceMs })).toThrow(
        new RangeError(`Cannot use graceMs ${graceMs}: expected a number from 0 to 2147483647`),
      );
    }
    expect(group.quitting).toBe(false);
  });
});

describe('QuitGroup, policy', () => {
  it.each([
    { policy: 'any' as const, by: 'a', reached: ['a', 'b'] },
    { policy: 'none' as const, by: 'a', reached: ['a'] },
    { policy: { owner: 'a' }, by: 'a', reached: ['a', 'b'] },
    { policy: { owner: 'a' }, by: 'b', reached: ['b'] },
    { policy: 'none' as const, by: undefined, reached: ['a', 'b'] },
    { policy: 'none' as const, by: 'stranger', reached: [] },
    { policy: 'any' as const, by: 'stranger', reached: ['a', 'b'] },
    { policy: { owner: 'a' }, by: undefined, reached: ['a', 'b'] },
  ])('$policy: a quit by $by reaches $reached', async ({ policy, by, reached }) => {
    const { group } = groupOf({ a: member(), b: member() }, { policy });
    const report = await group.quit(by === undefined ? {} : { by });
    expect([...report.members.keys()]).toEqual(reached);
    expect(group.size).toBe(2 - reached.length);
    expect(group.quitting).toBe(reached.length === 2);
  });

  it('none: a member that quits twice gets the same promise, and the others stay', async () => {
    const { group, clock } = groupOf({ a: member(hanging), b: member() }, { policy: 'none' });
    const quit = group.quit({ by: 'a', graceMs: 10 });
    expect(group.quit({ by: 'a' })).toBe(quit);
    await clock.advance(10);
    expect(await quit).toMatchObject({ by: 'a', forced: 1, drained: 0 });
    expect(group.add('a', member())).toBe(true);
    expect(group.size).toBe(2);
  });

  it('none: a quit of all finds one that is closing alone, and tells and destroys it once', async () => {
    const a = member(hanging);
    const { group, clock } = groupOf({ a, b: member() }, { policy: 'none' });
    const alone = group.quit({ by: 'a', reason: 'mine', graceMs: 50 });
    const all = group.quit({ reason: 'all', graceMs: 20 });
    await clock.advance(50);
    expect((await alone).members.get('a')?.outcome).toBe('forced');
    expect((await all).members.get('a')).toEqual({ outcome: 'forced', tookMs: 20 });
    expect(a.log).toEqual(['drain mine', 'destroy']);
  });

  it('none: one that closes alone and vanishes is done', async () => {
    const { group } = groupOf({ a: member(hanging) }, { policy: 'none' });
    const quit = group.quit({ by: 'a' });
    group.remove('a');
    expect(await quit).toMatchObject({ drained: 1, forced: 0 });
  });
});
