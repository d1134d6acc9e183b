import { describe, expect, test } from 'vitest';
import type { RoomRecord } from '../../src/room/records.ts';
import { House } from './house.ts';

describe('strict order', () => {
  test('room: lines sent before the room is full wait and are served in ring order', () => {
    const house = new House().join(1, 2);
    house.say(2, 'second').say(1, 'first').say(1, 'fourth');
    expect(house.got(1)).toEqual([
      '* WELCOME 1 3 main 1',
      '* WAIT 1 3',
      '* JOIN 2 - 10.0.0.2:1',
      '* WAIT 2 3',
    ]);
    house.hush().join(3).tick();
    const turns = ['* TURNS 1 2 1,2', '* TURN 3'];
    expect(house.got(1)).toEqual(['* JOIN 3 - 10.0.0.3:1', 'FIRST', ...turns]);
    expect(house.got(2)).toEqual(['* JOIN 3 - 10.0.0.3:1', 'SECOND', ...turns]);
    const there = ['* HERE 1 - 10.0.0.1:1 2', '* HERE 2 - 10.0.0.2:1 1'];
    expect(house.got(3)).toEqual(['* WELCOME 3 3 main 1', ...there, ...turns]);
    house.say(3, 'third').tick();
    expect(house.got(1)).toEqual(['FOURTH', '* TURNS 4 4 1', '* TURN 2']);
    expect(house.got(3)).toEqual(['THIRD', '* TURNS 4 4 1', '* TURN 2']);
  });

  test('room: serves 1, 2, 3, 1, whatever the order of arrival', () => {
    const house = new House().join(1, 2, 3);
    house.say(3, 'a3').say(3, 'b3').say(2, 'a2').say(2, 'b2').say(1, 'a1').say(1, 'b1');
    expect(house.outcomes.flatMap(({ served }) => served.map(({ client }) => client))).toEqual([
      1, 2, 3, 1, 2, 3,
    ]);
  });

  test('room: TURN is told once for each rest, and again when the turn comes back', () => {
    const house = new House({ clients: 1 }).join(1).tick().tick();
    house.say(1, 'a').tick().tick();
    expect(house.got(1)).toEqual(['* WELCOME 1 1 main 1', '* TURN 1', 'A', '* TURN 1']);
  });

  test('room: whoever comes later joins the ring at its end', () => {
    const house = new House({ clients: 2 }).join(1, 2).say(1, 'a').join(3);
    house.say(3, 'c').say(1, 'd').hush().say(2, 'b');
    expect(house.outcomes.flatMap(({ served }) => served.map(({ client }) => client))).toEqual([1, 2, 3, 1]);
  });

  test('room: once started it does not wait for numbers again', () => {
    const house = new House().join(1, 2, 3).hush();
    house.apply({ type: 'leave', client: 3, reason: 'reset' });
    house.say(1, 'a').say(2, 'b').say(1, 'c');
    expect(house.got(1)).toEqual(['* LEAVE 3 reset', 'A', 'C']);
    expect(house.got(2)).toEqual(['* LEAVE 3 reset', 'B']);
  });

  test('room: a client that vanishes on its turn passes it on at once, its lines are dropped', () => {
    const house = new House().join(1, 2, 3).say(2, 'b').say(3, 'c').hush();
    house.apply({ type: 'leave', client: 1, reason: 'reset' });
    expect(house.got(2)).toEqual(['* LEAVE 1 reset', 'B']);
    expect(house.got(3)).toEqual(['* LEAVE 1 reset', 'C']);
  });

  test('room: a half-closed client keeps its place until its queue is empty, then gets BYE', () => {
    const house = new House().join(1);
    house.say(1, 'hi').say(1, 'again').apply({ type: 'end', client: 1, reason: 'end of input' });
    expect(house.closed).toEqual([]);
    house.join(2, 3).hush().say(2, 'b').say(3, 'c');
    expect(house.got(1)).toEqual(['AGAIN', '* BYE end of input']);
    expect(house.got(2)).toEqual(['B', '* LEAVE 1 end of input']);
    expect(house.closed).toEqual([1]);
  });

  test('room: a half-closed client with nothing queued leaves at once', () => {
    const house = new House({ clients: 2 }).join(1, 2).hush();
    house.apply({ type: 'end', client: 1, reason: 'end of input' });
    expect(house.got(1)).toEqual(['* BYE end of input']);
    house.say(2, 'b').say(2, 'c');
    expect(house.got(2)).toEqual(['* LEAVE 1 end of input', 'B', 'C']);
  });

  test('room: /pass gives up the turn, and only the holder can', () => {
    const house = new House().join(1, 2, 3).say(2, 'b').hush();
    house.say(3, '/pass');
    expect(house.got(3)).toEqual(['* ERR NOT_YOUR_TURN Cannot pass: it is not your turn']);
    house.say(1, '/pass');
    expect(house.got(1)).toEqual(['* SKIP 1 passed']);
    expect(house.got(2)).toEqual(['* SKIP 1 passed', 'B']);
  });

  test('room: a skip record passes over the one that is waited for, and nobody else', () => {
    const house = new House().join(1, 2, 3).hush();
    house.apply({ type: 'skip', client: 2, turn: 1, reason: 'late' });
    expect(house.got(1)).toEqual([]);
    house.apply({ type: 'skip', client: 1, turn: 1, reason: 'late' });
    house.tick();
    expect(house.got(3)).toEqual(['* SKIP 1 late', '* TURN 2']);
    house.say(1, 'not missed').say(2, 'b').say(3, 'c');
    expect(house.got(1)).toEqual(['* SKIP 1 late', '* TURN 2', 'NOT MISSED']);
  });

  test.each([
    [
      'is skipped',
      (house: House) => house.apply({ type: 'skip', client: 2, turn: 3, reason: 'late' }),
      'late',
    ],
    ['passes', (house: House) => house.say(2, '/pass'), 'passed'],
  ])(
    'rooms: one that was announced %s, though a line that was held back is at the handler',
    (_, act, why) => {
      const house = new House({ clients: 1, transform: 'handler' }).join(1, 2).say(2, '/join side');
      house
        .say(1, 'slow')
        .say(1, '/join side')
        .say(1, 'held back')
        .say(2, 'first')
        .done(1, { text: 'FIRST' })
        .tick();
      expect(house.got(2).at(-1)).toBe('* TURN 1');
      house.done(0, { text: 'SLOW' });
      expect(house.work.at(-1)?.text).toBe('held back');
      act(house);
      house.done(2, { text: 'HELD BACK' }).tick();
      expect(house.got(2)).toEqual([`* SKIP 1 ${why}`, '* TURN 2']);
    },
  );

  test('room: a skip record passes over the turn whose number it carries, and no other of that client', () => {
    const house = new House({ clients: 1 }).join(1).hush();
    house.apply({ type: 'skip', client: 1, turn: 2, reason: 'early' });
    expect(house.got(1)).toEqual([]);
    const skip: RoomRecord = { type: 'skip', client: 1, turn: 1, reason: 'late' };
    house.apply(skip);
    expect(house.rooms.roomOf(1)?.waitedFor).toBe(1);
    house.apply(skip);
    expect(house.got(1)).toEqual(['* SKIP 1 late']);
    house.apply({ ...skip, turn: 2 });
    expect(house.got(1)).toEqual(['* SKIP 1 late']);
  });

  test('room: a client that does not read is passed over, and has its place again when it reads', () => {
    const house = new House({ clients: 2 }).join(1, 2).hush();
    house.apply({ type: 'slow', client: 1, slow: true });
    house.say(1, 'waits').say(2, 'b');
    expect(house.got(2)).toEqual(['* SKIP 1 not reading', 'B', '* SKIP 1 not reading']);
    house.apply({ type: 'slow', client: 1, slow: false });
    house.say(2, 'c');
    expect(house.got(1).at(-1)).toBe('WAITS');
  });

  test('room: when nobody reads the room rests', () => {
    const house = new House({ clients: 2 }).join(1, 2).say(2, 'b').hush();
    house.apply({ type: 'slow', client: 1, slow: true });
    house.apply({ type: 'slow', client: 2, slow: true });
    house.tick().say(1, 'a');
    house.hush().apply({ type: 'slow', client: 1, slow: false });
    expect(house.outcomes.flatMap(({ served }) => served.map(({ client }) => client)).length).toBeGreaterThan(
      0,
    );
  });
});

describe('other orders', () => {
  test('free: any client at any moment, in order of arrival', () => {
    const house = new House({ order: 'free' }).join(1, 2, 3);
    house.say(3, 'c').say(3, 'd').say(1, 'a');
    expect(house.outcomes.flatMap(({ served }) => served.map(({ client }) => client))).toEqual([3, 3, 1]);
  });

  test.each(['fair', 'free'] as const)('%s: no TURN, and /pass is refused', (order) => {
    const house = new House({ order }).join(1).tick().hush().say(1, '/pass');
    expect(house.got(1)).toEqual(['* ERR NOT_YOUR_TURN Cannot pass: it is not your turn']);
  });

  test('fair: those with lines queued take turns', () => {
    const house = new House({ order: 'fair', clients: 3 }).join(1, 2);
    house.say(1, 'a').say(1, 'b').say(1, 'c').say(2, 'd');
    house.join(3);
    expect(house.outcomes.flatMap(({ served }) => served.map(({ client }) => client))).toEqual([1, 2, 1, 1]);
  });

  test.each(['fair', 'free'] as const)(
    '%s: what a slow client said is served, in order, when it reads again',
    (order) => {
      const house = new House({ order }).join(1).hush();
      house.apply({ type: 'slow', client: 1, slow: true });
      house.say(1, 'a').say(1, 'b');
      expect(house.got(1)).toEqual([]);
      expect(house.rooms.roomOf(1)?.queued(1)).toBe(2);
      house.apply({ type: 'slow', client: 1, slow: false });
      expect(house.got(1)).toEqual(['A', 'B']);
    },
  );
});

describe('deliver and transform', () => {
  test.each([
    { deliver: 'sender', transform: 'upper', got: [['HELLO'], [], []] },
    { deliver: 'sender', transform: 'none', got: [['hello'], [], []] },
    { deliver: 'others', transform: 'upper', got: [['* OK'], ['* MSG 1 HELLO'], ['* MSG 1 HELLO']] },
    { deliver: 'others', transform: 'none', got: [['* OK'], ['* MSG 1 hello'], ['* MSG 1 hello']] },
    { deliver: 'all', transform: 'upper', got: [['HELLO'], ['* MSG 1 HELLO'], ['* MSG 1 HELLO']] },
    { deliver: 'all', transform: 'none', got: [['hello'], ['* MSG 1 hello'], ['* MSG 1 hello']] },
  ] as const)('room: deliver $deliver, transform $transform', ({ deliver, transform, got }) => {
    for (const order of ['strict', 'fair', 'free'] as const) {
      const house = new House({ order, deliver, transform }).join(1, 2, 3).hush().say(1, 'hello');
      expect([1, 2, 3].map((client) => house.got(client))).toEqual(got);
    }
  });

  test('room: a reply that begins with a star is doubled, so that no text is an event', () => {
    const house = new House({ order: 'free' }).join(1).hush().say(1, '* bye').say(1, '**');
    expect(house.got(1)).toEqual(['** BYE', '***']);
  });

  test('room: /to reaches one client, by seat or name in any case, whatever deliver says', () => {
    const house = new House({ order: 'free', deliver: 'others' }).join(1, 2, 3).say(3, '/name Zoe').hush();
    house.say(1, '/to 2 hi').say(1, '/to zoe ho').say(1, '/to 1 me');
    expect(house.got(1)).toEqual(['* OK', '* OK', '* MSG 1 ME', '* OK']);
    expect(house.got(2)).toEqual(['* MSG 1 HI']);
    expect(house.got(3)).toEqual(['* MSG 1 HO']);
  });

  test.each(['9', 'nobody', '__proto__', '0', '01', '-1', '1e0', 'NaN', '2.0'])(
    'room: /to %s is answered NO_SEAT',
    (to) => {
      const house = new House({ order: 'free' }).join(1, 2).hush().say(1, `/to ${to} hi`);
      expect(house.got(1)).toEqual([`* ERR NO_SEAT Cannot send to ${to}: nobody here has that seat or name`]);
      expect(house.got(2)).toEqual([]);
    },
  );

  test('room: events off: replies, relayed text and errors, bare, nothing doubled', () => {
    const house = new House({ order: 'free', events: false, deliver: 'others' }).join(1, 2);
    house.say(1, '* x').say(1, '/who').say(1, '/ping').say(1, '/to 9 y').tick();
    expect(house.got(1)).toEqual(['ERR NO_SEAT Cannot send to 9: nobody here has that seat or name']);
    expect(house.got(2)).toEqual(['* X']);
  });
});

describe('faults', () => {
  test('room: a fault waits its place among the lines of its client, and takes no turn', () => {
    const house = new House().join(1, 2, 3).hush();
    const fault = (client: number): unknown =>
      house.apply({ type: 'fault', client, code: 'FRAME_BARE_CR', text: 'Cannot read frame: x' });
    house.say(2, 'b');
    fault(2);
    house.say(2, 'd');
    fault(3);
    expect(house.got(2)).toEqual([]);
    expect(house.got(3)).toEqual(['* ERR FRAME_BARE_CR Cannot read frame: x']);
    house.say(1, 'a').say(3, 'c').say(1, 'a2');
    expect(house.got(2)).toEqual(['B', '* ERR FRAME_BARE_CR Cannot read frame: x', 'D']);
  });

  test('room: a notice comes at once', () => {
    const house = new House().join(1, 2).hush().say(1, 'waits').say(1, '/nope');
    expect(house.got(1)).toEqual([
      '* ERR UNKNOWN_COMMAND Cannot run "/nope": no such command. See /help, or send //text',
    ]);
  });
});

describe('names and who', () => {
  test('room: a name is unique in its room whatever its case, and free again when its owner goes', () => {
    const house = new House({ order: 'free' }).join(1, 2).hush().say(1, '/name Bob').say(2, '/name bOB');
    expect(house.got(1)).toEqual(['* NAME 1 Bob']);
    expect(house.got(2)).toEqual([
      '* NAME 1 Bob',
      '* ERR NAME_TAKEN Cannot take the name bOB: somebody here already has it',
    ]);
    house.say(1, '/name BOB').say(1, '/name Rob').say(2, '/name bob');
    expect(house.got(2)).toEqual(['* NAME 1 BOB', '* NAME 1 Rob', '* NAME 2 bob']);
    house.apply({ type: 'leave', client: 2, reason: 'reset' });
    house.say(1, '/name bob');
    expect(house.got(1).at(-1)).toBe('* NAME 1 bob');
  });

  test.each(['constructor', 'toString', 'hasOwnProperty'])('room: %s is a name like any other', (name) => {
    const house = new House({ order: 'free' })
      .join(1, 2)
      .hush()
      .say(1, `/name ${name}`)
      .say(2, `/to ${name} hi`);
    expect(house.got(1)).toEqual([`* NAME 1 ${name}`, '* MSG 2 HI']);
  });

  test('room: /who lists in ring order, the holder of the turn first', () => {
    const house = new House()
      .join(1, 2, 3)
      .say(2, '/name Ann')
      .say(1, 'a')
      .say(3, 'c')
      .say(3, 'd')
      .hush()
      .say(1, '/who');
    expect(house.got(1)).toEqual([
      '* WHO 2 Ann 10.0.0.2:1 0',
      '* WHO 3 - 10.0.0.3:1 2',
      '* WHO 1 - 10.0.0.1:1 0',
      '* END 3 of 3',
    ]);
  });

  test('room: over 256 coming and going is not told, and /who stops there', () => {
    const house = new House({ order: 'free' });
    for (let client = 1; client <= 256; client++) house.join(client);
    expect(house.got(1).at(-1)).toBe('* JOIN 256 - 10.0.0.256:1');
    house.join(257);
    expect(house.got(1)).toEqual([]);
    house.say(1, '/who');
    expect(house.got(1).slice(-2)).toEqual(['* WHO 256 - 10.0.0.256:1 0', '* END 256 of 257']);
  });

  test('room: a seat number is not given again while the room lives', () => {
    const house = new House({ order: 'free' }).join(1, 2);
    house.apply({ type: 'leave', client: 2, reason: 'reset' });
    house.join(3);
    expect(house.got(3)).toEqual(['* WELCOME 3 1 main 1', '* HERE 1 - 10.0.0.1:1 0']);
    house.apply({ type: 'leave', client: 1, reason: 'reset' });
    house.apply({ type: 'leave', client: 3, reason: 'reset' });
    house.join(4);
    expect(house.got(4)).toEqual(['* WELCOME 1 1 main 1']);
  });
});

describe('the budget of a record', () => {
  test('room: a record serves at most 64 lines, ticks serve the rest, and nothing is lost', () => {
    const house = new House().join(1, 2, 3);
    for (let line = 0; line < 100; line++) house.say(2, `b${line}`).say(3, `c${line}`);
    const before = house.outcomes.length;
    house.apply({ type: 'leave', client: 1, reason: 'reset' });
    house.tick();
    const counts = house.outcomes.slice(before).map(({ served }) => served.length);
    expect(counts).toEqual([64, 64, 64, 8]);
    expect(house.got(2).filter((line) => line.startsWith('B'))).toEqual(
      Array.from({ length: 100 }, (_, line) => `B${line}`),
    );
  });

  test('room: a record serves at most 64 KiB and the line that passes it', () => {
    const house = new House().join(1, 2, 3);
    for (let line = 0; line < 4; line++) house.say(2, 'b'.repeat(40_000)).say(3, 'c'.repeat(40_000));
    const { served } = house.apply({ type: 'leave', client: 1, reason: 'reset' });
    expect(served.map(({ client }) => client)).toEqual([2, 3]);
  });
});

test('room: what comes behind a quit is not answered, a line at fault neither', () => {
  const house = new House({ order: 'free', transform: 'handler' }).join(1, 2);
  house.say(1, 'accepted').hush().say(2, 'quit').hush();
  house.say(1, 'too late').say(1, '/to nobody').say(1, '/nothing');
  expect(house.got(1)).toEqual([expect.stringMatching(/^\* ERR UNKNOWN_COMMAND /)]);
  house.done(0, { text: 'made' });
  expect(house.got(1)).toEqual(['made', '* BYE quit']);
});
