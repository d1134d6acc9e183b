import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { FairQueue, SchedulerError } from '../src/queue/index.ts';
import { VirtualClock } from '../src/testing/index.ts';
import { runs } from './runs.ts';

type Ending = 'value' | 'throw' | 'resolve' | 'reject' | 'hang';

type Step =
  | {
      readonly act: 'run';
      readonly key: number;
      readonly ending: Ending;
      readonly ms: number;
      readonly signal: number;
      readonly cost: number | 'time';
      readonly priority: number;
      /** 0 stands for none. */
      readonly timeoutMs: number;
      readonly slotAfterTimeout: 'kept' | 'freed';
    }
  | { readonly act: 'clear' | 'leave' | 'capacity'; readonly key: number }
  | { readonly act: 'abort'; readonly signal: number }
  | { readonly act: 'advance'; readonly ms: number }
  | { readonly act: 'hold'; readonly key: number; readonly ms: number }
  | { readonly act: 'charge'; readonly key: number; readonly cost: number }
  | { readonly act: 'concurrency' | 'perKey' | 'rate' | 'rates'; readonly value: number }
  | { readonly act: 'release'; readonly key: number }
  | { readonly act: 'clearAll' | 'pause' | 'resume' | 'idle' | 'quit' };

const key = fc.integer({ min: 1, max: 4 });
// Signal 0 stands for none.
const signal = fc.integer({ min: 0, max: 3 });
const run = fc.record({
  act: fc.constant('run' as const),
  key,
  ending: fc.constantFrom<Ending>('value', 'throw', 'resolve', 'reject', 'resolve', 'hang'),
  ms: fc.integer({ min: 0, max: 20 }),
  signal,
  cost: fc.constantFrom<number | 'time'>(1, 3, 'time'),
  priority: fc.constantFrom(0, 0, 1, -1),
  timeoutMs: fc.constantFrom(0, 0, 5, 15),
  slotAfterTimeout: fc.constantFrom('kept', 'freed'),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: run },
  { weight: 2, arbitrary: fc.record({ act: fc.constantFrom('clear' as const, 'leave' as const), key }) },
  { weight: 3, arbitrary: fc.record({ act: fc.constant('capacity' as const), key }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('abort' as const), signal }) },
  { weight: 6, arbitrary: fc.record({ act: fc.constant('advance' as const), ms: fc.nat(30) }) },
  { weight: 2, arbitrary: fc.record({ act: fc.constant('hold' as const), key, ms: fc.nat(50) }) },
  { weight: 1, arbitrary: fc.record({ act: fc.constant('release' as const), key }) },
  {
    weight: 2,
    arbitrary: fc.record({ act: fc.constant('charge' as const), key, cost: fc.integer({ min: -5, max: 5 }) }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      act: fc.constantFrom('concurrency' as const, 'perKey' as const, 'rate' as const, 'rates' as const),
      value: fc.integer({ min: 1, max: 4 }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      act: fc.constantFrom('clearAll' as const, 'pause' as const, 'resume' as const, 'idle' as const),
    }),
  },
);

class Ended extends Error {}

function nameOf(error: unknown): string {
  if (error instanceof Ended) return 'ended';
  return error instanceof DOMException && error.name === 'AbortError' ? 'aborted' : 'odd';
}

/** Plays steps on a queue, and keeps what became of every promise that it gave. */
class Player {
  readonly clock = new VirtualClock();
  readonly queue = new FairQueue<number>({
    concurrency: 2,
    concurrencyPerKey: 1,
    maxQueued: 3,
    maxQueuedInAll: 6,
    // Those of odd keys, once there are some.
    rateOf: (each) => (each % 2 === 1 && this.#rates > 0 ? { cost: this.#rates, perMs: 10 } : undefined),
    clock: this.clock,
  });
  readonly outcomes: string[] = [];
  /** Tasks that started while as many ran as may. */
  tooMany = 0;
  #rates = 0;
  #running = 0;
  /** How many had a slot when the concurrency was changed: with fewer, they keep it, also if they haven't begun. */
  #slots = 0;
  readonly #signals = [1, 2, 3].map(() => new AbortController());

  async play(each: Step): Promise<void> {
    this.#slots = Math.min(this.#slots, this.queue.running);
    if (each.act === 'advance') await this.clock.advance(each.ms);
    else if (each.act === 'abort') this.#signals[each.signal - 1]?.abort();
    else if (each.act === 'clear') this.queue.clear(each.key);
    else if (each.act === 'leave') this.queue.leave(each.key);
    else if (each.act === 'clearAll') this.queue.clear();
    else if (each.act === 'pause') this.queue.pause();
    else if (each.act === 'resume') this.queue.resume();
    else if (each.act === 'capacity') this.#keep(this.queue.untilCapacity(each.key));
    else if (each.act === 'idle') this.#keep(this.queue.onIdle());
    else if (each.act === 'hold') this.queue.hold(each.key, { untilMs: this.clock.now() + each.ms });
    else if (each.act === 'release') this.queue.release(each.key);
    else if (each.act === 'charge') this.queue.charge(each.key, each.cost);
    else if (each.act === 'concurrency') {
      this.#slots = this.queue.running;
      this.queue.concurrency = each.value;
    } else if (each.act === 'perKey') this.queue.concurrencyPerKey = each.value;
    else if (each.act === 'rate')
      this.queue.rate = each.value === 4 ? undefined : { cost: each.value, perMs: 10 };
    else if (each.act === 'rates') {
      this.#rates = each.value;
      this.queue.update();
    } else if (each.act === 'run') this.#run(each);
  }

  quit(): void {
    this.#keep(this.queue.quit({ graceMs: 10 }));
  }

  #run({
    key: of,
    ending,
    ms,
    signal: number,
    timeoutMs,
    slotAfterTimeout,
    ...rest
  }: Step & { act: 'run' }): void {
    const controller = this.#signals[number - 1];
    const { cost, priority } = rest;
    const options = {
      cost,
      priority,
      slotAfterTimeout,
      ...(timeoutMs > 0 && { timeoutMs }),
      ...(controller !== undefined && { signal: controller.signal }),
    };
    this.#keep(
      this.queue.run<unknown>(
        of,
        () => {
          this.#running += 1;
          const isFreed = timeoutMs > 0 && slotAfterTimeout === 'freed';
          if (this.#running > Math.max(this.queue.concurrency, this.#slots)) this.tooMany += 1;
          return this.#end(ending, ms, isFreed ? timeoutMs : Infinity);
        },
        options,
      ),
    );
  }

  /** `freedMs`: when its slot is somebody else's, whether it has ended or not. */
  #end(ending: Ending, ms: number, freedMs: number): unknown {
    let counts = true;
    const leave = (): void => {
      if (counts) this.#running -= 1;
      counts = false;
    };
    if (ending === 'value' || ending === 'throw') leave();
    if (ending === 'throw') throw new Ended();
    if (ending === 'value') return 1;
    if (freedMs < Infinity) this.clock.setTimeout(leave, freedMs);
    return new Promise((resolve, reject) => {
      if (ending === 'hang') return;
      this.clock.setTimeout(() => {
        leave();
        if (ending === 'resolve') resolve(1);
        else reject(new Ended());
      }, ms);
    });
  }

  #keep(promise: Promise<unknown>): void {
    const at = this.outcomes.push('pending') - 1;
    const note = (outcome: string): void => {
      this.outcomes[at] = outcome;
    };
    promise.then(
      () => note('resolved'),
      (error: unknown) => note(error instanceof SchedulerError ? error.code : nameOf(error)),
    );
  }
}

it('FairQueue: no promise is left pending, whatever is run, cleared, aborted, left and quit', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 60, size: 'max' }), async (steps) => {
      const player = new Player();
      for (const each of steps) await player.play(each);
      player.quit();
      await player.clock.runAll();
      expect(player.outcomes).not.toContain('pending');
      expect(player.outcomes).not.toContain('odd');
      expect(player.tooMany).toBe(0);
      expect(player.queue.waiting).toBe(0);
    }),
    { numRuns: runs(500) },
  );
});

it('FairQueue: without a quit, nothing is left pending once every task has ended', async () => {
  const ends = step.filter((each) => (each.act !== 'run' || each.ending !== 'hang') && each.act !== 'pause');
  await fc.assert(
    fc.asyncProperty(fc.array(ends, { minLength: 5, maxLength: 60, size: 'max' }), async (steps) => {
      const player = new Player();
      for (const each of steps) await player.play(each);
      await player.clock.runAll();
      expect(player.outcomes).not.toContain('pending');
      expect([player.queue.waiting, player.queue.running]).toEqual([0, 0]);
    }),
    { numRuns: runs(500) },
  );
});

it('FairQueue: tasks of one key start in the order in which they came, and keys differ by one at most', async () => {
  const keys = fc.array(fc.integer({ min: 1, max: 5 }), { minLength: 2, maxLength: 80 });
  await fc.assert(
    fc.asyncProperty(keys, async (each) => {
      const queue = new FairQueue<number>({ concurrency: 1, clock: new VirtualClock() });
      const started: number[] = [];
      queue.pause();
      for (const [index, of] of each.entries()) void queue.run(of, () => started.push(index));
      queue.resume();
      await queue.onIdle();
      const turns = new Map<number, number[]>();
      for (const index of started) {
        const own = turns.get(each[index] ?? 0) ?? [];
        turns.set(each[index] ?? 0, [...own, index]);
        const had = (of: number): number => turns.get(of)?.length ?? 0;
        const left = each.filter((of) => each.filter((other) => other === of).length > had(of));
        expect(own.length).toBeLessThanOrEqual(Math.min(...left.map(had), Infinity));
      }
      for (const own of turns.values()) expect(own).toEqual(own.toSorted((a, b) => a - b));
      expect(started).toHaveLength(each.length);
    }),
  );
});
