import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dumpTurns, turnsFrom } from '../src/dump/index.ts';
import { TurnQueue } from '../src/index.ts';
import { runs } from './runs.ts';
import { type Act, actsOf, ORDERS, outcome, type Real } from './turn-queue-acts.ts';

/** The queue as text has it. Items are numbers: in the text they are words. */
function throughText(queue: Real): Real {
  const text = JSON.stringify(dumpTurns(queue, (item) => `item ${item}`));
  return turnsFrom<number, number, string>(JSON.parse(text), (data) => Number(data.slice(5)));
}

/** What an act gives, and what can be seen of the queue after it. */
function seen(queue: Real, act: Act): unknown {
  const given = outcome(() => act.real(queue));
  const { order, turn, size, arrivals } = queue;
  const queued = [...queue.ids()].map((id) => [id, queue.queued(id)]);
  return { act: act.name, given, order, turn, size, arrivals, queued };
}

// Quotients that are rounded: the other must round them alike.
const weights = fc.constantFrom(0.1, 1 / 3, 1, 1, 2, 7);
const costs = fc.constantFrom(0.1, 0.7, 1, 1, 2, 10);
const acts = fc.array(fc.oneof(...actsOf(weights, costs)), { maxLength: 200, size: 'max' });
const start = fc.record({
  order: fc.constantFrom(...ORDERS),
  quantum: fc.constantFrom(0.1, 1, 1, 8),
  maxQueued: fc.constantFrom(8, 100),
});

describe('dumpTurns', () => {
  it('turnsFrom: goes on as the other would, wherever it was written down', () => {
    fc.assert(
      fc.property(start, acts, fc.nat(), (options, sequence, at) => {
        const queue: Real = new TurnQueue(options);
        for (const id of [1, 2, 3]) queue.join(id);
        const cut = at % (sequence.length + 1);
        for (const act of sequence.slice(0, cut)) outcome(() => act.real(queue));
        const other = throughText(queue);
        for (const act of sequence.slice(cut)) expect(seen(other, act)).toEqual(seen(queue, act));
        // Everything that is left, in an order that asks for all that is known of everybody.
        for (const id of queue.ids()) {
          queue.release(id);
          other.release(id);
        }
        for (const each of [queue, other]) if (each.order === 'strict') each.order = 'fair';
        while (queue.size > 0) expect(other.take()).toEqual(queue.take());
        expect(other.size).toBe(0);
      }),
      { numRuns: runs(3_000) },
    );
  }, 300_000);

  it('turnsFrom: a visit that a change of order has broken off is over, whatever is charged later', () => {
    const queue: Real = new TurnQueue({ order: 'strict' });
    for (const id of [1, 2]) queue.join(id);
    queue.push(1, 10);
    queue.order = 'fair';
    queue.order = 'strict';
    const other = throughText(queue);
    const served = [queue, other].map((each) => {
      each.hold(1);
      each.order = 'fair';
      each.charge(1, 0);
      each.charge(1, -1);
      each.push(2, 20);
      each.release(1);
      return [each.take()?.item, each.take()?.item];
    });
    expect(served).toEqual([
      [20, 10],
      [20, 10],
    ]);
  });

  it('turnsFrom: a debt of one without work has been paid as far as it was', () => {
    const queue: Real = new TurnQueue({ order: 'fair' });
    for (const id of [1, 2]) queue.join(id);
    for (let item = 1; item <= 20; item += 1) queue.push(1, item);
    for (let turn = 0; turn < 5; turn += 1) queue.take();
    queue.charge(2, 3);
    const other = throughText(queue);
    const served = [queue, other].map((each) => {
      each.take();
      each.push(2, 100);
      return Array.from({ length: 6 }, () => each.take()?.item);
    });
    expect(served[0]?.indexOf(100)).toBe(3);
    expect(served[1]).toEqual(served[0]);
  });

  it('dumpTurns: without participants, nobody holds the turn; shares are those of fair order', () => {
    const queue: Real = new TurnQueue({ order: 'strict' });
    expect(dumpTurns(queue, String)).toMatchObject({ holder: -1, participants: [], waiting: [] });
    queue.join(1);
    const { holder, participants } = dumpTurns(queue, String);
    expect([holder, participants]).toEqual([0, [{ id: 1, weight: 1, held: false }]]);
    queue.order = 'fair';
    expect(dumpTurns(queue, String).participants[0]).toHaveProperty('share');
  });

  it('dumpTurns: changes nothing, and a queue that was read back gives the same dump', () => {
    fc.assert(
      fc.property(start, acts, (options, sequence) => {
        const queue: Real = new TurnQueue(options);
        for (const act of sequence) outcome(() => act.real(queue));
        const dump = dumpTurns(queue, (item) => item);
        const again = dumpTurns(
          turnsFrom(structuredClone(dump), (item) => item),
          (item) => item,
        );
        expect(dumpTurns(queue, (item) => item)).toEqual(dump);
        expect(again).toEqual(dump);
      }),
      { numRuns: runs(300) },
    );
  });
});
