import { expect, it } from 'vitest';
import { systemClock } from '../src/index.ts';
import { FairQueue, SchedulerError } from '../src/queue/index.ts';
import { VirtualClock } from '../src/testing/index.ts';

it('run: a task by time is paid as the average of its key, and one by cost does not count in that', async () => {
  const clock = new VirtualClock();
  const queue = new FairQueue({ concurrency: 1, clock });
  const log: string[] = [];
  const run = (key: string, ms: number, cost: number | 'time'): void => {
    const task = (): Promise<void> => {
      log.push(key);
      return new Promise((resolve) => void clock.setTimeout(resolve, ms));
    };
    void queue.run(key, task, { cost });
  };
  run('a', 100, 5);
  run('a', 2, 'time');
  run('a', 4, 'time');
  await clock.runAll();
  run('b', 1, 1);
  await clock.runAll();
  queue.pause();
  for (let task = 0; task < 3; task += 1) {
    run('a', 3, 'time');
    for (let other = 0; other < 3; other += 1) run('b', 1, 1);
  }
  queue.resume();
  await clock.runAll();
  expect(log.join('')).toBe('aaababbbabbbabbb');
  expect(queue.stats().keys.get('a')).toMatchObject({ served: 6, cost: 20, serviceMs: 115 });
});

it.each([
  { name: 'while another waits is made up for', idleMs: 0, want: 'aabbbbbababb' },
  { name: 'while nobody waits is owed to nobody', idleMs: 6, want: 'aabababbbbbb' },
])('run: what a task by time took $name', async ({ idleMs, want }) => {
  const clock = new VirtualClock();
  const queue = new FairQueue({ concurrency: 1, clock });
  const log: string[] = [];
  const run = (key: string, ms: number, cost: number | 'time'): void => {
    const task = (): Promise<void> => {
      log.push(key);
      return new Promise((resolve) => void clock.setTimeout(resolve, ms));
    };
    void queue.run(key, task, { cost });
  };
  run('a', 5, 'time');
  await clock.advance(idleMs);
  queue.pause();
  for (let task = 0; task < 3; task += 1) run('a', 1, 1);
  for (let task = 0; task < 8; task += 1) run('b', 1, 1);
  queue.resume();
  await clock.runAll();
  expect(log.join('')).toBe(want);
});

it('stats: Jain’s index of uneven costs', async () => {
  const queue = new FairQueue({ concurrency: 1, clock: new VirtualClock() });
  await queue.run('a', () => 1, { cost: 1 });
  await queue.run('b', () => 1, { cost: 3 });
  expect(queue.stats().fairness).toBe(0.8);
});

it('SchedulerError: has its name', () => {
  expect(new SchedulerError('QUIT', 'x').name).toBe('SchedulerError');
});

it('systemClock: does not go back, and calls off', async () => {
  const before = systemClock.now();
  const seen: string[] = [];
  systemClock.setTimeout(() => seen.push('called off'), 0)();
  await new Promise<void>((resolve) => void systemClock.setTimeout(resolve, 1));
  expect(seen).toEqual([]);
  expect(systemClock.now()).toBeGreaterThan(before);
});
