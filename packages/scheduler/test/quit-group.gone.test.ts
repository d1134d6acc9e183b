import { describe, expect, it } from 'vitest';
import { QuitGroup, type QuitMember } from '../src/index.ts';
import { VirtualClock } from '../src/testing/index.ts';

const never = (): Promise<never> => new Promise(() => {});

function groupOf(
  policy: 'any' | 'none' | { readonly owner: string },
  members: Record<string, Partial<QuitMember>>,
): { group: QuitGroup<string>; clock: VirtualClock; log: string[] } {
  const clock = new VirtualClock();
  const group = new QuitGroup<string>({ policy, clock });
  const log: string[] = [];
  for (const [id, member] of Object.entries(members)) {
    group.add(id, {
      drain: (reason) => {
        log.push(`drain ${id}`);
        return member.drain?.(reason) ?? Promise.resolve();
      },
      destroy: () => {
        log.push(`destroy ${id}`);
        return member.destroy?.();
      },
    });
  }
  return { group, clock, log };
}

describe.each([{ policy: 'none' as const }, { policy: { owner: 'o' } }])('$policy', ({ policy }) => {
  it.each([
    { name: 'that has quit', go: (group: QuitGroup<string>) => group.quit({ by: 'a' }) },
    { name: 'that was removed', go: (group: QuitGroup<string>) => Promise.resolve(group.remove('a')) },
    { name: 'that never came', by: 'x', go: () => Promise.resolve() },
  ])('a quit by a member $name closes nobody, and its report is empty', async ({ go, by = 'a' }) => {
    const { group, clock, log } = groupOf(policy, { a: {}, b: {}, o: {} });
    await go(group);
    const before = [...log];
    expect(await group.quit({ by })).toMatchObject({
      by,
      drained: 0,
      forced: 0,
      failed: 0,
      members: new Map(),
    });
    expect([log, group.quitting, clock.pending]).toEqual([before, false, 0]);
    expect((await group.quit()).members.has('b')).toBe(true);
  });
});

it('a member that is destroyed by its own quit is not waited for by the quit of all', async () => {
  const { group, clock } = groupOf('none', { a: { drain: never }, b: {} });
  const own = group.quit({ by: 'a', graceMs: 10 });
  const all = group.quit({ graceMs: 1_000 });
  await clock.advance(10);
  const reports = await Promise.all([own, all]);
  expect(reports.map(({ members }) => members.get('a'))).toEqual([
    { outcome: 'forced', tookMs: 10 },
    { outcome: 'forced', tookMs: 10 },
  ]);
  expect([reports[1].tookMs, clock.pending]).toEqual([10, 0]);
});

it('a member that is destroyed by the quit of all is not waited for by its own', async () => {
  const { group, clock } = groupOf('none', { a: { drain: never } });
  const own = group.quit({ by: 'a', graceMs: 1_000 });
  const all = group.quit({ graceMs: 10 });
  await clock.advance(10);
  for (const report of await Promise.all([own, all])) expect(report).toMatchObject({ forced: 1, tookMs: 10 });
  expect(clock.pending).toBe(0);
});

it.each([
  { how: 'drains', drain: () => Promise.resolve(), outcome: 'drained' },
  { how: 'throws', drain: () => Promise.reject(new Error('no')), outcome: 'failed' },
  { how: 'hangs', drain: never, outcome: 'forced' },
])(
  'a member that $how in two quits at once is $outcome in both reports, and told once',
  async ({ drain, outcome }) => {
    const { group, clock, log } = groupOf('none', { a: { drain } });
    const quits = [group.quit({ by: 'a', graceMs: 10 }), group.quit({ graceMs: 20 })];
    await clock.advance(20);
    for (const report of await Promise.all(quits)) expect(report.members.get('a')?.outcome).toBe(outcome);
    expect(log).toEqual(outcome === 'drained' ? ['drain a'] : ['drain a', 'destroy a']);
  },
);

it('a destroy that says that the member is gone has forced it all the same', async () => {
  const { group, clock } = groupOf('any', { a: { drain: never, destroy: () => void group.remove('a') } });
  const quit = group.quit({ graceMs: 10 });
  await clock.advance(10);
  expect((await quit).members.get('a')?.outcome).toBe('forced');
});

it('a destroy that comes back to the quit is called once', async () => {
  const { group, log } = groupOf('any', { a: { drain: never, destroy: () => group.force() } });
  const quit = group.quit();
  group.force();
  expect([(await quit).forced, log]).toEqual([1, ['drain a', 'destroy a']]);
});

/** What an async function in the place of `destroy` may give. */
const LATE: Record<string, () => unknown> = {
  'a promise that rejects': () => Promise.reject(new Error('late')),
  'a promise that never settles': never,
  'a thenable that throws': () => ({
    // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
    get then(): never {
      throw new Error('late');
    },
  }),
};

describe.each(Object.keys(LATE))('a destroy that gives %s', (name) => {
  const destroy = LATE[name] as () => void;

  it('is not waited for, and ends nothing, neither after the grace', async () => {
    const { group, clock } = groupOf('any', { a: { drain: never, destroy }, b: {} });
    const quit = group.quit({ graceMs: 10 });
    await clock.advance(10);
    expect(await quit).toMatchObject({ drained: 1, forced: 1, failed: 0 });
  });

  it('nor after a drain that throws, nor where a member comes too late', async () => {
    const { group } = groupOf('any', { a: { drain: () => Promise.reject(new Error('no')), destroy } });
    expect((await group.quit()).members.get('a')).toMatchObject({
      outcome: 'failed',
      error: new Error('no'),
    });
    expect(group.add('b', { drain: never, destroy })).toBe(false);
    // An unhandled rejection would be told by now.
    await new Promise((resolve) => void setImmediate(resolve));
  });
});

it('a member of a name that was used before is a new one', async () => {
  const { group, clock } = groupOf('none', { a: { drain: never } });
  const first = group.quit({ by: 'a', graceMs: 10 });
  group.remove('a');
  group.add('a', { drain: never, destroy: () => {} });
  const second = group.quit({ by: 'a', graceMs: 20 });
  await clock.advance(20);
  expect([await first, await second]).toMatchObject([{ drained: 1 }, { forced: 1, tookMs: 20 }]);
});
