import type { Clock } from '../clock.ts';
import { Roster } from '../roster.ts';
import type { Job, JobKey } from './job.ts';
import { KeyState } from './key-state.ts';
import { List } from './list.ts';
import type { KeySettings } from './settings.ts';

/** How many idle keys are kept: those that were idle last. */
const MOST_IDLE = 1_000;

/** The keys of a queue: each from its first task until it is forgotten. */
export class Keys<Key> {
  readonly #states = new Roster<Key, JobKey<Key>>();
  /** What applies to a key, as the caller says now. */
  readonly settingsOf: (key: Key) => KeySettings;
  // New keys, and those that have become idle, the one that was so first. Some may be busy by now.
  readonly #idle = new List<JobKey<Key>>();
  #joined = 0;

  constructor(settingsOf: (key: Key) => KeySettings) {
    this.settingsOf = settingsOf;
  }

  get(key: Key): JobKey<Key> | undefined {
    return this.#states.get(key);
  }

  /** In the order in which they came. */
  all(): IterableIterator<JobKey<Key>> {
    return this.#states.members();
  }

  /** A key, new if it isn't known. Errors: throws what its settings throw, and adds nothing. */
  of(key: Key): JobKey<Key> {
    const known = this.#states.get(key);
    if (known !== undefined) return known;
    const settings = this.settingsOf(key);
    // The callbacks may themselves have queued something under that key.
    const present = this.#states.get(key);
    if (present !== undefined) return present;
    this.#joined += 1;
    const state = new KeyState<Key, Job<Key>>(key, this.#joined, settings);
    this.#states.add(key, state);
    // Its first task may never come: a callback or a signal may throw.
    this.#idle.append(state);
    return state;
  }

  /** Less of a key waits or runs than before. Of the idle ones, those that were idle first are forgotten. */
  eased(state: JobKey<Key>, clock: Clock): void {
    if (!state.isIdle) return;
    this.#idle.remove(state);
    this.#idle.append(state);
    // Two for each that comes, so that a burst is forgotten while others come and go.
    for (let checks = 2; checks > 0 && this.#idle.size > MOST_IDLE; checks -= 1) {
      const oldest = this.#idle.first!;
      this.#idle.remove(oldest);
      if (!oldest.isIdle) continue;
      // Forgetting it would give it a whole rate, or end its hold.
      if (oldest.reasons !== 0 || oldest.meter?.isWhole(clock.now()) === false) this.#idle.append(oldest);
      else this.#states.delete(oldest.id);
    }
  }

  /** Forgets a key that has no work. */
  forget(state: JobKey<Key>): void {
    this.#idle.remove(state);
    this.#states.delete(state.id);
  }
}
