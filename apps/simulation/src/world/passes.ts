import type { WorldClock } from './clock.ts';

/** Something with a descriptor: looked at in each pass of the event loop in which it has something to do. */
export interface Polled {
  /** One look, as the event loop takes it. */
  poll(): void;
}

const { setImmediate: soon, clearImmediate: notSoon } = globalThis;
const pending = new Set<NodeJS.Immediate>();

/** From now on, it's known whether the server wants another pass of the event loop. */
export function watchImmediates(): void {
  globalThis.setImmediate = watched as typeof setImmediate;
  globalThis.clearImmediate = (immediate) => {
    if (immediate === undefined) return;
    pending.delete(immediate);
    notSoon(immediate);
  };
}

function watched(task: (...args: unknown[]) => void, ...args: unknown[]): NodeJS.Immediate {
  const immediate = soon(() => {
    pending.delete(immediate);
    task(...args);
  });
  pending.add(immediate);
  return immediate;
}

/** Passes of the event loop of one world: timers first, then sockets, then immediates, until nothing is left to do. */
export class Passes {
  readonly #clock: WorldClock;
  /** Those that want to be looked at in the next pass, in the order in which they asked. */
  #polled = new Set<Polled>();

  constructor(clock: WorldClock) {
    this.#clock = clock;
  }

  /** It wants to be looked at. */
  wake(polled: Polled): void {
    this.#polled.add(polled);
  }

  /** Passes until nobody has anything to do. Returns how many. Errors: rejects if that takes more than `most`. */
  async settle(most: number): Promise<number> {
    for (let passes = 0; ; passes++) {
      if (passes > most)
        throw new Error(`The server does not come to rest in ${most} passes of the event loop`);
      // On a slow machine, time has gone on meanwhile.
      this.#clock.doDue();
      const now = this.#polled;
      this.#polled = new Set();
      for (const each of now) each.poll();
      await new Promise((resolve) => soon(resolve));
      if (this.#polled.size === 0 && pending.size === 0) return passes;
    }
  }
}
