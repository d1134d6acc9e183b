import * as fc from 'fast-check';
import { dumpTurns, turnsFrom } from '../src/dump/index.ts';
import { takeRounds } from '../src/rounds/index.ts';
import { type Order, SchedulerError, type TurnQueue } from '../src/index.ts';
import type { TurnQueueModel } from './turn-queue-model.ts';

export const ORDERS: readonly Order[] = ['strict', 'fair', 'free'];

export type Real = TurnQueue<number, number>;
export interface Act {
  readonly name: string;
  model(model: TurnQueueModel): unknown;
  real(real: Real): unknown;
}

/** What it gave back, or the code of what it threw. */
export function outcome(act: () => unknown): unknown {
  try {
    return act();
  } catch (error) {
    if (error instanceof SchedulerError) return error.code;
    throw error;
  }
}

const ids = fc.integer({ min: 1, max: 6 });
let items = 0;

/** A look is right if a copy of the queue serves the same. */
function peeked(real: Real): unknown {
  const item = (each: number): number => each;
  const copy = turnsFrom(dumpTurns(real, item), item);
  const seen = JSON.stringify(real.peek());
  return seen === JSON.stringify(copy.take()) ? 'as take' : `not as take: ${seen}`;
}

/** Everything that can be done with a queue, as often as it comes up. */
export function actsOf(weights: fc.Arbitrary<number>, costs: fc.Arbitrary<number>): fc.Arbitrary<Act>[] {
  const acts: fc.Arbitrary<Act>[] = [
    fc.record({ id: ids, weight: fc.option(weights, { nil: undefined }) }).map(({ id, weight }) => ({
      name: `join ${id} ${weight}`,
      model: (model) => model.join(id, weight),
      real: (real) => real.join(id, weight === undefined ? {} : { weight }),
    })),
    ids.map((id) => ({
      name: `leave ${id}`,
      model: (model) => model.leave(id),
      real: (real) => real.leave(id),
    })),
    ids.map((id) => ({
      name: `clear ${id}`,
      model: (model) => model.clear(id),
      real: (real) => real.clear(id),
    })),
    fc.record({ id: ids, back: fc.nat(12) }).map(({ id, back }) => ({
      name: `remove ${id}, ${back} before the last`,
      model: (model) => model.remove(id, model.arrivals - back),
      real: (real) => real.remove(id, real.arrivals - back),
    })),
    fc.constantFrom(...ORDERS).map((order) => ({
      name: order,
      model: (model) => model.change(order),
      real: (real) => void (real.order = order),
    })),
    ids.map((id) => ({
      name: `give ${id}`,
      model: (model) => model.give(id),
      real: (real) => real.give(id),
    })),
    // oxlint-disable-next-line unicorn/no-array-reverse -- a ring
    fc.constant({ name: 'reverse', model: (model) => model.reverse(), real: (real) => real.reverse() }),
    fc.constant({ name: 'peek', model: (model) => model.peek(), real: peeked }),
    fc.constant({ name: 'skip', model: (model) => model.skip(), real: (real) => real.skip() }),
    ids.map((id) => ({
      name: `hold ${id}`,
      model: (model) => (model.find(id) === undefined ? 'NOT_JOINED' : model.hold(id)),
      real: (real) => real.hold(id),
    })),
    ids.map((id) => ({
      name: `release ${id}`,
      model: (model) => (model.find(id) === undefined ? 'NOT_JOINED' : model.release(id)),
      real: (real) => real.release(id),
    })),
    fc.record({ id: ids, cost: fc.integer({ min: -3, max: 9 }) }).map(({ id, cost }) => ({
      name: `charge ${id} ${cost}`,
      model: (model) => (model.find(id) === undefined ? 'NOT_JOINED' : model.charge(id, cost)),
      real: (real) => real.charge(id, cost),
    })),
  ];

  // What fills and empties a queue is to come as often as all the rest together.
  const turnsOfOne = fc.constantFrom(1, 1, 1, 2, 3, 5);
  const push: fc.Arbitrary<Act> = fc.record({ id: ids, cost: costs, turns: turnsOfOne }).map((given) => {
    const { id, cost, turns } = given;
    items += 1;
    const item = items;
    return {
      name: `push ${id} at ${cost} for ${turns}`,
      model: (model) => model.push(id, item, cost, turns),
      real: (real) => real.push(id, item, cost, turns),
    };
  });
  const take: fc.Arbitrary<Act> = fc.constant({
    name: 'take',
    model: (model) => model.take(),
    real: (real) => real.take(),
  });
  const rounds: fc.Arbitrary<Act> = fc
    .record({ most: fc.nat(12), least: fc.nat(3) })
    .map(({ most, least }) => {
      const inOne = (item: number): number => (item + least) % 4;
      return {
        name: `rounds of ${most} at most`,
        model: (model) => model.takeRounds(most, inOne),
        real: (real) => takeRounds(real, most, inOne),
      };
    });
  return [...acts, rounds, push, push, push, push, push, take, take, take, take];
}
