import { describe, expect, test } from 'vitest';
import { House } from './house.ts';

describe('quit', () => {
  test('rooms: a quit is told to all, what was accepted is served in ring order from the holder on, then BYE', () => {
    const house = new House().join(1, 2, 3);
    house.say(1, 'x').say(3, 'c1').say(3, 'c2').say(1, 'a1').say(1, 'a2').hush();
    house.say(3, '/quit so long');
    expect(house.got(1)).toEqual(['* QUIT 3 so long', 'A1', 'A2', '* BYE so long']);
    expect(house.got(2)).toEqual(['* QUIT 3 so long', '* BYE so long']);
    expect(house.got(3)).toEqual(['* QUIT 3 so long', 'C1', 'C2', '* BYE so long']);
    expect(house.outcomes.at(-1)?.served.map(({ client }) => client)).toEqual([3, 1, 3, 1]);
    expect(house.closed).toEqual([1, 2, 3]);
  });

  test('rooms: a quit before the room is full serves what was accepted', () => {
    const house = new House().join(1, 2).say(2, 'b').say(1, 'a').hush().say(2, 'quit');
    expect(house.got(1)).toEqual(['* QUIT 2 quit', 'A', '* BYE quit']);
    expect(house.got(2)).toEqual(['* QUIT 2 quit', 'B', '* BYE quit']);
  });

  test('rooms: quit all reaches every room, with no seat in the others', () => {
    const house = new House({ order: 'free' }).join(1, 2).say(2, '/join side').hush().say(1, 'quit');
    expect(house.got(1)).toEqual(['* QUIT 1 quit', '* BYE quit']);
    expect(house.got(2)).toEqual(['* QUIT - quit', '* BYE quit']);
    expect(house.outcomes.at(-1)?.quits).toMatchObject([
      { scope: 'all', by: 1, seat: 1, room: 'main', clients: [1, 2] },
    ]);
  });

  test('rooms: quit room closes one room, and the next of its name starts afresh', () => {
    const house = new House({ order: 'free', quit: 'room' })
      .join(1, 2, 3)
      .say(3, '/join side')
      .hush()
      .say(1, 'quit');
    expect(house.closed).toEqual([1, 2]);
    expect(house.got(3)).toEqual([]);
    house.join(4);
    expect(house.got(4)).toEqual(['* WELCOME 1 1 main 1']);
  });

  test('rooms: quit self serves the lines of that client in their turns, and closes nobody else', () => {
    const house = new House({ quit: 'self' }).join(1, 2, 3).say(2, 'b').hush().say(2, 'quit');
    expect(house.closed).toEqual([]);
    house.say(1, 'a');
    expect(house.got(2)).toEqual(['B', '* BYE quit']);
    expect(house.closed).toEqual([2]);
    expect(house.got(1)).toEqual(['A', '* LEAVE 2 quit']);
  });

  test('rooms: a quit by nobody has no seat', () => {
    const house = new House().join(1).hush();
    house.apply({ type: 'quit', client: undefined, reason: 'SIGTERM' });
    expect(house.got(1)).toEqual(['* QUIT - SIGTERM', '* BYE SIGTERM']);
  });

  test('rooms: lines that come after a quit are not accepted, a second quit changes nothing', () => {
    const house = new House({ order: 'free', transform: 'handler' })
      .join(1, 2)
      .say(1, 'a')
      .hush()
      .say(1, 'quit');
    house.say(2, 'late').say(2, 'quit');
    expect(house.work.map(({ text }) => text)).toEqual(['a']);
    house.done(0, { text: 'A' });
    expect(house.got(1)).toEqual(['* QUIT 1 quit', 'A', '* BYE quit']);
    expect(house.got(2)).toEqual(['* QUIT 1 quit', '* BYE quit']);
  });

  test.each(['strict', 'fair', 'free'] as const)(
    'rooms: %s: a quit waits for nobody to read: all that was accepted is served',
    (order) => {
      const house = new House({ order, clients: 2 }).join(1, 2).hush();
      house.apply({ type: 'slow', client: 2, slow: true });
      house.say(2, 'b').say(2, 'c').say(1, 'quit');
      expect(house.got(2).slice(-3)).toEqual(['B', 'C', '* BYE quit']);
      expect(house.closed).toEqual([1, 2]);
    },
  );
});

describe('/join', () => {
  test('rooms: waiting lines come along, the turn passes, the others see it', () => {
    const house = new House({ clients: 2 }).join(1, 2).say(2, 'b1').say(2, 'b2').hush();
    house.say(2, '/join side');
    expect(house.got(1)).toEqual(['* LEAVE 2 moved to side']);
    expect(house.got(2)).toEqual(['* WELCOME 1 2 side 1', '* WAIT 1 2']);
    house.say(1, '/join side').tick();
    expect(house.got(2)).toEqual(['* JOIN 2 - 10.0.0.1:1', 'B1', '* TURNS 1 1 1', '* TURN 2']);
    expect([...house.rooms.all.keys()]).toEqual(['side']);
  });

  test('rooms: the holder of a turn moves and the turn passes on at once', () => {
    const house = new House({ clients: 2 }).join(1, 2).say(2, 'b').hush().say(1, '/join side');
    expect(house.got(2)).toEqual(['* LEAVE 1 moved to side', 'B']);
  });

  test('rooms: a name comes along, and if it is taken there nothing has changed', () => {
    const house = new House({ order: 'free' })
      .join(1, 2)
      .say(1, '/name Bob')
      .say(2, '/join side')
      .say(2, '/name bob')
      .hush();
    house.say(1, '/join side');
    expect(house.got(1)).toEqual([
      '* ERR NAME_TAKEN Cannot join room side: somebody there already has the name Bob',
    ]);
    house.say(1, '/to Bob still here').say(2, '/name Rob').say(1, '/join side');
    expect(house.got(2)).toEqual(['* NAME 1 Rob', '* JOIN 2 Bob 10.0.0.1:1']);
  });

  test('rooms: no more than maxRooms, the first room counted, and an empty one is gone', () => {
    const house = new House({ order: 'free', maxRooms: 2 })
      .join(1, 2)
      .say(1, '/join a')
      .hush()
      .say(2, '/join b');
    expect(house.got(2)).toEqual(['* ERR ROOMS_FULL Cannot join room b: there are already 2 rooms']);
    house.say(2, '/join a').say(2, '/join b').say(2, '/join main').say(1, '/join main').say(2, '/join b');
    expect(house.got(2).filter((line) => line.startsWith('* WELCOME'))).toEqual([
      '* WELCOME 2 1 a 1',
      '* WELCOME 1 1 main 1',
      '* WELCOME 1 1 b 1',
    ]);
  });

  test('rooms: the room one is in is refused', () => {
    const house = new House({ order: 'free' }).join(1).hush().say(1, '/join main');
    expect(house.got(1)).toEqual(['* ERR BAD_ARGUMENT Cannot join room main: you are already in it']);
  });

  test.each(['__proto__', 'constructor'])('rooms: %s is a room like any other', (name) => {
    const house = new House({ order: 'free' }).join(1).hush().say(1, `/join ${name}`).say(1, 'hi');
    expect(house.got(1)).toEqual([`* WELCOME 1 1 ${name} 1`, 'HI']);
  });

  test('rooms: the line being handled is still answered, before those that came along', () => {
    const house = new House({ order: 'free', transform: 'handler', deliver: 'others' }).join(1, 2);
    house.say(1, 'one').say(1, 'two').say(1, '/join side').hush();
    expect(house.work.map(({ text }) => text)).toEqual(['one']);
    house.done(0, { text: 'ONE' });
    expect(house.got(2)).toEqual(['* MSG 1 ONE']);
    expect(house.work.map(({ text, room }) => `${room} ${text}`)).toEqual(['main one', 'side two']);
    house.done(1, { text: 'TWO' });
    expect(house.got(1)).toEqual(['* OK', '* OK']);
  });
});

describe('/join while a line is being handled', () => {
  const open = (): House => new House({ order: 'free', transform: 'handler' }).join(1).say(1, 'one');

  test('rooms: away and back again, and the next line is answered', () => {
    const house = open().say(1, '/join side').say(1, '/join main').say(1, 'two').hush();
    house.done(0, { text: 'ONE' });
    expect(house.got(1)).toEqual(['ONE']);
    house.done(1, { text: 'TWO' });
    expect(house.got(1)).toEqual(['TWO']);
  });

  test('rooms: a fault behind it waits for its answer', () => {
    const house = open().say(1, '/join side').hush();
    house.apply({ type: 'fault', client: 1, code: 'FRAME_BARE_CR', text: 'Cannot read frame' });
    expect(house.got(1)).toEqual([]);
    house.done(0, { text: 'ONE' });
    house.apply({ type: 'fault', client: 1, code: 'FRAME_BARE_CR', text: 'Cannot read another' });
    expect(house.got(1)).toEqual([
      'ONE',
      '* ERR FRAME_BARE_CR Cannot read frame',
      '* ERR FRAME_BARE_CR Cannot read another',
    ]);
  });
});

describe('a handler', () => {
  const handler = { transform: 'handler' } as const;

  test('rooms: in strict order one line of the room at a time', () => {
    const house = new House({ ...handler, clients: 2 }).join(1, 2).say(1, 'a').say(2, 'b');
    expect(house.work.length).toBe(1);
    house.hush().done(0, { text: 'x' });
    expect(house.got(1)).toEqual(['x']);
    expect(house.work.map(({ text }) => text)).toEqual(['a', 'b']);
  });

  test('rooms: in free order one line of a client at a time, others go on', () => {
    const house = new House({ ...handler, order: 'free' })
      .join(1, 2)
      .say(1, 'a1')
      .say(1, 'a2')
      .say(2, 'b')
      .hush();
    expect(house.work.map(({ text }) => text)).toEqual(['a1', 'b']);
    house.done(1, { text: 'B' }).done(0, { text: 'A1' }).done(2, { text: 'A2' });
    expect(house.got(1)).toEqual(['A1', 'A2']);
  });

  test.each([
    { result: { text: undefined }, answer: '* OK' },
    { result: { text: '' }, answer: '' },
    { result: { text: '* x' }, answer: '** x' },
    { result: { error: 'Cannot answer: x' }, answer: '* ERR HANDLER Cannot answer: x' },
  ])('rooms: a result $result is answered $answer', ({ result, answer }) => {
    const house = new House({ ...handler, order: 'free' }).join(1).say(1, 'a').hush().done(0, result);
    expect(house.got(1)).toEqual([answer]);
  });

  test('rooms: a result for a client that has left is ignored, and the turn goes on', () => {
    const house = new House({ ...handler, clients: 2, deliver: 'others' }).join(1, 2).say(1, 'a').say(2, 'b');
    house.apply({ type: 'leave', client: 1, reason: 'reset' });
    expect(house.work.map(({ text }) => text)).toEqual(['a', 'b']);
    house.hush().done(0, { text: 'A' });
    expect(house.got(2)).toEqual([]);
    house.done(1, { text: 'B' });
    expect(house.got(2)).toEqual(['* OK']);
  });

  test('rooms: a second result for a line, and one for a line of another, change nothing', () => {
    const house = new House({ ...handler, order: 'free' }).join(1).say(1, 'a').say(1, 'b').hush();
    house.done(0, { text: 'A' }).done(0, { text: 'again' });
    expect(house.got(1)).toEqual(['A']);
  });

  test('rooms: a quit waits for the line being handled', () => {
    const house = new House({ ...handler, clients: 2 })
      .join(1, 2)
      .say(1, 'a')
      .say(2, 'b')
      .hush()
      .say(2, 'quit');
    expect(house.closed).toEqual([]);
    house.done(0, { text: 'A' });
    expect(house.work.map(({ text }) => text)).toEqual(['a', 'b']);
    house.done(1, { text: 'B' });
    expect(house.got(2)).toEqual(['* QUIT 2 quit', 'B', '* BYE quit']);
  });

  test('rooms: a second quit in a room that is being closed leaves the next of its name alone', () => {
    const house = new House({ ...handler, order: 'free', quit: 'room' }).join(1, 2).say(1, 'a');
    house.say(1, 'quit').join(3).say(2, 'quit').join(4);
    expect([house.closed, house.got(4)]).toEqual([[], ['* WELCOME 2 1 main 1', '* HERE 1 - 10.0.0.3:1 0']]);
    // Nothing is called off in the next room either.
    expect(house.outcomes.flatMap(({ quits }) => quits)).toHaveLength(1);
  });
});

test('rooms: a tick serves so many rooms, and the next one those that were left', () => {
  const house = new House({ clients: 2 });
  const names = ['a', 'b', 'c', 'd', 'e'];
  for (const [index, name] of names.entries()) {
    const [idle, busy] = [2 * index + 1, 2 * index + 2];
    house.join(idle, busy).say(idle, `/join ${name}`).say(busy, `/join ${name}`).tick();
  }
  for (const [index] of names.entries())
    house
      .say(2 * index + 2, 'waits')
      .say(2 * index + 1, 'one')
      .hush();
  const turnsOf = (client: number): string[] =>
    house.got(client).filter((line) => line.startsWith('* TURN '));
  const told = (): number[] => names.map((_, index) => turnsOf(2 * index + 2).length);
  // Each has served both lines, and waits for the first one again: a tick says so.
  expect(house.apply({ type: 'tick', rooms: 2 }).more).toBe(true);
  expect(told()).toEqual([1, 1, 0, 0, 0]);
  house.say(1, 'again').hush();
  expect(house.apply({ type: 'tick', rooms: 2 }).more).toBe(true);
  expect(told()).toEqual([0, 0, 1, 1, 0]);
  expect(house.apply({ type: 'tick', rooms: 2 }).more).toBe(false);
  expect(told()).toEqual([1, 0, 0, 0, 1]);
  expect(house.rooms.wantsTick).toBe(false);
});
