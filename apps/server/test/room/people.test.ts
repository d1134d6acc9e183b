import { describe, expect, test } from 'vitest';
import { House } from './house.ts';

const statusOf = (house: House, name = 'main'): unknown => house.rooms.all.get(name)?.status;

describe('Room.status', () => {
  test('status: before the room is full it says how many it waits for', () => {
    const house = new House().join(1, 2).say(2, 'b');
    expect(statusOf(house)).toEqual({
      room: 'main',
      have: 2,
      held: false,
      want: 3,
      turn: 1,
      holder: 1,
      waitedFor: undefined,
      waiting: 1,
    });
  });

  test('status: the holder is the seat whose turn it is, waited for or at work', () => {
    const house = new House({ clients: 1, transform: 'handler' }).join(10, 20).say(10, 'a');
    expect(statusOf(house)).toMatchObject({ holder: 2, waitedFor: undefined, turn: 2 });
    house.done(0, { text: 'A' });
    expect(statusOf(house)).toMatchObject({ holder: 2, waitedFor: 2, turn: 2 });
  });

  test('status: nobody holds a turn in an order without turns, nor in a room that closes', () => {
    const free = new House({ order: 'free' }).join(1);
    expect(statusOf(free)).toMatchObject({ have: 1, want: 1, holder: undefined, waitedFor: undefined });
    const closing = new House({ clients: 1, transform: 'handler' }).join(1, 2).say(1, 'a').say(2, '/quit');
    expect(statusOf(closing)).toMatchObject({ have: 2, holder: undefined, waitedFor: undefined });
  });
});

describe('Rooms.people', () => {
  test('people: a row says where a client sits, who it is and what of it waits', () => {
    const house = new House({ clients: 1, transform: 'handler' }).join(1, 2, 3);
    house.say(2, '/name Ann').say(2, 'b1').say(2, 'b2').say(1, 'a1').say(1, 'a2');
    house.apply({ type: 'end', client: 2, reason: 'end of input' });
    house.apply({ type: 'slow', client: 3, slow: true });
    house.done(0, { text: 'A1' });
    const common = { room: 'main', slow: false, ended: undefined, name: '-' };
    expect([...house.rooms.people(100)]).toEqual([
      { ...common, client: 1, seat: 1, address: '10.0.0.1:1', waiting: 1, served: 1 },
      {
        ...common,
        client: 2,
        seat: 2,
        address: '10.0.0.2:1',
        name: 'Ann',
        waiting: 2,
        served: 0,
        ended: 'end of input',
      },
      { ...common, client: 3, seat: 3, address: '10.0.0.3:1', waiting: 0, served: 0, slow: true },
    ]);
  });

  test('people: room by room and by seat, up to the limit', () => {
    const house = new House({ order: 'free' }).join(1, 2, 3, 4);
    house.say(2, '/join side').say(1, '/join side').say(3, '/join third');
    const seats = (limit: number): string[] =>
      Array.from(house.rooms.people(limit), ({ client, room, seat }) => `${room} ${seat} ${client}`);
    const all = ['main 4 4', 'side 1 2', 'side 2 1', 'third 1 3'];
    expect(seats(4)).toEqual(all);
    for (const limit of [0, 1, 2, 3]) expect(seats(limit)).toEqual(all.slice(0, limit));
    expect(seats(1_000)).toEqual(all);
  });

  test('people: a row that is not asked for is not made', () => {
    const house = new House({ order: 'free' }).join(1, 2, 3);
    const asked: number[] = [];
    for (const client of [1, 2, 3]) {
      const member = house.rooms.roomOf(client)?.member(client);
      Object.defineProperty(member, 'name', { get: () => (asked.push(client), '-') });
    }
    expect(Array.from(house.rooms.people(2))).toHaveLength(2);
    expect(asked).toEqual([1, 2]);
    expect(house.rooms.people(3).next().value).toMatchObject({ client: 1 });
    expect(asked).toEqual([1, 2, 1]);
  });

  test('people: a room that closes has no name, and nobody in it is listed', () => {
    const house = new House({ order: 'free', transform: 'handler', quit: 'room' }).join(1, 2).say(1, 'a');
    house.say(2, '/quit').join(3);
    expect(Array.from(house.rooms.people(9), ({ client }) => client)).toEqual([3]);
  });
});
