import { describe, expect, it } from 'vitest';
import { takeRounds } from '../src/rounds/index.ts';
import { TurnQueue } from '../src/index.ts';

function ringOf(...ids: string[]): TurnQueue<string, string> {
  const queue = new TurnQueue<string, string>({ order: 'strict' });
  for (const id of ids) queue.join(id);
  return queue;
}

/** Whose turns come, as long as everybody plays. */
function turns(queue: TurnQueue<string, string>, count: number): string {
  let seen = '';
  for (let n = 0; n < count; n += 1) {
    queue.push(queue.turn!, 'card');
    seen += queue.take()!.id;
  }
  return seen;
}

describe('TurnQueue, games', () => {
  it('reverse: the turn goes the other way from the holder on, and back again', () => {
    const queue = ringOf('a', 'b', 'c', 'd');
    expect(turns(queue, 2)).toBe('ab');
    queue.reverse();
    expect([turns(queue, 5), queue.reversed]).toEqual(['cbadc', true]);
    queue.reverse();
    expect(turns(queue, 3)).toBe('bcd');
  });

  it('reverse: of two players, it is nobody’s turn twice', () => {
    const queue = ringOf('a', 'b');
    expect(turns(queue, 1)).toBe('a');
    queue.reverse();
    expect(turns(queue, 3)).toBe('bab');
  });

  it('reverse: the turn of one who leaves goes the other way, and who joins comes after the last one that joined', () => {
    const queue = ringOf('a', 'b', 'c');
    queue.reverse();
    queue.give('b');
    queue.leave('b');
    expect(queue.turn).toBe('a');
    queue.join('d');
    expect([turns(queue, 4), [...queue.ids()]]).toEqual(['adca', ['a', 'c', 'd']]);
  });

  it('give: the turn is that one’s, and goes on from there', () => {
    const queue = ringOf('a', 'b', 'c');
    expect([queue.give('c'), queue.turn, turns(queue, 3)]).toEqual(['a', 'c', 'cab']);
    expect(() => queue.give('x')).toThrow('Cannot serve x');
    queue.order = 'fair';
    expect([queue.give('a'), queue.turn]).toEqual([undefined, undefined]);
  });

  it.each(['strict', 'fair', 'free'] as const)(
    'peek: what take serves, and nothing changes (%s)',
    (order) => {
      const queue = new TurnQueue<string, string>({ order });
      expect(queue.peek()).toBeUndefined();
      queue.join('a');
      queue.push('a', 'one', 3, 2);
      const want = { id: 'a', item: 'one', cost: 3, arrival: 1, left: 1 };
      expect([queue.peek(), queue.peek(), queue.size]).toEqual([want, want, 2]);
      expect([queue.take(), queue.peek(), queue.take()]).toEqual([
        want,
        { ...want, left: 0 },
        expect.objectContaining({ item: 'one', left: 0 }),
      ]);
    },
  );

  it('ids: those who join or leave while it is read are left out, so it ends', () => {
    const queue = ringOf('a', 'b', 'c');
    const seen: string[] = [];
    for (const id of queue.ids()) {
      seen.push(id);
      queue.leave(id);
      queue.join(id);
      if (id === 'a') queue.leave('b');
    }
    expect([seen, [...queue.ids()]]).toEqual([
      ['a', 'c'],
      ['a', 'c'],
    ]);
  });

  it('takeRounds: the other way round, as many calls of take', () => {
    const [one, other] = [ringOf('a', 'b', 'c'), ringOf('a', 'b', 'c')];
    for (const queue of [one, other]) {
      queue.reverse();
      for (const id of ['a', 'b', 'c']) queue.push(id, `of ${id}`, 1, 3);
    }
    const portions = takeRounds(one, 7, () => 3);
    const taken = Array.from({ length: 7 }, () => other.take()!.id);
    expect(portions.map(({ id, turns: own }) => [id, own])).toEqual([
      ['a', 3],
      ['c', 2],
      ['b', 2],
    ]);
    expect([taken.join(''), one.turn]).toEqual(['acbacba', other.turn]);
  });
});
