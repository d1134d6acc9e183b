import { expect, test } from 'vitest';
import { laneClients, type LaneMemory } from '../../src/model/lanes.ts';
import { busiestRoom, roomsThere } from '../../src/model/room-menu.ts';
import { factsOf, hello, join, row, turn } from './told.ts';

const nobody = { picked: undefined, own: undefined, spanMs: 10_000 };
const seats = (facts: ReturnType<typeof factsOf>, t: number, memory: LaneMemory, wanted = nobody): number[] =>
  laneClients(facts, 'main', t, wanted, memory).map(({ seat }) => seat);

function crowd(n: number) {
  const clients = Array.from({ length: n }, (_, i) => i + 1);
  return factsOf(hello(), ...clients.map((c) => join(0, c, c, n)), {
    k: 'people',
    t: 1,
    rows: clients.map((c) => row(c, c)),
  });
}

test('laneClients: few clients all have a lane, those that have just left too', () => {
  const facts = crowd(8);
  facts.take({ k: 'leave', t: 100, c: 3, room: 'main', seat: 3, reason: 'reset' });
  expect(seats(facts, 5_000, {})).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  expect(seats(facts, 9_000, {})).toEqual([1, 2, 4, 5, 6, 7, 8]);
});

test('laneClients: of many the holder, the picked, the own, and the longest queues', () => {
  const facts = crowd(40);
  facts.take(turn(10, 1, 2, 'waiting'));
  expect(seats(facts, 1_000, {}, { ...nobody, picked: 5, own: 7 } as never)).toEqual([2, 5, 7, 38, 39, 40]);
});

test('laneClients: a choice of lanes stays for two seconds, but who is waited for is always there', () => {
  const facts = crowd(40);
  const memory: LaneMemory = {};
  expect(seats(facts, 1_000, memory)).toEqual([35, 36, 37, 38, 39, 40]);
  facts.take({ k: 'people', t: 1_500, rows: [row(40, 0), row(1, 64)] });
  expect(seats(facts, 2_000, memory)).toEqual([35, 36, 37, 38, 39, 40]);
  facts.take(turn(2_100, 1, 3, 'waiting'));
  expect(seats(facts, 2_200, memory)).not.toContain(3);
  expect(seats(facts, 2_500, memory)).toContain(3);
});

test('roomsThere: rooms that somebody is in, the busiest first', () => {
  const facts = factsOf(hello(), {
    k: 'rooms',
    t: 1,
    rooms: [
      { room: 'main', have: 2, want: 2, turn: 1, waiting: 1 },
      { room: 'side', have: 1, want: 2, turn: 1, waiting: 9 },
      { room: 'empty', have: 0, want: 2, turn: 1, waiting: 0 },
    ],
  });
  expect(roomsThere(facts, 1).map(({ room }) => room)).toEqual(['side', 'main']);
  expect(busiestRoom(facts, 1)).toBe('side');
  expect(busiestRoom(facts, 0)).toBe('main');
  expect(busiestRoom(factsOf(hello()), 0)).toBe('main');
});
