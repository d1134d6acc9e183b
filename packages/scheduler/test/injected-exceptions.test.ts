import { describe, expect, it } from 'vitest';
import { type Clock, QuitGroup } from '../src/index.ts';
import { FairQueue } from '../src/queue/index.ts';
import { VirtualClock } from '../src/testing/index.ts';

class Injected extends Error {}

/** Throws at the nth call of one callback. */
class Injector {
  readonly #callback: string;
  #left: number;
  /** Whether it has thrown. */
  done = false;

  constructor(callback: string, nth: number) {
    this.#callback = callback;
    this.#left = nth;
  }

  /** To be called at the beginning of each callback. */
  pass(callback: string): void {
    if (callback !== this.#callback || --this.#left !== 0) return;
    this.done = true;
    thrown.add(callback);
    throw new Injected(callback);
  }

  clock(inner: Clock): Clock {
    return {
      now: () => {
        this.pass('clock.now');
        return inner.now();
      },
      setTimeout: (task, ms) => {
        this.pass('clock.setTimeout');
        const callOff = inner.setTimeout(task, ms);
        return () => {
          callOff();
          this.pass('callOff');
        };
      },
    };
  }
}

/** Every promise and what became of it, or what was thrown in its place. */
class Outcomes {
  readonly #all: { name: string; outcome: string }[] = [];

  keep(name: string, make: () => Promise<unknown>): void {
    const entry = { name, outcome: 'pending' };
    this.#all.push(entry);
    try {
      make().then(
        (value) => (entry.outcome = `resolved ${String(value)}`),
        (error: Error) => (entry.outcome = error.constructor.name),
      );
    } catch (error) {
      entry.outcome = `threw ${(error as Error).constructor.name}`;
    }
  }

  of(name: string): string[] {
    return this.#all.filter((entry) => entry.name === name).map(({ outcome }) => outcome);
  }

  get pending(): string[] {
    return this.#all.filter(({ outcome }) => outcome === 'pending').map(({ name }) => name);
  }
}

class Key {
  readonly #injector: Injector;

  constructor(injector: Injector) {
    this.#injector = injector;
  }

  toString(): string {
    this.#injector.pass('key.toString');
    return 'key';
  }
}

/** A promise of a library: it calls back, and then throws. */
class CallsBackAndThrows extends Promise<string> {
  // oxlint-disable-next-line unicorn/no-thenable -- that is what is tested
  override then<A, B>(done?: ((value: string) => A | PromiseLike<A>) | null): Promise<A | B> {
    void done?.('called back');
    throw new Injected('then');
  }
}

const CALLBACKS = [
  'task',
  'weightOf',
  'rateOf',
  'concurrencyPerKey',
  'clock.now',
  'clock.setTimeout',
  'callOff',
  'key.toString',
  'listen',
];
const GROUP_CALLBACKS = ['drain', 'destroy', 'clock.now', 'clock.setTimeout', 'callOff'];
/** Callbacks that have thrown: one that is never called would look as if it did no harm. */
const thrown = new Set<string>();
const NTH = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16];

describe.each(CALLBACKS)('an exception of %s', (callback) => {
  it.each(NTH)('FairQueue, call %i: no promise stays pending, and the others are run', async (nth) => {
    const clock = new VirtualClock();
    const injector = new Injector(callback, nth);
    const outcomes = new Outcomes();
    let queue: FairQueue<unknown>;
    try {
      queue = new FairQueue<unknown>({
        concurrency: 2,
        concurrencyPerKey: (key) => {
          if (key !== 'innocent') injector.pass('concurrencyPerKey');
          return 1;
        },
        // The first wait, so that timers are set for them.
        rateOf: (key) => {
          if (key !== 'innocent') injector.pass('rateOf');
          return key === 'innocent' ? undefined : { cost: 1, perMs: 1, burst: 0.5 };
        },
        maxQueued: 2,
        cost: 'time',
        clock: injector.clock(clock),
        weightOf: (key) => {
          if (key !== 'innocent') injector.pass('weightOf');
          return 1;
        },
      });
    } catch (error) {
      // Its clock is read once before it is taken.
      expect(error).toBeInstanceOf(Error);
      return;
    }
    const wait = (ms: number): Promise<string> =>
      new Promise((resolve) => void clock.setTimeout(() => resolve('done'), ms));
    const { signal } = new AbortController();
    const listening = Object.assign(signal, {
      addEventListener: () => injector.pass('listen'),
      removeEventListener: () => injector.pass('listen'),
    });
    const key = new Key(injector);
    for (let index = 0; index < 4; index += 1) {
      outcomes.keep('key', () =>
        queue.run(
          key,
          () => {
            injector.pass('task');
            return wait(index);
          },
          { timeoutMs: 1_000 },
        ),
      );
      outcomes.keep('signal', () => queue.run(`signal ${index}`, () => wait(1), { signal: listening }));
      if (index < 2) outcomes.keep('innocent', () => queue.run('innocent', () => wait(1)));
    }
    await clock.runAll();
    outcomes.keep('key', () => queue.run(key, () => new CallsBackAndThrows(() => {})));
    outcomes.keep('innocent', () => queue.run('innocent', () => 'done'));
    outcomes.keep('key', () => queue.run(key, () => wait(1)));
    queue.clear(key);
    await clock.runAll();
    expect(outcomes.of('innocent')).toEqual(['resolved done', 'resolved done', 'resolved done']);
    expect([queue.running, queue.waiting]).toEqual([0, 0]);
    queue.pause();
    for (const each of [key, 'innocent']) outcomes.keep('last', () => queue.run(each, () => 'done'));
    outcomes.keep('capacity', () => queue.untilCapacity(key));
    try {
      await queue.quit();
    } catch (error) {
      // Only the timer can be at fault, and then nothing has quit.
      expect([callback, error]).toEqual(['clock.setTimeout', new Injected('clock.setTimeout')]);
      expect(queue.waiting).toBeGreaterThan(0);
      await queue.quit();
    }
    expect(outcomes.pending).toEqual([]);
    expect([queue.running, queue.waiting]).toEqual([0, 0]);
  });
});

describe.each(GROUP_CALLBACKS)('an exception of %s', (callback) => {
  it.each([1, 2, 3, 4, 5, 6, 7, 8])(
    'QuitGroup, call %i: the report comes, and accounts for each',
    async (nth) => {
      const clock = new VirtualClock();
      const injector = new Injector(callback, nth);
      let group: QuitGroup<string>;
      try {
        group = new QuitGroup<string>({ clock: injector.clock(clock) });
      } catch (error) {
        expect([callback, nth, error]).toEqual(['clock.now', 1, expect.any(TypeError)]);
        return;
      }
      const destroyed: string[] = [];
      const ids = ['a', 'b', 'c', 'd'];
      for (const id of ids) {
        group.add(id, {
          drain: () => {
            injector.pass('drain');
            return new Promise(() => {});
          },
          destroy: () => {
            destroyed.push(id);
            injector.pass('destroy');
          },
        });
      }
      let quit;
      try {
        quit = group.quit({ graceMs: 10 });
      } catch (error) {
        expect([error, group.quitting, group.size]).toEqual([new Injected('clock.setTimeout'), false, 4]);
        quit = group.quit({ graceMs: 10 });
      }
      await clock.runAll();
      const report = await quit;
      expect([...report.members.keys()].toSorted()).toEqual(ids);
      expect(report.drained + report.forced + report.failed).toBe(4);
      expect(destroyed.toSorted()).toEqual(ids);
      const failed = injector.done && (callback === 'drain' || callback === 'destroy') ? 1 : 0;
      expect(report.failed).toBe(failed);
    },
  );
});

it('each callback has thrown', () => {
  expect([...thrown].toSorted()).toEqual([...new Set([...CALLBACKS, ...GROUP_CALLBACKS])].toSorted());
});
