import { describe, expect, it } from 'vitest';
import { takeRounds } from '../src/rounds/index.ts';
import { type Order, SchedulerError, TurnQueue, type TurnQueueOptions } from '../src/index.ts';

type Id = number | string;

function queueOf(order: Order, ids: Id[], options: Partial<TurnQueueOptions> = {}): TurnQueue<Id, string> {
  const queue = new TurnQueue<Id, string>({ order, ...options });
  for (const id of ids) queue.join(id);
  return queue;
}

function pushAll(queue: TurnQueue<Id, string>, items: readonly [Id, string, number?][]): void {
  for (const [id, item, cost] of items) queue.push(id, item, cost);
}

function takeAll(queue: TurnQueue<Id, string>): string[] {
  const taken: string[] = [];
  for (let turn = queue.take(); turn !== undefined; turn = queue.take()) taken.push(turn.item);
  return taken;
}

describe('TurnQueue, strict', () => {
  it('take: serves the holder and moves the turn on', () => {
    const queue = queueOf('strict', [1, 2, 3]);
    pushAll(queue, [
      [3, 'c'],
      [1, 'a'],
      [2, 'b'],
    ]);
    expect(queue.turn).toBe(1);
    expect(queue.take()).toMatchObject({ id: 1, item: 'a', cost: 1, arrival: 2 });
    expect(queue.turn).toBe(2);
    expect(takeAll(queue)).toEqual(['b', 'c']);
    expect(queue.turn).toBe(1);
  });

  it('take: waits for an idle holder, and the turn stays', () => {
    const queue = queueOf('strict', [1, 2]);
    pushAll(queue, [
      [2, 'b'],
      [2, 'bb'],
    ]);
    expect(queue.take()).toBeUndefined();
    expect(queue.turn).toBe(1);
    expect(queue.size).toBe(2);
    queue.push(1, 'a');
    expect(takeAll(queue)).toEqual(['a', 'b']);
    expect(queue.turn).toBe(1);
  });

  it('skip: passes over the holder, idle or not, says who it was and keeps its items', () => {
    const queue = queueOf('strict', [1, 2]);
    queue.push(1, 'a');
    expect(queue.skip()).toBe(1);
    expect(queue.turn).toBe(2);
    expect(queue.skip()).toBe(2);
    expect(takeAll(queue)).toEqual(['a']);
  });

  it('takeRounds: each gets its turns in one, the holder first, until somebody has too few', () => {
    const queue = queueOf('strict', [1, 2, 3]);
    queue.push(1, 'a', 1, 4);
    queue.push(2, 'b', 1, 2);
    queue.push(3, 'c', 1, 9);
    expect(queue.take()).toMatchObject({ id: 1, item: 'a', left: 3 });
    const portions = takeRounds(queue, 100, () => 100);
    expect(portions).toEqual([
      { id: 2, item: 'b', turns: 2 },
      { id: 3, item: 'c', turns: 2 },
      { id: 1, item: 'a', turns: 2 },
    ]);
    expect(queue.turn).toBe(2);
    expect([1, 2, 3].map((id) => queue.queued(id))).toEqual([1, 0, 7]);
    expect(queue.size).toBe(8);
  });

  it('takeRounds: no more than `most`, and none of an item that is not to be given in one', () => {
    const queue = queueOf('strict', [1, 2, 3]);
    for (const id of [1, 2, 3]) queue.push(id, `${id}`, 1, 5);
    const turns = (): number[] =>
      takeRounds(queue, 5, (item) => (item === '3' ? 1 : 9)).map((portion) => portion.turns);
    expect(turns()).toEqual([2, 2, 1]);
    expect(queue.turn).toBe(3);
    expect(takeRounds(queue, 5, () => 0)).toEqual([]);
    expect(takeRounds(queue, 0, () => 9)).toEqual([]);
    expect(queue.turn).toBe(3);
  });

  it.each(['fair', 'free'] as const)(
    'takeRounds: who has nothing left is not served in %s order',
    (order) => {
      const queue = queueOf('strict', [1, 2]);
      for (const id of [1, 2]) queue.push(id, `${id}`);
      expect(takeRounds(queue, 2, () => 1)).toHaveLength(2);
      queue.order = order;
      expect(queue.take()).toBeUndefined();
      queue.push(2, 'more');
      expect(takeAll(queue)).toEqual(['more']);
    },
  );

  it('push: behind an item that has its share already, it raises no quantum', () => {
    const queue = queueOf('fair', [1, 2]);
    for (const id of [1, 2]) queue.push(id, `${id} dear`, 10);
    for (const item of ['1 a', '1 b', '1 c']) queue.push(1, item);
    queue.push(2, '2 a');
    expect(queue.take()?.item).toBe('1 dear');
    queue.push(2, '2 b');
    expect(takeAll(queue)).toEqual(['2 dear', '1 a', '2 a', '1 b', '2 b', '1 c']);
  });

  it.each([
    { most: 2, asked: ['1', '2'] },
    { most: 1e6, asked: ['1', '2', '3'] },
  ])('takeRounds: asks at most once for each, and for no more than $most', ({ most, asked }) => {
    const queue = queueOf('strict', [1, 2, 3]);
    for (const id of [1, 2, 3]) queue.push(id, `${id}`, 1, 5);
    const seen: string[] = [];
    takeRounds(queue, most, (item) => {
      seen.push(item);
      return 5;
    });
    expect(seen).toEqual(asked);
  });

  it.each(['fair', 'free'] as const)('takeRounds: nothing in %s order', (order) => {
    const queue = queueOf(order, [1]);
    queue.push(1, 'a', 1, 2);
    expect(takeRounds(queue, 5, () => 9)).toEqual([]);
  });

  it('push: an item for several turns waits for each of them, and comes back for each', () => {
    const queue = queueOf('strict', [1], { maxQueued: 4 });
    expect(queue.push(1, 'a', 1, 3)).toBe(true);
    expect(queue.push(1, 'b', 1, 2)).toBe(false);
    expect(queue.push(1, 'c')).toBe(true);
    expect(queue.take()).toMatchObject({ item: 'a', arrival: 1, left: 2 });
    expect(queue.leave(1)).toEqual(['a', 'a', 'c']);
    expect(queue.size).toBe(0);
    queue.join(1);
    for (const turns of [0, -1, 1.5, Number.NaN])
      expect(() => queue.push(1, 'd', 1, turns)).toThrow(
        new RangeError(`Cannot use turns ${turns}: expected an integer from 1 to ${Number.MAX_SAFE_INTEGER}`),
      );
  });

  it('skip: an empty ring has nobody to pass over', () => {
    const queue = queueOf('strict', []);
    expect(queue.skip()).toBeUndefined();
    expect(queue.turn).toBeUndefined();
    expect(queue.take()).toBeUndefined();
  });

  it('join: the newcomer stands behind the last who joined, wherever the turn is', () => {
    const queue = queueOf('strict', [1, 2, 3]);
    queue.skip();
    queue.join(4);
    expect([...queue.ids()]).toEqual([1, 2, 3, 4]);
    expect([queue.skip(), queue.skip(), queue.skip(), queue.skip(), queue.skip()]).toEqual([2, 3, 4, 1, 2]);
  });

  it('join: one who is in keeps position, turn and items', () => {
    const queue = queueOf('strict', [1, 2]);
    queue.push(1, 'a');
    queue.join(1);
    expect([...queue.ids()]).toEqual([1, 2]);
    expect(queue.queued(1)).toBe(1);
    expect(queue.turn).toBe(1);
  });

  it.each([
    { name: 'first', leaver: 1, skips: 0, turn: 2 },
    { name: 'middle', leaver: 2, skips: 1, turn: 3 },
    { name: 'last, so that the ring begins anew', leaver: 3, skips: 2, turn: 1 },
  ])('leave: the holder goes and the turn is the next one’s at once ($name)', ({ leaver, skips, turn }) => {
    const queue = queueOf('strict', [1, 2, 3]);
    for (let skip = 0; skip < skips; skip += 1) queue.skip();
    expect(queue.turn).toBe(leaver);
    queue.leave(leaver);
    expect(queue.turn).toBe(turn);
  });

  it('leave: another than the holder goes and the turn stays', () => {
    const queue = queueOf('strict', [1, 2, 3]);
    queue.leave(2);
    expect([queue.skip(), queue.skip(), queue.skip()]).toEqual([1, 3, 1]);
  });

  it('leave: the last one empties the ring, and the next to join holds the turn', () => {
    const queue = queueOf('strict', [1]);
    queue.leave(1);
    expect(queue.turn).toBeUndefined();
    queue.join(2);
    queue.join(3);
    expect([queue.skip(), queue.skip(), queue.skip()]).toEqual([2, 3, 2]);
  });

  it('leave and join again: the position is the last one', () => {
    const queue = queueOf('strict', [1, 2, 3]);
    queue.leave(1);
    queue.join(1);
    expect([...queue.ids()]).toEqual([2, 3, 1]);
    expect([queue.skip(), queue.skip(), queue.skip()]).toEqual([2, 3, 1]);
  });
});

describe('TurnQueue, fair', () => {
  it('take: one each among those with work, and an idle one is not waited for', () => {
    const queue = queueOf('fair', [1, 2, 3]);
    pushAll(queue, [
      [1, 'a1'],
      [1, 'a2'],
      [1, 'a3'],
      [3, 'c1'],
      [3, 'c2'],
    ]);
    expect(takeAll(queue)).toEqual(['a1', 'c1', 'a2', 'c2', 'a3']);
    expect(queue.turn).toBeUndefined();
    expect(queue.skip()).toBeUndefined();
  });

  it('take: nobody waits longer than one turn of each other, whatever they queued', () => {
    const queue = queueOf('fair', ['big', 'small'], { maxQueued: 100_000 });
    for (let item = 0; item < 100_000; item += 1) queue.push('big', 'big');
    queue.push('small', 'small');
    expect(queue.take()?.id).toBe('big');
    expect(queue.take()?.id).toBe('small');
  });

  it('weight: three turns to one', () => {
    const queue = queueOf('fair', []);
    queue.join('a', { weight: 3 });
    queue.join('b');
    for (let item = 0; item < 6; item += 1)
      pushAll(queue, [
        ['a', 'a'],
        ['b', 'b'],
      ]);
    expect(takeAll(queue).join('')).toBe('aaabaaabbbbb');
  });

  it('weight: below 1, the others have more', () => {
    const queue = queueOf('fair', ['b']);
    queue.join('a', { weight: 0.5 });
    for (let item = 0; item < 4; item += 1)
      pushAll(queue, [
        ['a', 'a'],
        ['b', 'b'],
      ]);
    expect(takeAll(queue).join('')).toBe('abbabbaa');
  });

  it('join: a new weight counts from the next visit', () => {
    const queue = queueOf('fair', ['a', 'b']);
    for (let item = 0; item < 6; item += 1)
      pushAll(queue, [
        ['a', 'a'],
        ['b', 'b'],
      ]);
    expect([queue.take()?.id, queue.take()?.id]).toEqual(['a', 'b']);
    queue.join('a', { weight: 2 });
    expect(takeAll(queue).join('')).toBe('aabaababbb');
  });

  it('cost: the same is spent by each, in however many items', () => {
    const queue = queueOf('fair', ['a', 'b']);
    for (let item = 0; item < 8; item += 1)
      pushAll(queue, [
        ['a', 'a', 1],
        ['b', 'b', 4],
      ]);
    expect(takeAll(queue).join('').slice(0, 10)).toBe('aaaabaaaab');
  });

  it('cost: one item above all others is served in its first visit', () => {
    const queue = queueOf('fair', ['a', 'b']);
    pushAll(queue, [
      ['a', 'dear', 1e12],
      ['b', 'b1'],
      ['b', 'b2'],
    ]);
    expect(takeAll(queue)).toEqual(['dear', 'b1', 'b2']);
  });

  it('quantum: what a visit may spend at least', () => {
    const queue = queueOf('fair', ['a', 'b'], { quantum: 3 });
    for (let item = 0; item < 4; item += 1)
      pushAll(queue, [
        ['a', 'a', 2],
        ['b', 'b', 1],
      ]);
    expect(takeAll(queue).join('')).toBe('abbbaaba');
  });

  it('leave: gives the items back, oldest first, and the others go on', () => {
    const queue = queueOf('fair', ['a', 'b', 'c']);
    pushAll(queue, [
      ['a', 'a1'],
      ['a', 'a2'],
      ['b', 'b1'],
      ['c', 'c1'],
    ]);
    queue.take();
    expect(queue.leave('a')).toEqual(['a2']);
    expect(queue.size).toBe(2);
    expect(takeAll(queue)).toEqual(['b1', 'c1']);
  });
});

describe('TurnQueue, free', () => {
  it('take: order of arrival, whoever it was', () => {
    const queue = queueOf('free', [1, 2, 3]);
    pushAll(queue, [
      [2, 'a'],
      [2, 'b'],
      [1, 'c'],
      [2, 'd'],
      [3, 'e'],
    ]);
    expect(takeAll(queue)).toEqual(['a', 'b', 'c', 'd', 'e']);
  });

  it('leave: what is given back is not served, also not after joining again', () => {
    const queue = queueOf('free', [1, 2]);
    pushAll(queue, [
      [1, 'a'],
      [2, 'b'],
      [1, 'c'],
    ]);
    expect(queue.leave(1)).toEqual(['a', 'c']);
    queue.join(1);
    queue.push(1, 'd');
    expect(takeAll(queue)).toEqual(['b', 'd']);
  });
});

describe('TurnQueue, change of order', () => {
  it('strict to fair: a drain serves in ring order from the holder on, and those without work are passed over', () => {
    const queue = queueOf('strict', [1, 2, 3, 4]);
    pushAll(queue, [
      [1, 'a1'],
      [4, 'd1'],
      [2, 'b1'],
      [1, 'a2'],
      [4, 'd2'],
    ]);
    queue.skip();
    queue.skip();
    expect(queue.turn).toBe(3);
    queue.order = 'fair';
    expect(takeAll(queue)).toEqual(['d1', 'a1', 'b1', 'd2', 'a2']);
  });

  it('fair to strict: whoever was next holds the turn', () => {
    const queue = queueOf('fair', [1, 2, 3]);
    pushAll(queue, [
      [2, 'b1'],
      [3, 'c1'],
      [2, 'b2'],
    ]);
    expect(queue.take()?.id).toBe(2);
    queue.order = 'strict';
    expect(queue.turn).toBe(3);
    expect(takeAll(queue)).toEqual(['c1']);
    expect(queue.turn).toBe(1);
  });

  it('to strict with nothing waiting: the turn is where it was', () => {
    const queue = queueOf('strict', [1, 2, 3]);
    queue.skip();
    queue.order = 'fair';
    queue.order = 'free';
    queue.order = 'strict';
    expect(queue.turn).toBe(2);
  });

  it('to free: order of arrival, although others were served in between', () => {
    const queue = queueOf('strict', [1, 2]);
    pushAll(queue, [
      [2, 'b1'],
      [1, 'a1'],
      [1, 'a2'],
      [2, 'b2'],
      [1, 'a3'],
    ]);
    expect(queue.take()?.item).toBe('a1');
    queue.order = 'free';
    queue.push(2, 'b3');
    expect(takeAll(queue)).toEqual(['b1', 'a2', 'b2', 'a3', 'b3']);
  });

  it('free to fair: the ring is taken up at the one who was next', () => {
    const queue = queueOf('free', [1, 2, 3]);
    pushAll(queue, [
      [2, 'b1'],
      [1, 'a1'],
      [3, 'c1'],
      [2, 'b2'],
    ]);
    queue.order = 'fair';
    expect(takeAll(queue)).toEqual(['b1', 'c1', 'a1', 'b2']);
  });
});

describe('TurnQueue, bounds and faults', () => {
  it('push: false at the bound of that participant, and the item is not taken', () => {
    const queue = queueOf('fair', [1, 2], { maxQueued: 2 });
    expect([queue.push(1, 'a'), queue.push(1, 'b'), queue.push(1, 'c'), queue.push(2, 'd')]).toEqual([
      true,
      true,
      false,
      true,
    ]);
    expect([queue.queued(1), queue.queued(2), queue.size, queue.arrivals]).toEqual([2, 1, 3, 3]);
    expect(takeAll(queue)).toEqual(['a', 'd', 'b']);
    expect(queue.push(1, 'c')).toBe(true);
  });

  it('push: 10,000 wait unless said otherwise', () => {
    const queue = queueOf('free', [1]);
    for (let item = 0; item < 10_000; item += 1) expect(queue.push(1, 'x')).toBe(true);
    expect(queue.push(1, 'x')).toBe(false);
  });

  it('push: one who has not joined is refused with a code and a number', () => {
    const queue = queueOf('fair', [1, 2]);
    expect(() => queue.push(7, 'x')).toThrow(
      new SchedulerError('NOT_JOINED', 'Cannot serve 7: it is not one of the 2 participants'),
    );
  });

  it('leave, queued, remove: one who has not joined has nothing', () => {
    const queue = queueOf('fair', [1]);
    expect([queue.leave(7), queue.queued(7), queue.remove(7, 1), queue.has(7), queue.has(1)]).toEqual([
      [],
      0,
      undefined,
      false,
      true,
    ]);
  });

  const bounds = 'expected a number from 0.000001 to 1000000000000';
  const whole = 'expected an integer from 1 to 9007199254740991';

  it.each([
    { make: () => new TurnQueue({ order: 'fair', quantum: 0 }), want: `quantum 0: ${bounds}` },
    { make: () => new TurnQueue({ order: 'fair', quantum: Infinity }), want: `quantum Infinity: ${bounds}` },
    { make: () => new TurnQueue({ order: 'fair', maxQueued: 0 }), want: `maxQueued 0: ${whole}` },
    { make: () => new TurnQueue({ order: 'fair', maxQueued: 1.5 }), want: `maxQueued 1.5: ${whole}` },
    { make: () => queueOf('fair', []).join(1, { weight: -1 }), want: `weight -1: ${bounds}` },
    { make: () => queueOf('fair', [1]).join(1, { weight: Number.NaN }), want: `weight NaN: ${bounds}` },
    { make: () => queueOf('fair', [1]).push(1, 'x', 0), want: `cost 0: ${bounds}` },
    { make: () => queueOf('fair', [1]).push(1, 'x', 1e13), want: `cost 10000000000000: ${bounds}` },
    // @ts-expect-error An order that there is not.
    { make: () => new TurnQueue({ order: 'lifo' }), want: 'order lifo: expected strict, fair or free' },
  ])('a number out of bounds is refused at once: $want', ({ make, want }) => {
    expect(make).toThrow(new RangeError(`Cannot use ${want}`));
  });
});
