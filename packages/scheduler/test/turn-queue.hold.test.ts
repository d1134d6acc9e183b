import { describe, expect, it } from 'vitest';
import { type Order, TurnQueue } from '../src/index.ts';

const ORDERS: readonly Order[] = ['strict', 'fair', 'free'];

/** So many items of each, in the order given; an item is the name of its participant. */
function queueOf(order: Order, counts: Record<string, number>, quantum = 1): TurnQueue<string, string> {
  const queue = new TurnQueue<string, string>({ order, quantum });
  for (const [id, count] of Object.entries(counts)) {
    queue.join(id);
    for (let item = 0; item < count; item += 1) queue.push(id, id);
  }
  return queue;
}

function takeAll(queue: TurnQueue<string, string>): string {
  let taken = '';
  for (let turn = queue.take(); turn !== undefined; turn = queue.take()) taken += turn.item;
  return taken;
}

describe.each(ORDERS)('TurnQueue, held in %s order', (order) => {
  it('hold: its items wait, more may come, and release brings them back', () => {
    const queue = queueOf(order, { a: 2 });
    queue.hold('a');
    queue.push('a', 'A');
    expect([queue.take(), queue.size, queue.queued('a')]).toEqual([undefined, 3, 3]);
    queue.release('a');
    expect(takeAll(queue)).toBe('aaA');
  });

  it('release: one without work is not active, and is served when it has some', () => {
    const queue = queueOf(order, { a: 0, b: 0 });
    queue.hold('a');
    queue.release('a');
    queue.release('b');
    expect(queue.take()).toBeUndefined();
    queue.push('a', 'a');
    queue.push('b', 'b');
    expect(takeAll(queue)).toBe('ab');
  });

  it('release: one that was not held keeps its position', () => {
    const queue = queueOf(order, { a: 1, b: 1 });
    queue.release('a');
    expect(takeAll(queue)).toBe('ab');
  });

  it('remove, clear: also of one that is held', () => {
    const queue = queueOf(order, { a: 3 });
    queue.hold('a');
    expect([queue.remove('a', 2), queue.remove('a', 2), queue.size]).toEqual(['a', undefined, 2]);
    expect([queue.clear('a'), queue.size, queue.clear('a'), queue.clear('x')]).toEqual([
      ['a', 'a'],
      0,
      [],
      [],
    ]);
    queue.release('a');
    queue.push('a', 'A');
    expect(takeAll(queue)).toBe('A');
  });

  it('clear: the others go on, and the cleared one begins again', () => {
    const queue = queueOf(order, { a: 2, b: 1 });
    expect(queue.clear('a')).toEqual(['a', 'a']);
    queue.push('a', 'A');
    expect(takeAll(queue).split('').toSorted().join('')).toBe('Ab');
    expect(queue.size).toBe(0);
  });

  it('remove: what is taken back is not served, and the rest is', () => {
    const queue = queueOf(order, { a: 8 });
    for (const arrival of [2, 3, 5, 7, 1]) expect(queue.remove('a', arrival)).toBe('a');
    const arrivals: (number | undefined)[] = [];
    for (let take = 0; take < 4; take += 1) arrivals.push(queue.take()?.arrival);
    expect(arrivals).toEqual([4, 6, 8, undefined]);
  });

  it('join, charge: a new weight or a charge is no fault in any order', () => {
    const queue = queueOf(order, { a: 1 });
    queue.join('a', { weight: 2 });
    queue.charge('a', 1);
    queue.charge('a', -1);
    expect(queue.remove('a', 1)).toBe('a');
    expect(queue.order).toBe(order);
  });

  it('charge: a cost out of its bounds is refused at once', () => {
    const bounds = 'expected a number from -1000000000000 to 1000000000000';
    expect(() => queueOf(order, { a: 1 }).charge('a', 2e12)).toThrow(
      new RangeError(`Cannot use cost 2000000000000: ${bounds}`),
    );
  });
});

describe('TurnQueue, free', () => {
  it('hold, release: comes behind what waits of the others', () => {
    const queue = queueOf('free', { a: 3, b: 2 });
    queue.hold('a');
    queue.release('a');
    expect(takeAll(queue)).toBe('bbaaa');
  });

  it('hold: more held than waits, and what came before is not met again', () => {
    const queue = queueOf('free', { b: 1, a: 5, c: 1 });
    queue.hold('a');
    expect(takeAll(queue)).toBe('bc');
    queue.push('b', 'b');
    queue.release('a');
    expect(takeAll(queue)).toBe('baaaaa');
  });
});

describe('TurnQueue, strict', () => {
  it('hold: the holder is waited for, and the turn stays', () => {
    const queue = queueOf('strict', { a: 1, b: 1 });
    queue.hold('a');
    expect([queue.take(), queue.turn]).toEqual([undefined, 'a']);
    expect(queue.skip()).toBe('a');
    expect(takeAll(queue)).toBe('b');
  });

  it('skip: in another order it moves no turn', () => {
    const queue = queueOf('fair', { a: 0, b: 0 });
    queue.skip();
    queue.order = 'strict';
    expect(queue.turn).toBe('a');
  });
});

describe('TurnQueue, fair', () => {
  it('order: the same once more begins nothing anew', () => {
    const queue = queueOf('fair', { a: 6, b: 3 }, 3);
    expect(queue.take()?.id).toBe('a');
    queue.order = 'fair';
    expect(takeAll(queue)).toBe('aabbbaaa');
  });

  it('release: a visit that was broken off goes on', () => {
    const queue = queueOf('fair', { a: 6, b: 6 }, 3);
    expect(queue.take()?.id).toBe('a');
    queue.hold('a');
    expect(queue.take()?.id).toBe('b');
    queue.release('a');
    expect(takeAll(queue)).toBe('aabbaaabbb');
  });

  it('release: a visit goes on for what is left of it, to the last of it', () => {
    const queue = queueOf('fair', { a: 6, b: 6 }, 3);
    expect([queue.take()?.id, queue.take()?.id]).toEqual(['a', 'a']);
    queue.hold('a');
    queue.release('a');
    expect(takeAll(queue)).toBe('abbbaaabbb');
  });

  it('release: a visit that was charged away meanwhile does not go on, and rounds have paid for it', () => {
    const queue = queueOf('fair', { a: 4, b: 9 }, 3);
    queue.take();
    queue.hold('a');
    queue.charge('a', 5);
    for (let turn = 0; turn < 4; turn += 1) queue.take();
    queue.release('a');
    expect(takeAll(queue)).toBe('bbbaaabb');
  });

  it('clear: one in the middle of its visit begins again behind the others', () => {
    const queue = queueOf('fair', { a: 3, b: 3 }, 3);
    queue.take();
    queue.clear('a');
    queue.push('a', 'a');
    expect(takeAll(queue)).toBe('bbba');
  });

  it('charge: in the middle of a visit, it ends it', () => {
    const queue = queueOf('fair', { a: 3, b: 3 }, 3);
    queue.take();
    queue.charge('a', 5);
    expect(takeAll(queue)).toBe('bbbaa');
  });

  it('clear: what was owed is owed, if others wait', () => {
    const queue = queueOf('fair', { a: 2, b: 9 });
    queue.take();
    queue.charge('a', 3);
    queue.clear('a');
    for (let item = 0; item < 2; item += 1) queue.push('a', 'a');
    expect(takeAll(queue)).toBe('babbbbabbbb');
  });

  it('join: a new weight of one without work makes no round larger', () => {
    const queue = queueOf('fair', { a: 1, b: 3, c: 3 });
    queue.take();
    queue.charge('a', 9);
    queue.join('a', { weight: 1 });
    expect(takeAll(queue)).toBe('bcbcbc');
  });

  it('release: one whose visit had ended comes behind the others', () => {
    const queue = queueOf('fair', { a: 2, b: 2, c: 2 });
    expect(queue.take()?.id).toBe('a');
    queue.hold('a');
    queue.release('a');
    expect(takeAll(queue)).toBe('bcabc');
  });

  it('join: a smaller weight makes the round larger', () => {
    const queue = new TurnQueue<string, string>({ order: 'fair' });
    queue.join('a', { weight: 4 });
    queue.join('b');
    queue.push('a', 'a', 8);
    queue.push('b', 'b');
    queue.join('a', { weight: 1 });
    expect(takeAll(queue)).toBe('ab');
  });

  it('charge: what was too little is paid before the next turn, and a gift is spent', () => {
    const owing = queueOf('fair', { a: 3, b: 4 });
    owing.take();
    owing.charge('a', 2);
    expect(takeAll(owing)).toBe('babbba');
    const given = queueOf('fair', { a: 4, b: 4 });
    given.take();
    given.charge('a', -2);
    expect(takeAll(given)).toBe('baaabbb');
  });

  it('charge: a debt of an idle one shrinks with each round, and a gift is not saved up', () => {
    const after = (cost: number, rounds: number): string => {
      const queue = queueOf('fair', { a: 1, b: 9 });
      queue.take();
      queue.charge('a', cost);
      for (let round = 0; round < rounds; round += 1) queue.take();
      for (let item = 0; item < 3; item += 1) queue.push('a', 'a');
      return takeAll(queue);
    };
    expect([after(3, 1), after(3, 3), after(3, 6), after(-3, 1)]).toEqual([
      'bbbbabababb',
      'bbabababb',
      'bababa',
      'babababbbbb',
    ]);
  });

  it('charge: with twice the weight a debt shrinks twice as fast', () => {
    const roundsOwed = (weight: number): number => {
      const queue = queueOf('fair', { a: 1, b: 9 });
      queue.join('a', { weight });
      queue.take();
      queue.charge('a', 8);
      for (let round = 0; round < 3; round += 1) queue.take();
      queue.push('a', 'a');
      return takeAll(queue).indexOf('a');
    };
    expect([roundsOwed(1), roundsOwed(2)]).toEqual([6, 2]);
  });

  it.each([
    { name: 'a debt is forgiven once nothing waits', before: 1 },
    { name: 'it is none while nothing waits', before: 2 },
  ])('charge: $name', ({ before }) => {
    const queue = queueOf('fair', { a: 1, b: 1 });
    for (let take = 0; take < before; take += 1) queue.take();
    queue.charge('a', 50);
    while (queue.take() !== undefined);
    for (const id of ['a', 'b', 'a', 'b']) queue.push(id, id);
    expect(takeAll(queue)).toBe('abab');
  });

  it('charge: a debt lasts while items wait, if only those of one who is held', () => {
    const debtorAfter = (held: number): string => {
      const queue = queueOf('fair', { a: 1, b: 1, c: held });
      queue.hold('c');
      queue.take();
      queue.charge('a', 3);
      queue.take();
      for (const id of ['a', 'b', 'a', 'b', 'b', 'b', 'b']) queue.push(id, id);
      return takeAll(queue);
    };
    expect([debtorAfter(0), debtorAfter(1)]).toEqual(['ababbbb', 'abbbbab']);
  });

  it('clear: of one who is held, what it frees is the end of all debts too', () => {
    const queue = queueOf('fair', { a: 1, b: 0, c: 1 });
    queue.hold('c');
    queue.take();
    queue.charge('a', 3);
    queue.clear('c');
    for (const id of ['a', 'b', 'a', 'b']) queue.push(id, id);
    expect(takeAll(queue)).toBe('abab');
  });
});
