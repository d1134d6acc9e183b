import { describe, expect, test } from 'vitest';
import { emptied } from '../../src/room/records.ts';
import { House } from './house.ts';

describe('Outcome.named', () => {
  test('named: a name that was taken, with its client, room and seat', () => {
    const house = new House({ order: 'free' }).join(10, 20).say(20, '/join side').join(30);
    expect(house.say(30, '/name Ann').outcomes.at(-1)?.named).toEqual([
      { client: 30, room: 'main', seat: 3, name: 'Ann' },
    ]);
    expect(house.say(20, '/name ann').outcomes.at(-1)?.named).toEqual([
      { client: 20, room: 'side', seat: 1, name: 'ann' },
    ]);
    expect(house.say(30, '/name ANN').outcomes.at(-1)?.named).toMatchObject([{ client: 30, name: 'ANN' }]);
  });

  test('named: in a crowd too, where a name is told to nobody else', () => {
    const house = new House({ order: 'free', events: false });
    for (let client = 1; client <= 300; client += 1) house.join(client);
    expect(house.say(300, '/name Ann').outcomes.at(-1)?.named).toMatchObject([{ client: 300, name: 'Ann' }]);
  });

  test('named: nobody, where somebody else has the name, or a line is a message', () => {
    const house = new House({ order: 'free' }).join(1, 2).say(1, '/name Ann');
    house.say(2, '/name ann').say(2, 'x').say(2, '/who');
    expect(house.outcomes.slice(-3).map(({ named }) => named)).toEqual([[], [], []]);
  });

  test('named: an outcome that is used again begins with none', () => {
    const house = new House({ order: 'free' }).join(1);
    const out = house.rooms.apply({
      type: 'command',
      client: 1,
      command: { kind: 'command', verb: 'name', name: 'Ann' },
    });
    house.rooms.apply({ type: 'line', client: 1, text: 'x' }, emptied(out));
    expect(out).toMatchObject({ named: [], served: [{ client: 1, lines: 1 }] });
  });

  test('came: a client that moves to another room brings its name, if it has one', () => {
    const house = new House({ order: 'free' }).join(1, 2).say(1, '/name Ann').say(1, '/join side');
    expect(house.outcomes.at(-1)).toMatchObject({
      named: [],
      came: [{ client: 1, room: 'side', name: 'Ann' }],
    });
    const [came] = house.say(2, '/join side').outcomes.at(-1)?.came ?? [];
    expect(came).toEqual({ client: 2, room: 'side', seat: 2, address: '10.0.0.2:1', have: 2, want: 2 });
    expect(came).not.toHaveProperty('name');
  });
});
