import { expect, it } from 'vitest';
import { QuitGroup, type QuitMember } from '../src/index.ts';
import { VirtualClock } from '../src/testing/index.ts';

function groupOf(members: Record<string, QuitMember['drain']>): {
  group: QuitGroup<string>;
  clock: VirtualClock;
  destroyed: string[];
} {
  const clock = new VirtualClock();
  const group = new QuitGroup<string>({ clock });
  const destroyed: string[] = [];
  for (const [id, drain] of Object.entries(members)) {
    group.add(id, { drain, destroy: () => void destroyed.push(id) });
  }
  return { group, clock, destroyed };
}

const never = (): Promise<never> => new Promise(() => {});

it('quit: one that is gone while the others are being told does not end it', async () => {
  const { group } = groupOf({
    a: async () => void group.remove('a'),
    b: () => Promise.resolve(),
  });
  expect(await group.quit()).toMatchObject({ drained: 2, forced: 0, failed: 0 });
});

it('quit: a force while the others are being told reaches those too', async () => {
  const { group, destroyed, clock } = groupOf({
    a: () => {
      group.force();
      return never();
    },
    b: never,
  });
  expect(await group.quit()).toMatchObject({ drained: 0, forced: 2, tookMs: 0 });
  expect(destroyed).toEqual(['a', 'b']);
  expect(clock.pending).toBe(0);
});

it('quit: what a member does after its end does not change the report', async () => {
  const late: (() => void)[] = [];
  const { group, clock, destroyed } = groupOf({
    a: () => new Promise((resolve) => void late.push(resolve)),
    b: () => new Promise((_, reject) => void late.push(() => reject(new Error('late')))),
  });
  const quit = group.quit({ graceMs: 10 });
  await clock.advance(10);
  const report = await quit;
  for (const act of late) act();
  await clock.advance(5);
  const forced = { outcome: 'forced', tookMs: 10 };
  expect([...report.members]).toStrictEqual([
    ['a', forced],
    ['b', forced],
  ]);
  expect(destroyed).toEqual(['a', 'b']);
});

it('quit: one that was gone and fails afterwards is not destroyed', async () => {
  let fail = (): void => {};
  const { group, clock, destroyed } = groupOf({
    a: () => new Promise((_, reject) => void (fail = () => reject(new Error('late')))),
  });
  const quit = group.quit();
  group.remove('a');
  fail();
  expect(await quit).toMatchObject({ drained: 1, failed: 0 });
  await clock.advance(0);
  expect(destroyed).toEqual([]);
});

it('quit: time is told from the quit on, and only one that failed has an error', async () => {
  const { group, clock } = groupOf({ a: () => Promise.resolve(), b: never });
  await clock.advance(100);
  const quit = group.quit({ graceMs: 10 });
  await clock.advance(10);
  const report = await quit;
  expect(report.tookMs).toBe(10);
  expect(report.members.get('a')).toStrictEqual({ outcome: 'drained', tookMs: 0 });
});

it('force: without a quit it does nothing', () => {
  const { group, destroyed } = groupOf({ a: never });
  group.force();
  expect([group.size, destroyed]).toEqual([1, []]);
});

it('quit: of one that is not in the group reaches nobody, and it quits once it is in', async () => {
  const group = new QuitGroup<string>({ policy: 'none', clock: new VirtualClock() });
  expect((await group.quit({ by: 'late' })).members.size).toBe(0);
  const told: string[] = [];
  group.add('late', { drain: (reason) => void told.push(reason), destroy: () => {} });
  expect((await group.quit({ by: 'late', reason: 'enough' })).drained).toBe(1);
  expect(told).toEqual(['enough']);
});

it('quit: of a member that throws, and throws again when it is destroyed, the first error is kept', async () => {
  const fails = (text: string) => (): never => {
    throw new Error(text);
  };
  const group = new QuitGroup<string>({ clock: new VirtualClock() });
  group.add('a', { drain: fails('first'), destroy: fails('second') });
  const { members } = await group.quit();
  expect(members.get('a')).toMatchObject({ outcome: 'failed', error: new Error('first') });
});

it('quit: the next phase begins when the calls of drain have returned', async () => {
  const group = new QuitGroup<string>({ clock: new VirtualClock() });
  const log: string[] = [];
  const add = (id: string, phase: number): void => {
    const drain = (): void => {
      log.push(`${id} begins`);
      group.remove(id);
      log.push(`${id} returns`);
    };
    group.add(id, { drain, destroy: () => {} }, { phase });
  };
  for (const [id, phase] of [
    ['a', 0],
    ['b', 1],
    ['c', 2],
  ] as const)
    add(id, phase);
  const { phases } = await group.quit();
  expect(log).toEqual(['a begins', 'a returns', 'b begins', 'b returns', 'c begins', 'c returns']);
  expect(phases.map(({ phase }) => phase)).toEqual([0, 1, 2]);
});

it('quit: one that is removed while the others are being told is not told', async () => {
  const told: string[] = [];
  const { group, destroyed } = groupOf({
    a: () => void group.remove('b'),
    b: () => void told.push('b'),
    c: () => void told.push('c'),
  });
  expect(await group.quit()).toMatchObject({ drained: 3, forced: 0, failed: 0 });
  expect([told, destroyed]).toEqual([['c'], []]);
});
