import { expect, it } from 'vitest';
import { VirtualClock } from '../src/testing/index.ts';

it('VirtualClock: timers run in order of their time, and those of one time in order of setting', async () => {
  const clock = new VirtualClock();
  const seen: [string, number][] = [];
  const set = (name: string, ms: number): (() => void) =>
    clock.setTimeout(() => seen.push([name, clock.now()]), ms);
  set('late', 30);
  set('first', 10);
  set('second', 10);
  set('called off', 20)();
  set('not due', 31);
  await clock.advance(30);
  expect(seen).toEqual([
    ['first', 10],
    ['second', 10],
    ['late', 30],
  ]);
  expect([clock.now(), clock.pending]).toEqual([30, 1]);
});

it('VirtualClock: time goes forward only, and by numbers', async () => {
  const clock = new VirtualClock();
  await clock.advance(100);
  for (const ms of [-50, Number.NaN, Infinity]) {
    await expect(clock.advance(ms)).rejects.toThrow(`Cannot use ms ${ms}: expected a number from 0`);
  }
  const seen: number[] = [];
  for (const ms of [Number.NaN, -5, 0]) clock.setTimeout(() => seen.push(clock.now()), ms);
  await clock.advance(0);
  expect([clock.now(), seen]).toEqual([100, [100, 100, 100]]);
});
