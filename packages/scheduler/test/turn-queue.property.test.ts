import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Turn, TurnQueue } from '../src/index.ts';
import { runs } from './runs.ts';

type Step =
  | { readonly act: 'join'; readonly id: number; readonly weight: number }
  | { readonly act: 'push'; readonly id: number; readonly cost: number; readonly times: number }
  | { readonly act: 'leave' | 'skip' | 'take'; readonly id: number };

interface Kinds {
  readonly weights: fc.Arbitrary<number>;
  readonly costs: fc.Arbitrary<number>;
}

const ids = fc.integer({ min: 1, max: 8 });

function steps({ weights, costs }: Kinds): fc.Arbitrary<Step[]> {
  const push = fc.record({
    act: fc.constant('push' as const),
    id: ids,
    cost: costs,
    times: fc.integer({ min: 1, max: 9 }),
  });
  const join = fc.record({ act: fc.constant('join' as const), id: ids, weight: weights });
  const one = (act: 'leave' | 'skip' | 'take'): fc.Arbitrary<Step> =>
    fc.record({ act: fc.constant(act), id: ids });
  const step = fc.oneof(
    { weight: 3, arbitrary: join },
    { weight: 6, arbitrary: push },
    { weight: 1, arbitrary: one('leave') },
    { weight: 2, arbitrary: one('skip') },
    { weight: 12, arbitrary: one('take') },
  );
  return fc.array(step, { minLength: 20, maxLength: 200, size: 'max' });
}

/** What each other one was served since somebody began to wait for its next turn. */
class Waits {
  readonly #since = new Map<number, Map<number, { cost: number; dearest: number; turns: number }>>();

  begins(id: number): void {
    this.#since.set(id, new Map());
  }

  ends(id: number): void {
    this.#since.delete(id);
  }

  has(id: number): boolean {
    return this.#since.has(id);
  }

  served({ id, cost }: Turn<number, unknown>): void {
    for (const [waiting, others] of this.#since) {
      if (waiting === id) continue;
      const before = others.get(id) ?? { cost: 0, dearest: 0, turns: 0 };
      const dearest = Math.max(before.dearest, cost);
      others.set(id, { cost: before.cost + cost, dearest, turns: before.turns + 1 });
    }
  }

  of(id: number): ReadonlyMap<number, { cost: number; dearest: number; turns: number }> {
    return this.#since.get(id) ?? new Map();
  }
}

/** Fair order: plays the steps, and has every wait judged at its end, and those that did not end. */
function play(
  sequence: readonly Step[],
  judge: (
    others: ReadonlyMap<number, { cost: number; dearest: number; turns: number }>,
    present: number,
  ) => void,
  weightIs: (id: number, weight: number) => void,
): void {
  const queue = new TurnQueue<number, number>({ order: 'fair' });
  const waits = new Waits();
  for (const step of sequence) {
    if (step.act === 'join' && !queue.has(step.id)) {
      queue.join(step.id, { weight: step.weight });
      weightIs(step.id, step.weight);
    } else if (step.act === 'leave') {
      queue.leave(step.id);
      waits.ends(step.id);
    } else if (step.act === 'push' && queue.has(step.id)) {
      for (let time = 0; time < step.times; time += 1) queue.push(step.id, time, step.cost);
      if (!waits.has(step.id)) waits.begins(step.id);
    } else if (step.act === 'take') {
      const turn = queue.take();
      if (turn === undefined) continue;
      waits.served(turn);
      judge(waits.of(turn.id), [...queue.ids()].length);
      waits.ends(turn.id);
      if (queue.queued(turn.id) > 0) waits.begins(turn.id);
    }
    for (const id of queue.ids()) judge(waits.of(id), [...queue.ids()].length);
  }
}

const one = fc.constant(1);

describe('TurnQueue, fair: nobody starves', () => {
  it('equal weights and costs: n with work, and each waits at most n - 1 turns', () => {
    fc.assert(
      fc.property(steps({ weights: one, costs: one }), (sequence) => {
        play(
          sequence,
          (others) => {
            for (const { turns } of others.values()) expect(turns).toBeLessThanOrEqual(1);
          },
          () => {},
        );
      }),
      { numRuns: runs(500) },
    );
  });

  it.each([
    { name: 'unequal weights', kinds: { weights: fc.constantFrom(0.3, 1, 2, 7), costs: one } },
    { name: 'unequal costs', kinds: { weights: one, costs: fc.integer({ min: 1, max: 1000 }) } },
    {
      name: 'unequal weights and costs',
      kinds: {
        weights: fc.constantFrom(0.3, 1, 2, 7),
        costs: fc.double({ min: 0.01, max: 1e6, noNaN: true }),
      },
    },
  ])(
    '$name: each other one spends at most its part of the largest quantum and its dearest item',
    ({ kinds }) => {
      fc.assert(
        fc.property(steps(kinds), (sequence) => {
          const weight = new Map<number, number>();
          let least = Infinity;
          const dearest = Math.max(1, ...sequence.map((step) => (step.act === 'push' ? step.cost : 0)));
          play(
            sequence,
            (others) => {
              for (const [id, spent] of others) {
                const quantum = Math.max(1, dearest / least);
                const most = (weight.get(id) ?? 0) * quantum + spent.dearest;
                expect(spent.cost).toBeLessThanOrEqual(most * (1 + 1e-9));
              }
            },
            (id, given) => {
              weight.set(id, Math.max(given, weight.get(id) ?? 0));
              least = Math.min(least, given);
            },
          );
        }),
        { numRuns: runs(500) },
      );
    },
  );

  it('a round never costs more than its neediest: costs up to C are served within n times 2 C', () => {
    const costs = fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(costs, fc.nat(11), (each, which) => {
        const queue = new TurnQueue<number, number>({ order: 'fair' });
        for (const [id, cost] of each.entries()) {
          queue.join(id);
          for (let item = 0; item < 50; item += 1) queue.push(id, item, cost);
        }
        const late = which % each.length;
        for (let taken = 0; taken < 20; taken += 1) queue.take();
        let before = 0;
        for (let turn = queue.take(); turn !== undefined && turn.id !== late; turn = queue.take())
          before += turn.cost;
        expect(before).toBeLessThanOrEqual(each.length * 2 * Math.max(...each));
      }),
    );
  });
});

/** Serves keys whose items cost what their lists say, over and over, until each could have had a hundred dear ones. */
function spentByEach(costs: readonly (readonly number[])[], dearest: number): number[] {
  const queue = new TurnQueue<number, number>({ order: 'fair' });
  const spent = costs.map(() => 0);
  const next = costs.map(() => 0);
  const push = (id: number): void => {
    const list = costs[id] ?? [];
    const at = next[id] ?? 0;
    next[id] = at + 1;
    queue.push(id, at, list[at % list.length]);
  };
  for (const id of costs.keys()) {
    queue.join(id);
    push(id);
    push(id);
  }
  for (let left = costs.length * dearest * 30; left > 0;) {
    const turn = queue.take();
    if (turn === undefined) break;
    left -= turn.cost;
    spent[turn.id] = (spent[turn.id] ?? 0) + turn.cost;
    push(turn.id);
  }
  return spent;
}

describe('TurnQueue, fair: shares are even', () => {
  it('Jain’s index over backlogged keys of equal weight is at least 0.99, with costs from 1 to 1,000', () => {
    const keys = fc.array(fc.array(fc.integer({ min: 1, max: 1000 }), { minLength: 1, maxLength: 20 }), {
      minLength: 2,
      maxLength: 10,
    });
    fc.assert(
      fc.property(keys, (costs) => {
        const spent = spentByEach(costs, 1_000);
        const sum = spent.reduce((a, b) => a + b, 0);
        const squares = spent.reduce((a, b) => a + b * b, 0);
        expect((sum * sum) / (spent.length * squares)).toBeGreaterThanOrEqual(0.99);
      }),
    );
  });
});

describe('TurnQueue, strict', () => {
  it('nobody is served twice before everyone who was there was served or skipped', () => {
    fc.assert(
      fc.property(steps({ weights: one, costs: one }), (sequence) => {
        const queue = new TurnQueue<number, number>({ order: 'strict' });
        // For each, who has had no turn since its own last one, of those who were there then.
        const owed = new Map<number, Set<number>>();
        const had = (id: number): void => {
          expect([...(owed.get(id) ?? [])]).toEqual([]);
          for (const others of owed.values()) others.delete(id);
          owed.set(id, new Set([...queue.ids()].filter((other) => other !== id)));
        };
        for (const step of sequence) {
          if (step.act === 'join') queue.join(step.id);
          if (step.act === 'push' && queue.has(step.id)) queue.push(step.id, 0);
          if (step.act === 'leave') {
            queue.leave(step.id);
            owed.delete(step.id);
            for (const others of owed.values()) others.delete(step.id);
          }
          const id = step.act === 'take' ? queue.take()?.id : step.act === 'skip' ? queue.skip() : undefined;
          if (id !== undefined) had(id);
          expect([...queue.ids()].includes(queue.turn ?? -1)).toBe([...queue.ids()].length > 0);
        }
      }),
      { numRuns: runs(500) },
    );
  });

  it('a newcomer has its turn after the last of the ring', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9 }), fc.nat(20), (present, turns) => {
        const queue = new TurnQueue<number, number>({ order: 'strict' });
        for (let id = 1; id <= present; id += 1) queue.join(id);
        for (let turn = 0; turn < turns; turn += 1) queue.skip();
        queue.join(0);
        const passed: (number | undefined)[] = [];
        while (queue.turn !== 0 && passed.length <= present) passed.push(queue.skip());
        const first = (turns % present) + 1;
        expect(passed).toEqual(Array.from({ length: present - first + 1 }, (_, index) => first + index));
      }),
    );
  });
});
