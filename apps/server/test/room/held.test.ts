import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { House } from './house.ts';

const hold = (house: House, on = true): House => {
  house.apply({ type: 'hold', room: 'main', on });
  return house;
};
const step = (house: House, turns: number): number[] =>
  house.apply({ type: 'step', room: 'main', turns }).served.map(({ client }) => client);

describe('Room.hold', () => {
  test('room: while its turns are held lines wait, and a step serves them one by one in ring order', () => {
    const house = hold(new House().join(1, 2, 3));
    house.say(2, 'b').say(1, 'a').say(1, 'd').say(3, 'c').tick().hush();
    expect(house.rooms.all.get('main')?.status).toMatchObject({ held: true, waiting: 4, turn: 1 });
    expect([step(house, 1), step(house, 2)]).toEqual([[1], [2, 3]]);
    expect([house.got(1), house.got(2), house.got(3)]).toEqual([['A'], ['B'], ['C']]);
    expect(hold(house, false).got(1)).toEqual(['D']);
    expect(house.outcomes.flatMap(({ held }) => held)).toEqual([
      { room: 'main', on: true },
      { room: 'main', on: false },
    ]);
  });

  test.each(['strict', 'fair', 'free'] as const)('room: order %s can be held', (order) => {
    const house = hold(new House({ order, clients: 3 }).join(1, 2, 3).tick().hush());
    for (const client of [1, 2, 3]) house.apply({ type: 'lines', client, text: 'a\nb\n', count: 2 });
    expect([1, 2, 3].flatMap((client) => house.got(client))).toEqual([]);
    expect(step(house, 100)).toHaveLength(6);
  });

  test('room: a step serves nobody out of turn, and what it does not find is not kept for later', () => {
    const house = hold(new House().join(1, 2, 3).say(2, 'b'));
    expect(step(house, 3)).toEqual([]);
    house.say(1, 'a');
    expect([house.rooms.roomOf(1)?.waiting, step(house, 3)]).toEqual([2, [1, 2]]);
  });

  test('room: a step serves at most 64 lines', () => {
    const house = hold(new House({ clients: 1 }).join(1));
    for (let n = 0; n < 70; n++) house.say(1, 'a');
    expect(step(house, 1_000)).toHaveLength(64);
  });

  test('room: the rest of a turn ends when the turns are held, and begins again when they go on', () => {
    const house = new House().join(1, 2, 3).tick().hush();
    const { turns } = house.apply({ type: 'hold', room: 'main', on: true });
    expect(turns).toMatchObject([{ client: 1, number: 1, state: 'held' }]);
    house.apply({ type: 'skip', client: 1, turn: 1, reason: 'late' });
    house.say(1, '/pass').tick();
    expect(house.got(1)).toEqual(['* ERR NOT_YOUR_TURN Cannot pass: the turns are held']);
    expect(house.rooms.all.get('main')?.status).toMatchObject({ turn: 1, holder: 1, waitedFor: undefined });
    expect(hold(house, false).tick().got(2)).toEqual(['* TURN 1']);
  });

  test('room: a quit serves what was accepted while the turns were held', () => {
    const house = hold(new House().join(1, 2, 3).say(3, 'c').say(2, 'b')).hush();
    house.apply({ type: 'quit', client: undefined, reason: 'end' });
    expect(house.got(2)).toContain('B');
    expect(house.got(3)).toContain('C');
    expect(house.closed).toEqual([1, 2, 3]);
    expect(house.apply({ type: 'hold', room: 'main', on: true }).held).toEqual([]);
  });

  test('room: a client that has ended its stream is answered before it goes, when its turn comes', () => {
    const house = hold(new House().join(1, 2, 3).tick())
      .say(1, 'last')
      .hush();
    house.apply({ type: 'end', client: 1, reason: 'end of input' });
    expect([house.got(1), house.closed]).toEqual([[], []]);
    step(house, 1);
    expect([house.got(1), house.closed]).toEqual([['LAST', '* BYE end of input'], [1]]);
  });

  test('room: a result of the handler is delivered while the turns are held', () => {
    const house = new House({ clients: 1, transform: 'handler' }).join(1).say(1, 'a').say(1, 'b');
    hold(house).hush().done(0, { text: 'A' });
    expect([house.got(1), house.work.length]).toEqual([['A'], 1]);
    step(house, 1);
    expect(house.work.length).toBe(2);
  });

  test('rooms: one that does not exist, or is held already, is left alone', () => {
    const house = hold(new House().join(1));
    for (const room of ['side', 'main']) house.apply({ type: 'hold', room, on: true });
    house.apply({ type: 'step', room: 'side', turns: 1 });
    expect(house.outcomes.flatMap(({ held }) => held)).toHaveLength(1);
  });

  test('rooms: a room that empties is no longer held', () => {
    const house = hold(new House({ clients: 1 }).join(1));
    house.apply({ type: 'leave', client: 1, reason: 'reset' });
    house.join(2).hush().say(2, 'a');
    expect(house.got(2)).toEqual(['A']);
  });

  test('room: holding and stepping changes when a line is served, not its answer nor its place', () => {
    const act = fc.oneof(
      { weight: 6, arbitrary: fc.record({ client: fc.constantFrom(1, 2, 3) }) },
      { weight: 2, arbitrary: fc.record({ on: fc.boolean() }) },
      { weight: 3, arbitrary: fc.record({ turns: fc.nat(3) }) },
      { weight: 1, arbitrary: fc.record({ tick: fc.constant(true) }) },
    );
    fc.assert(
      fc.property(fc.array(act, { maxLength: 60 }), (acts) => {
        const [free, held] = [new House().join(1, 2, 3).hush(), new House().join(1, 2, 3).hush()];
        for (const [n, each] of acts.entries()) {
          if ('client' in each) for (const house of [free, held]) house.say(each.client, `${n}`);
          if ('on' in each) hold(held, each.on);
          if ('turns' in each) step(held, each.turns);
          if ('tick' in each) held.tick();
        }
        hold(held, false).tick();
        const answers = (house: House, client: number): string[] =>
          house.got(client).filter((line) => !line.startsWith('*'));
        const order = (house: House): number[] =>
          house.outcomes.flatMap(({ served }) => served.map(({ client }) => client));
        expect(order(held)).toEqual(order(free));
        for (const client of [1, 2, 3]) expect(answers(held, client)).toEqual(answers(free, client));
      }),
    );
  });
});
