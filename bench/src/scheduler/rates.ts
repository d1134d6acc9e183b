import type { Clock } from '@proto/scheduler';
import { FairQueue, type Rate } from '@proto/scheduler/queue';
import type { Figure } from '../figure.ts';
import { type Contestant, race } from '../race.ts';

const KEYS = 100_000;

/** A clock with one timer, which is all that a queue sets. */
class OneTimer implements Clock {
  #now = 0;
  #timer: { readonly at: number; readonly task: () => void } | undefined;

  now(): number {
    return this.#now;
  }

  setTimeout(task: () => void, ms: number): () => void {
    const timer = { at: this.#now + ms, task };
    this.#timer = timer;
    return () => {
      if (this.#timer === timer) this.#timer = undefined;
    };
  }

  /** Goes to the time of the timer. False: none is set. */
  step(): boolean {
    const timer = this.#timer;
    if (timer === undefined) return false;
    this.#timer = undefined;
    this.#now = timer.at;
    timer.task();
    return true;
  }
}

/** Each key has two tasks. With rates, all keys are over theirs after the first, and their second ones start one by one. */
function contestant(name: string, rateOf: ((key: number) => Rate) | undefined): Contestant {
  return {
    name,
    run: async () => {
      const clock = new OneTimer();
      const queue = new FairQueue<number>({ concurrency: 1_000, maxQueuedInAll: 2 * KEYS, rateOf, clock });
      let done = 0;
      const all: Promise<number>[] = [];
      queue.pause();
      for (let task = 0; task < 2 * KEYS; task += 1) all.push(queue.run(task % KEYS, () => (done += 1)));
      queue.resume();
      // Every hundredth step lets promises settle, or what they hold would pile up; so does a step without a timer: all
      // slots are occupied until then.
      for (let steps = 1; queue.waiting > 0; steps += 1) {
        if (!clock.step() || steps % 100 === 0) await Promise.resolve();
      }
      const sum = (await Promise.all(all)).reduce((a, b) => a + b, 0);
      return `${done} ${sum}`;
    },
  };
}

/** The figures of rates. */
export const rateFigures: readonly Figure[] = [
  race({
    name: '100,000 keys, each over its rate',
    work: (2 * KEYS) / 1e6,
    unit: 'M tasks',
    ours: contestant('with a rate each', (key) => ({ cost: 1, perMs: 1_000 + key / 100 })),
    against: [{ ...contestant('without rates', undefined), atLeast: 1 / 3 }],
  }),
];
