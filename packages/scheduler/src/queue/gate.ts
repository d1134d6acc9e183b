import type { Clock } from '../clock.ts';
import type { Service } from '../service.ts';
import { type Alarmed, Alarms } from './alarms.ts';
import type { Job, JobKey } from './job.ts';
import { HELD } from './key-state.ts';
import { Meter } from './meter.ts';
import type { FullRate, KeySettings } from './settings.ts';

/** Decides who may start now: which keys are on hold, and until when. */
export class Gate<Key> {
  readonly #clock: Clock;
  readonly #waiting: Service<Key, Job<Key>>;
  readonly #alarms: Alarms<Alarmed | JobKey<Key>>;
  // The rate of all keys together.
  #meter: Meter | undefined;
  readonly #whole: Alarmed = { alarmAt: 0, alarmIndex: -1 };
  /** A key may have a rate, or all together have one. */
  #isRated: boolean;

  /** `isRated`: keys may have rates. `opened`: somebody may start who couldn't. */
  constructor(clock: Clock, waiting: Service<Key, Job<Key>>, isRated: boolean, opened: () => void) {
    this.#clock = clock;
    this.#isRated = isRated;
    this.#waiting = waiting;
    const due = (item: Alarmed | JobKey<Key>): void => {
      if ('reasons' in item) this.#lift(item);
    };
    this.#alarms = new Alarms(clock, due, opened);
  }

  /** Takes the next job that may start now. */
  take(): Job<Key> | undefined {
    return this.#isRated ? this.#takeRated() : this.#waiting.take()?.item;
  }

  /** Serves nothing of a key, for this reason, until this reason is gone. */
  hold(state: JobKey<Key>, reason: number): void {
    if (state.reasons === 0) this.#waiting.hold(state);
    state.reasons |= reason;
  }

  unhold(state: JobKey<Key>, reason: number): void {
    if ((state.reasons & reason) === 0) return;
    state.reasons &= ~reason;
    if (state.reasons === 0) this.#waiting.release(state);
  }

  /** Holds a key for its caller, until that time on the clock. */
  holdUntil(state: JobKey<Key>, at: number): void {
    // Its rate is looked at when the hold ends.
    this.#lift(state);
    this.hold(state, HELD.caller);
    if (at < Infinity) this.#alarms.set(state, at);
  }

  /** Ends the hold of its caller. */
  release(state: JobKey<Key>): void {
    if ((state.reasons & HELD.caller) !== 0) this.#lift(state);
  }

  /** Charges a key, and its rate and that of all, for having been served at too low a cost, or gives back. */
  charge(state: JobKey<Key>, cost: number, now: number): void {
    this.#waiting.charge(state, cost);
    state.meter?.spend(cost, now);
    this.#meter?.spend(cost, now);
    // It may be ready earlier.
    if (cost < 0) this.#reconsider(state);
  }

  /** Changes what applies to a key. */
  apply(state: JobKey<Key>, { weight, limit, rate }: KeySettings): void {
    if (weight !== state.weight) this.#waiting.reweigh(state, weight);
    state.limit = limit;
    if (state.running >= limit) this.hold(state, HELD.limit);
    else this.unhold(state, HELD.limit);
    if (rate === undefined) state.meter = undefined;
    else if (state.meter === undefined) state.meter = new Meter(rate);
    else state.meter.change(rate, this.#clock.now());
    this.#reconsider(state);
  }

  /** Changes the rate of all keys together. */
  rateAll(rate: FullRate | undefined): void {
    if (rate === undefined) this.#meter = undefined;
    else if (this.#meter === undefined) this.#meter = new Meter(rate);
    else this.#meter.change(rate, this.#clock.now());
    if (rate !== undefined) this.#isRated = true;
  }

  #takeRated(): Job<Key> | undefined {
    for (;;) {
      const state = this.#waiting.discipline.next() as JobKey<Key> | undefined;
      if (state === undefined) break;
      const now = this.#clock.now();
      const cost = state.nextCost;
      const all = this.#meter?.readyAt(cost) ?? -Infinity;
      const own = state.meter?.readyAt(cost) ?? -Infinity;
      if (own > now) {
        this.hold(state, HELD.rate);
        this.#alarms.set(state, own);
      } else if (all > now) {
        // Nobody goes ahead of the next one, or one whose tasks are expensive would never run.
        this.#alarms.set(this.#whole, all);
        break;
      } else {
        state.meter?.spend(cost, now);
        this.#meter?.spend(cost, now);
        return this.#waiting.take()!.item;
      }
    }
    // A timer that the clock refused is tried again.
    this.#alarms.arm();
    return undefined;
  }

  /** A key that was held for its rate is looked at again. */
  #reconsider(state: JobKey<Key>): void {
    if ((state.reasons & HELD.rate) !== 0) this.#lift(state);
  }

  /** Ends the hold that an alarm is set for: the rate's or the caller's. */
  #lift(state: JobKey<Key>): void {
    this.#alarms.cancel(state);
    this.unhold(state, HELD.rate);
    this.unhold(state, HELD.caller);
  }
}
