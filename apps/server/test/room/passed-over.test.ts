import { describe, expect, test } from 'vitest';
import type { Outcome } from '../../src/room/records.ts';
import { House } from './house.ts';

const TOLD =
  '* ERR PASSED_OVER Cannot wait for you any longer: 2 turns in a row passed without a line. Say one to take turns again';

/** A room of three clients in strict order. `skip`: the one whom it waits for lets its turn pass. */
function three(maxSkips: number | 'none' = 2): { house: House; skip: () => Outcome } {
  const house = new House({ maxSkips }).join(1, 2, 3).hush();
  const skip = (): Outcome => {
    const { waitedFor: client = 0, turn = 0 } = house.rooms.roomOf(3) ?? {};
    return house.apply({ type: 'skip', client, turn, reason: 'late' });
  };
  return { house, skip };
}

/** The first one lets two turns pass. */
function silent(): ReturnType<typeof three> {
  const { house, skip } = three();
  skip();
  house.say(2, 'b').say(3, 'c');
  skip();
  house.say(2, 'b').say(3, 'c').tick();
  return { house: house.hush(), skip };
}

describe('passed over', () => {
  test('passed over: who lets maxSkips turns in a row pass is told how to come back, and the others that it has none', () => {
    const { house, skip } = three();
    expect(skip().passedOver).toEqual([]);
    house.say(2, 'b').say(3, 'c').hush();
    expect(skip().passedOver).toEqual([{ client: 1, room: 'main', seat: 1 }]);
    const others = '* SKIP 1 late: passed over until it says a line';
    expect(house.got(1)).toEqual([others, TOLD]);
    expect(house.got(2)).toEqual([others]);
  });

  test('passed over: others get their turns at once, and hear nothing of it', () => {
    const { house } = silent();
    for (const round of [1, 2, 3]) {
      house.say(2, `b${round}`).say(3, `c${round}`).tick();
      const turns = [`* TURNS ${6 + 2 * round} ${6 + 2 * round} 3`, '* TURN 2'];
      expect(house.got(2)).toEqual([`B${round}`, ...turns]);
      expect(house.got(3)).toEqual([`C${round}`, ...turns]);
    }
    expect(house.rooms.roomOf(2)?.turn).toBe(13);
  });

  test('passed over: with its next line it takes turns again, in its place', () => {
    const { house, skip } = silent();
    house.say(1, 'a').say(3, 'c').tick();
    expect(house.got(1)).toEqual([]);
    house.say(2, 'b').tick();
    expect(house.got(1)).toEqual(['A', '* TURNS 8 9 3,1', '* TURN 2']);
    house.say(2, 'b').say(3, 'c').tick();
    expect(house.got(2).at(-1)).toBe('* TURN 1');
    expect(skip().passedOver).toEqual([]);
    house.say(2, 'b').say(3, 'c').tick();
    expect(house.got(2).at(-1)).toBe('* TURN 1');
    expect(skip().passedOver).toHaveLength(1);
  });

  test('passed over: a turn that is given up is no turn without a word', () => {
    const { house, skip } = three();
    for (let round = 0; round < 4; round++) {
      if (round % 2 === 0) expect(skip().passedOver).toEqual([]);
      else house.say(1, '/pass');
      house.say(2, 'b').say(3, 'c');
    }
    expect(house.got(1)).not.toContain(TOLD);
  });

  test('passed over: if all are, the room waits for one after the other, and whoever speaks is served', () => {
    const { house, skip } = three(1);
    for (let turn = 0; turn < 7; turn++) {
      skip();
      house.tick();
    }
    const got = house.got(3);
    expect(got.slice(-3)).toEqual(['* TURN 1', '* SKIP 1 late', '* TURN 2']);
    expect(got.filter((line) => line.startsWith('* ERR'))).toEqual([
      '* ERR PASSED_OVER Cannot wait for you any longer: a turn passed without a line. Say one to take turns again',
    ]);
    house.hush().say(3, 'c').tick();
    // It had been announced that the room waits for the second one.
    expect(house.got(3)).toEqual(['* SKIP 2 passed over', 'C', '* TURNS 9 9 3', '* TURN 3']);
    house.hush().say(3, 'more').tick();
    expect(house.got(3)).toEqual(['MORE', '* TURN 3']);
  });

  test('passed over: if the others do not read, the room waits for one that does', () => {
    const { house } = silent();
    for (const client of [2, 3]) house.apply({ type: 'slow', client, slow: true });
    house.tick();
    expect(house.rooms.roomOf(1)?.waitedFor).toBe(1);
    house.say(1, 'a');
    expect(house.got(1)).toContain('A');
    for (const client of [2, 3]) house.apply({ type: 'slow', client, slow: false });
    house.hush().say(2, 'b').say(3, 'c').say(1, 'a').tick();
    expect(house.got(2)).toEqual(['B', '* TURNS 10 14 1,2,3', '* TURN 1']);
  });

  test('passed over: one who leaves or moves is passed over no more', () => {
    const { house, skip } = silent();
    house.say(1, '/join side').say(1, '/join main').say(2, 'b').say(3, 'c').tick();
    expect(house.got(2).at(-1)).toBe('* TURN 4');
    house.apply({ type: 'leave', client: 1, reason: 'reset' });
    house.say(2, 'b').say(3, 'c').tick();
    expect(house.got(2).at(-1)).toBe('* TURN 2');
    expect(skip().passedOver).toEqual([]);
  });

  test('passed over: when one of two has left, nobody waits for the other', () => {
    const { house, skip } = three(1);
    skip();
    skip();
    house.apply({ type: 'leave', client: 1, reason: 'reset' });
    house.hush().say(3, 'one').say(3, 'two').tick();
    expect(house.got(3)).toEqual(['ONE', 'TWO', '* TURNS 1 4 3,3', '* TURN 3']);
  });

  test('passed over: with none, nobody ever is', () => {
    const { house, skip } = three('none');
    for (let turn = 0; turn < 30; turn++) expect(skip().passedOver).toEqual([]);
    expect(house.got(1)).not.toContain(TOLD);
  });
});
