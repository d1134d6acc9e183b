import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Alarmed, Alarms } from '../src/queue/alarms.ts';
import { VirtualClock } from '../src/testing/index.ts';
import { runs } from './runs.ts';

interface Key extends Alarmed {
  readonly name: number;
}

/** Alarms for so many keys, what has rung and when, and how often the clock was asked for a timer. */
function alarmsOf(count: number): {
  clock: VirtualClock;
  alarms: Alarms<Key>;
  keys: Key[];
  rung: { readonly name: number; readonly at: number }[];
  timers: () => number;
} {
  const clock = new VirtualClock();
  let timers = 0;
  const counting = {
    now: () => clock.now(),
    setTimeout: (task: () => void, ms: number) => {
      timers += 1;
      return clock.setTimeout(task, ms);
    },
  };
  const rung: { readonly name: number; readonly at: number }[] = [];
  const ring = ({ name, alarmAt, alarmIndex }: Key): void => {
    expect([alarmAt <= clock.now(), alarmIndex]).toEqual([true, -1]);
    rung.push({ name, at: clock.now() });
  };
  const alarms = new Alarms<Key>(counting, ring, () => {});
  const keys = Array.from({ length: count }, (_, name) => ({ name, alarmAt: 0, alarmIndex: -1 }));
  return { clock, alarms, keys, rung, timers: () => timers };
}

const COUNT = 24;
const act = fc.record({
  name: fc.nat({ max: COUNT - 1 }),
  // Undefined: it is cancelled.
  inMs: fc.option(fc.integer({ min: 0, max: 60 }), { nil: undefined, freq: 4 }),
  passMs: fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, 5),
});

describe('Alarms', () => {
  it('property: each key rings once, at its time, whatever is set, moved and cancelled', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(act, { minLength: 20, maxLength: 150, size: 'max' }), async (acts) => {
        const { clock, alarms, keys, rung } = alarmsOf(COUNT);
        const wanted = new Map<number, number>();
        const want: string[] = [];
        const pass = (until: number): void => {
          for (const [name, at] of wanted) {
            if (at > until) continue;
            want.push(`${at} ${name}`);
            wanted.delete(name);
          }
        };
        for (const { name, inMs, passMs } of acts) {
          if (inMs === undefined) {
            alarms.cancel(keys[name]!);
            wanted.delete(name);
          } else {
            alarms.set(keys[name]!, clock.now() + inMs);
            wanted.set(name, clock.now() + inMs);
          }
          if (passMs === 0) continue;
          await clock.advance(passMs);
          pass(clock.now());
        }
        await clock.advance(100);
        pass(clock.now());
        expect(rung.map(({ name, at }) => `${at} ${name}`).toSorted()).toEqual(want.toSorted());
        expect(rung.map(({ at }) => at)).toEqual(rung.map(({ at }) => at).toSorted((a, b) => a - b));
        expect(clock.pending).toBe(0);
      }),
      { numRuns: runs(1_000) },
    );
  });

  it('many keys that are due together ring in the order of their times', async () => {
    const { clock, alarms, keys, rung } = alarmsOf(200);
    // 73 and 200 have no factor in common: each time comes once.
    for (const key of keys) alarms.set(key, 1 + ((key.name * 73) % 200));
    for (const key of keys.slice(0, 50)) alarms.cancel(key);
    await clock.advance(300);
    const times = keys.slice(50).map(({ name }) => 1 + ((name * 73) % 200));
    expect(rung.map(({ at }) => at)).toEqual(times.toSorted((a, b) => a - b));
  });

  it('a cancelled alarm leaves the timer of the others, and the last one leaves none', async () => {
    const { clock, alarms, keys, rung } = alarmsOf(2);
    const [first, second] = keys as [Key, Key];
    alarms.set(first, 10);
    alarms.set(second, 20);
    alarms.cancel(second);
    await clock.advance(10);
    expect([rung, clock.pending]).toEqual([[{ name: 0, at: 10 }], 0]);
    alarms.set(second, 20);
    alarms.cancel(second);
    expect(clock.pending).toBe(0);
  });

  it('an alarm that is not before the first one sets no timer', () => {
    const { clock, alarms, keys, timers } = alarmsOf(4);
    for (const [index, at] of [10, 20, 10, 5].entries()) {
      alarms.set(keys[index]!, at);
      expect([timers(), clock.pending]).toEqual([index < 3 ? 1 : 2, 1]);
    }
  });
});
