import { TOLD_CLIENTS, TOLD_TURNS } from '@proto/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Rounds, Turn } from '../../src/room/records.ts';
import { options, run, steps } from './conversation.ts';
import { House } from './house.ts';

const here = (lines: readonly string[]): string[] => lines.filter((line) => line.startsWith('* HERE'));

describe('a newcomer', () => {
  test('newcomer: learns who is here, by which name, and how many lines of whom wait, from the holder of the turn on', () => {
    const house = new House({ clients: 3 }).join(1, 2, 3).say(1, 'a').tick();
    house.say(3, 'waits').say(3, 'too').say(2, '/name Bob').hush().join(4);
    expect(house.got(4)).toEqual([
      '* WELCOME 4 3 main 1',
      '* HERE 2 Bob 10.0.0.2:1 0',
      '* HERE 3 - 10.0.0.3:1 2',
      '* HERE 1 - 10.0.0.1:1 0',
      '* TURN 2',
    ]);
    expect(house.got(1)).toEqual(['* JOIN 4 - 10.0.0.4:1']);
  });

  test('newcomer: learns it of a room that it moves to', () => {
    const house = new House({ clients: 1 }).join(1, 2).say(1, '/join side').tick().say(2, 'b').hush();
    house.say(2, '/join side');
    expect(house.got(2)).toEqual(['* WELCOME 2 1 side 1', '* HERE 1 - 10.0.0.1:1 0', '* TURN 1']);
  });

  test('newcomer: is not told whose turn it is while the room does not wait for anybody', () => {
    const working = new House({ clients: 1, transform: 'handler' }).join(1).tick().say(1, 'a').tick();
    working.join(2);
    expect(working.got(2)).toEqual(['* WELCOME 2 1 main 1', '* HERE 1 - 10.0.0.1:1 1']);
    const held = new House({ clients: 1 }).join(1).tick();
    held.apply({ type: 'hold', room: 'main', on: true });
    held.join(2);
    expect(held.got(2).at(-1)).toBe('* HERE 1 - 10.0.0.1:1 0');
  });

  test.each([TOLD_CLIENTS - 1, TOLD_CLIENTS, TOLD_CLIENTS + 1])(
    'newcomer: number %i is told of everybody, or of nobody in a crowd',
    (last) => {
      const house = new House({ order: 'free' });
      for (let client = 1; client <= last; client++) house.join(client);
      expect(here(house.got(last))).toHaveLength(last > TOLD_CLIENTS ? 0 : last - 1);
    },
  );

  test('newcomer: without events it is told nothing', () => {
    const house = new House({ order: 'free', events: false }).join(1, 2);
    expect(house.got(2)).toEqual([]);
  });

  test('newcomer: may ask for the order, whom a quit closes, and who is missing', () => {
    const house = new House({ clients: 2, quit: 'room' }).join(1).say(1, 'early').hush().say(1, '/room');
    expect(house.got(1)).toEqual(['* ROOM main strict room 1 2 1']);
    house.join(2).say(2, 'b').tick().hush().say(2, '/room');
    expect(house.got(2)).toEqual(['* ROOM main strict room 2 2 0']);
  });
});

describe('turns that went by', () => {
  test('turns: those that nobody announced are told before the next one is announced', () => {
    const house = new House().join(1, 2, 3).tick().say(2, 'b').say(3, 'c').say(2, 'e').say(3, 'f').hush();
    house.say(1, 'a').tick();
    expect(house.got(1)).toEqual(['A', '* TURNS 2 3 2,3', '* TURN 1']);
    house.say(1, 'd').tick();
    expect(house.got(1)).toEqual(['D', '* TURNS 5 6 2,3', '* TURN 1']);
    house.say(1, 'g').tick();
    expect(house.got(1)).toEqual(['G', '* TURN 2']);
  });

  test('turns: a turn that was announced, and one that was skipped, are not told again', () => {
    const house = new House().join(1, 2, 3).tick().hush().say(1, '/pass').tick();
    house.apply({ type: 'skip', client: 2, turn: 2, reason: 'late' });
    house.tick();
    expect(house.got(3)).toEqual(['* SKIP 1 passed', '* TURN 2', '* SKIP 2 late', '* TURN 3']);
  });

  test('turns: whatever happens, each turn is announced, skipped or told, with its number and its seat', () => {
    fc.assert(
      fc.property(steps, options, (conversation, chosen) => {
        const house = new House({ ...chosen, order: 'strict', events: true });
        run(house, conversation);
        for (const [told, want] of tellings(house)) expect(told).toBe(want);
      }),
      { numRuns: 500 },
    );
  });
});

/** What is said first when the room comes to rest, and what should be. */
function* tellings(house: House): Generator<[string, string]> {
  const rooms = new Map<string, { last: number; announced?: number | undefined; since: Since[] }>();
  for (const { turns, left, deliveries } of house.outcomes) {
    for (const { room, client } of left) {
      const state = rooms.get(room);
      if (state?.announced === client) state.announced = undefined;
    }
    for (const turn of turns) {
      let state = rooms.get(turn.room);
      // A room of that name has ended, and another has begun.
      if (state === undefined || turn.number <= state.last) state = { last: 0, since: [] };
      rooms.set(turn.room, state);
      for (const { client, seat, number, kind } of singly(turn)) {
        if (kind === 'held') state.announced = undefined;
        else if (kind === 'waiting') {
          const { since } = state;
          const seats = since.flatMap((each) => (each.isNews ? each.seat : [])).slice(-TOLD_TURNS);
          const isNews = since.some((each) => each.isNews);
          const line = (deliveries[turn.before] as { line: string }).line;
          yield [
            line,
            isNews ? `* TURNS ${number - since.length} ${number - 1} ${seats.join(',')}` : `* TURN ${seat}`,
          ];
          state.since = [];
          state.announced = client;
        } else {
          state.last = number;
          if (client !== state.announced) state.since.push({ seat, isNews: kind === 'served' });
          state.announced = undefined;
        }
      }
    }
  }
}

interface Since {
  readonly seat: number;
  readonly isNews: boolean;
}

interface Single {
  readonly client: number;
  readonly seat: number;
  readonly number: number;
  readonly kind: Turn['state'];
}

function singly(turn: Turn | Rounds): Single[] {
  if (!('ring' in turn)) return [{ ...turn, kind: turn.state }];
  const { ring, count, number } = turn;
  return Array.from({ length: count }, (_, index) => ({
    ...ring[index % ring.length]!,
    number: number + index,
    kind: 'served',
  }));
}
