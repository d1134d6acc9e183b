import { expect, test } from 'vitest';
import { PassTime } from '../../src/edge/pass-time.ts';

/** A clock that counts how often it is looked at. */
function counting() {
  const clock = { ms: 0, looks: 0, now: () => (clock.looks++, clock.ms), setTimeout: () => () => {} };
  return clock;
}

test('pass time: it is up after 5 ms, counted from the first question of a pass', () => {
  const clock = counting();
  const time = new PassTime(clock);
  clock.ms = 100;
  expect(time.isUp).toBe(false);
  clock.ms = 104;
  expect(time.isUp).toBe(false);
  clock.ms = 105;
  expect([time.isUp, time.isUpForOne]).toEqual([true, true]);
  time.begin();
  expect([time.isUp, time.isUpForOne]).toEqual([false, false]);
});

test('pass time: for many short pieces the clock is looked at rarely, for long ones before each', () => {
  const clock = counting();
  const time = new PassTime(clock);
  for (let piece = 0; piece < 801; piece++) expect(time.isUpForOne).toBe(false);
  expect(clock.looks).toBeLessThanOrEqual(102);
  for (const begun of [1_000, 2_000, 3_000]) {
    clock.ms = begun;
    time.begin();
    expect(time.isUpForOne).toBe(false);
    clock.ms += 10;
    expect(time.isUpForOne).toBe(true);
  }
});
