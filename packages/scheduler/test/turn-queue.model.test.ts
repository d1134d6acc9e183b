import * as fc from 'fast-check';
import { expect, it } from 'vitest';
import { TurnQueue } from '../src/index.ts';
import { runs } from './runs.ts';
import { type Act, actsOf, ORDERS, outcome, type Real } from './turn-queue-acts.ts';
import { TurnQueueModel } from './turn-queue-model.ts';

const COMMANDS = runs(100_000);

let commands = 0;

function command(act: Act): fc.Command<TurnQueueModel, Real> {
  return {
    check: () => true,
    run: (model, real) => {
      commands += 1;
      expect(outcome(() => act.real(real))).toEqual(outcome(() => act.model(model)));
      expect(real.turn).toBe(model.turn);
      expect(real.size).toBe(model.size);
    },
    toString: () => act.name,
  };
}

// Powers of two, so that no order depends on how a quotient is rounded.
const weights = fc.constantFrom(0.5, 1, 1, 2, 4);
const costs = fc.constantFrom(1, 1, 1, 2, 3, 10);
const all = actsOf(weights, costs).map((act) => act.map(command));

it(`TurnQueue: does what arrays do, over ${COMMANDS} commands`, () => {
  const start = fc.record({ order: fc.constantFrom(...ORDERS), quantum: fc.constantFrom(1, 1, 0.5, 8) });
  fc.assert(
    fc.property(
      start,
      fc.commands(all, { maxCommands: 200, size: 'max' }),
      ({ order, quantum }, sequence) => {
        const model = new TurnQueueModel(order, quantum, 8);
        const real: Real = new TurnQueue({ order, quantum, maxQueued: 8 });
        for (const id of [1, 2, 3]) {
          model.join(id);
          real.join(id);
        }
        fc.modelRun(() => ({ model, real }), sequence);
        expect([...real.ids()]).toEqual(model.members.map(({ id }) => id));
        for (const { id } of model.members) expect(real.queued(id)).toBe(model.queued(id));
      },
    ),
    { numRuns: runs(1_400) },
  );
  expect(commands).toBeGreaterThanOrEqual(COMMANDS);
}, 300_000);
