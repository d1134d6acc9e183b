import { EventEmitter, on, once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { has } from '../needs.ts';
import { linesFrom, type ScriptedServer, serve, upper } from '../scripted-server.ts';
import { closeWindows, STATE, Window } from './window.ts';

/** A server whose lines the test sends by hand, on the first connection or on the next that comes. */
interface ByHand extends ScriptedServer {
  readonly socket: Promise<Socket>;
  next(): Promise<Socket>;
}

async function byHand(): Promise<ByHand> {
  const accepted = new EventEmitter();
  const sockets = on(accepted, 'socket');
  const next = async (): Promise<Socket> => ((await sockets.next()).value as [Socket])[0];
  const server = await serve((socket) => void accepted.emit('socket', socket));
  return { ...server, socket: next(), next };
}

const GREETING = (port: number): string[] => [
  `- connected to 127.0.0.1:${port}`,
  '- /help lists commands; Ctrl-D leaves',
  '- /room says whom a quit closes',
  '- you are client 2 in room main',
];

describe.runIf(has('tmux', '-V', 'the terminal program in a terminal'))('the terminal program', () => {
  afterAll(closeWindows);

  test.each([
    [
      80,
      '[you: client 2 | waiting for 1 more client]\n> ',
      '[you: client 2 | turn: client 1] > ',
      ['[you: client 2 | turn: client 1 | your lines waiting: 1]', '>'],
      ['[you: client 2 | turn: yours] >'],
    ],
    [
      40,
      '[you: client 2 |\n waiting for 1 more client]\n> ',
      '[you: client 2 | turn: client 1]\n> ',
      ['[you: client 2 | turn: client 1 |', ' your lines waiting: 1]', '>'],
      ['[you: client 2 | turn: yours]', '>'],
    ],
  ])(
    'Terminal: in %i columns: shows seat and turn, and keeps what is being typed',
    async (columns, waits, turn, owed, mine) => {
      await using server = await byHand();
      const window = new Window(server.port, columns);
      const socket = await server.socket;
      const greeting = GREETING(server.port);
      socket.write('* WELCOME 2 3 main 1\n* WAIT 2 3\n');
      await window.shows(...greeting, '- 2 of the 3 to begin with are here', ...waits.trimEnd().split('\n'));
      window.type('hel');
      await window.shows(...greeting, '- 2 of the 3 to begin with are here', ...`${waits}hel`.split('\n'));
      socket.write('* JOIN 3 - 127.0.0.1:5\n* TURN 1\n');
      const here = [
        ...greeting,
        '- 2 of the 3 to begin with are here',
        '- client 3 joined from 127.0.0.1:5',
        '- the room waits for client 1',
      ];
      await window.shows(...here, ...`${turn}hel`.split('\n'));
      window.type('lo');
      window.press('Enter');
      const typed = `${turn}hello`.split('\n');
      await window.shows(...here, ...typed, ...owed);
      socket.write('* MSG 3 < not a reply\nHELLO\n* ERR NAME_TAKEN bob is here\n* TURN 2\n');
      const after = [
        '3> < not a reply',
        '< HELLO',
        '! NAME_TAKEN: bob is here',
        '- your turn: everybody waits for you',
        ...mine,
      ];
      await window.shows(...here, ...typed, ...after);
    },
  );

  test('Terminal: keeps a line that has wrapped, and the cursor in it', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 40);
    const socket = await server.socket;
    const greeting = GREETING(server.port);
    socket.write('* WELCOME 2 1 main 1\n');
    await window.shows(...greeting, '[you: client 2] >');
    window.type(`${'a'.repeat(22)}${'b'.repeat(40)}cc`);
    await window.shows(...greeting, `[you: client 2] > ${'a'.repeat(22)}`, 'b'.repeat(40), 'cc');
    for (let i = 0; i < 3; i++) {
      socket.write(`* MSG 1 ${i}\n`);
      const shown = Array.from({ length: i + 1 }, (_, j) => `1> ${j}`);
      await window.shows(...greeting, ...shown, `[you: client 2] > ${'a'.repeat(22)}`, 'b'.repeat(40), 'cc');
    }
    window.press('C-a');
    window.type('X');
    const line = [
      '1> 0',
      '1> 1',
      '1> 2',
      `[you: client 2] > X${'a'.repeat(21)}`,
      `a${'b'.repeat(39)}`,
      'bcc',
    ];
    await window.shows(...greeting, ...line);
    socket.write('* MSG 1 3\n');
    await window.shows(...greeting, ...line.slice(0, 3), '1> 3', ...line.slice(3));
  });

  test('Terminal: keeps all that was shown, and the line being typed, when the terminal gets narrower and wider', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80);
    const socket = await server.socket;
    // What a narrower terminal keeps in sight of the first lines is its own affair.
    const rest = [...GREETING(server.port).slice(1), '- the room waits for client 1'];
    socket.write('* WELCOME 2 1 main 1\n* TURN 1\n');
    await window.sees(...rest, '[you: client 2 | turn: client 1] >');
    const typed = `${'a'.repeat(25)}${'b'.repeat(20)}`;
    // The prompt says that the program has heard of its new width.
    const wide = [`[you: client 2 | turn: client 1] > ${typed}`];
    const narrow = [
      '[you: client 2 | turn: client 1]',
      `> ${'a'.repeat(25)}${'b'.repeat(13)}`,
      'b'.repeat(7),
    ];
    window.type(typed);
    await window.sees(...rest, ...wide);
    window.resize(40);
    await window.sees(...rest, ...narrow);
    socket.write('* MSG 1 narrow\n');
    await window.sees(...rest, '1> narrow', ...narrow);
    window.resize(80);
    await window.sees(...rest, '1> narrow', ...wide);
    socket.write('* MSG 1 wide\n');
    await window.sees(...rest, '1> narrow', '1> wide', ...wide);
  });

  test('Terminal: shows bytes of a server that is none as text, and ends with 76', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80);
    (await server.socket).write('SSH-2.0-x\r\n');
    await window.shows(
      ...GREETING(server.port).slice(0, 3),
      '! Cannot talk to this server: expected * WELCOME, got "SSH-2.0-x"',
      'exit 76',
    );
  });

  test('Terminal: goes back in history, and completes commands', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80);
    const socket = await server.socket;
    const greeting = GREETING(server.port);
    socket.write('* WELCOME 2 1 main 1\n');
    await window.shows(...greeting, '[you: client 2] >');
    window.type('/wh');
    await window.shows(...greeting, '[you: client 2] > /wh');
    window.press('Tab');
    await window.shows(...greeting, '[you: client 2] > /who');
    window.press('Enter');
    await window.shows(...greeting, '[you: client 2] > /who', '[you: client 2] >');
    window.press('Up');
    await window.shows(...greeting, '[you: client 2] > /who', '[you: client 2] > /who');
  });

  test('Terminal: remembers what was typed in the run before, but no /auth line', async () => {
    await using server = await serve((socket) => void socket.write('* WELCOME 2 1 main 1\n'));
    const first = new Window(server.port, 80, { state: 'kept' });
    await first.shows(...GREETING(server.port), '[you: client 2] >');
    for (const line of ['/who', '/auth secret']) {
      first.type(line);
      first.press('Enter');
    }
    await first.shows(
      ...GREETING(server.port),
      '[you: client 2] > /who',
      '[you: client 2] > /auth secret',
      '[you: client 2] >',
    );
    first.press('Up');
    await first.shows(
      ...GREETING(server.port),
      '[you: client 2] > /who',
      '[you: client 2] > /auth secret',
      '[you: client 2] > /who',
    );
    const second = new Window(server.port, 80, { state: 'kept' });
    await second.shows(...GREETING(server.port), '[you: client 2] >');
    second.press('Up');
    await second.shows(...GREETING(server.port), '[you: client 2] > /who');
    expect(readFileSync(join(STATE, 'kept', 'proto-client', 'history'), 'utf8')).toBe('/who\n');
  });

  test('Terminal: lines that are typed ahead, or pasted, each stand behind a prompt', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80);
    (await server.socket).write('* WELCOME 2 1 main 1\n');
    await window.shows(...GREETING(server.port), '[you: client 2] >');
    // One command of tmux's is one write: the program reads all of it at once.
    window.press('a', 'Enter', '/fault off', 'Enter', 'b');
    await window.shows(
      ...GREETING(server.port),
      '[you: client 2] > a',
      '[you: client 2 | your lines waiting: 1]',
      '> /fault off',
      '- all faults are off',
      '[you: client 2 | your lines waiting: 1]',
      '> b',
    );
  });

  test('Terminal: completes whom /to is for, by name and by seat', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80);
    (await server.socket).write('* WELCOME 2 1 main 1\n* JOIN 3 - x\n* NAME 3 bob\n');
    const greeting = [...GREETING(server.port), '- client 3 joined from x', '- client 3 is now called bob'];
    await window.shows(...greeting, '[you: client 2] >');
    window.type('/to b');
    await window.shows(...greeting, '[you: client 2] > /to b');
    window.press('Tab');
    await window.shows(...greeting, '[you: client 2] > /to bob');
    window.type('hi');
    await window.shows(...greeting, '[you: client 2] > /to bob hi');
  });

  test('Terminal: /help: says at once what it does itself, and asks the server for the rest', async () => {
    await using server = await serve(async (socket) => {
      socket.write('* WELCOME 2 1 main 1\n');
      for await (const line of linesFrom(socket)) socket.write(`* HELP you said ${line}\n`);
    });
    const window = new Window(server.port, 80);
    await window.shows(...GREETING(server.port), '[you: client 2] >');
    window.type('/help');
    window.press('Enter');
    await window.shows(
      ...GREETING(server.port),
      '[you: client 2] > /help',
      '- /xray [on|off|json|legend|start|wall]: show each chunk and the frames in it',
      '- /fault [NAME [N]|off]: break something on purpose',
      '- you said /help',
      '[you: client 2] >',
    );
  });

  test('Terminal: /fault and /xray: break a line in two, and show it', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80);
    (await server.socket).write('* WELCOME 2 1 main 1\n');
    const greeting = GREETING(server.port);
    await window.shows(...greeting, '[you: client 2] >');
    for (const line of ['/fault cut 2', '/xray json', '/xray legend', '/fault x']) {
      window.type(line);
      window.press('Enter');
    }
    const set = [
      '[you: client 2] > /fault cut 2',
      '- cut: cuts each line after byte 2: two writes, 50 ms apart',
      '[you: client 2] > /xray json',
      '- x-ray is on, as JSON',
      '[you: client 2] > /xray legend',
    ];
    await window.sees(...set);
    await window.sees(
      '! Cannot set fault "x": expected drip, coalesce, cut, split-crlf, half-close, rs',
      't, deaf, garbage, long or off',
    );
    window.type('/xray on');
    window.press('Enter');
    window.type('hello');
    window.press('Enter');
    await window.sees('x  frame 1 began: "he"');
    await window.sees(
      'x  frame 1 finished, begun in write 1: "hello"',
      '[you: client 2 | your lines waiting: 1]',
      '>',
    );
  });

  test.each([80, 40])(
    'Terminal: --reconnect, in %i columns: what is being typed when the connection ends stays, and so does the cursor in it',
    async (columns) => {
      await using server = await byHand();
      const window = new Window(server.port, columns, { option: '--reconnect' });
      const first = await server.socket;
      const greeting = GREETING(server.port);
      first.write('* WELCOME 2 1 main 1\n');
      await window.shows(...greeting, '[you: client 2] >');
      window.press('/fault off', 'Enter');
      const [begun, rest] = ['a'.repeat(columns - 18), 'bcd'];
      window.type(begun + rest);
      window.press('Left', 'Left');
      await window.sees(
        '[you: client 2] > /fault off',
        '- all faults are off',
        `[you: client 2] > ${begun}`,
        rest,
      );
      first.end('* BYE signal\n');
      const second = await server.next();
      // The prompt that knows no seat leaves more of the row to what is typed.
      await window.sees(...greeting.slice(0, 3), `> ${begun}bcd`);
      window.type('X');
      await window.sees(...greeting.slice(0, 3), `> ${begun}bXcd`);
      second.write('* WELCOME 5 1 main 1\n');
      const welcome = [...greeting.slice(0, 3), '- you are client 5 in room main'];
      await window.sees(...welcome, `[you: client 5] > ${begun}`, 'bXcd');
      window.type('Y');
      await window.sees(...welcome, `[you: client 5] > ${begun}`, 'bXYcd');
      window.press('C-e', 'C-u', '/fa', 'Tab');
      await window.sees(...welcome, '[you: client 5] > /fault');
      window.press('C-u', 'Up');
      await window.sees(...welcome, '[you: client 5] > /fault off');
    },
  );

  test('--reconnect: what is entered while there is no connection is not sent, and Ctrl-C ends the trying', async () => {
    const server = await byHand();
    const window = new Window(server.port, 80, { option: '--reconnect' });
    (await server.socket).write('* WELCOME 2 1 main 1\n');
    await window.shows(...GREETING(server.port), '[you: client 2] >');
    window.type('hel');
    await window.shows(...GREETING(server.port), '[you: client 2] > hel');
    await server[Symbol.asyncDispose]();
    await window.sees('[reconnecting] > hel');
    window.type('lo');
    window.press('Enter');
    await window.sees('[reconnecting] > hello', '! Cannot send "hello": the connection has ended');
    window.press('C-c');
    await window.sees('- closed by force', 'exit 130');
  });

  test('Terminal: says that only ASCII can be sent', async () => {
    await using server = await serve((socket) => void socket.write('* WELCOME 2 1 main 1\n'));
    const window = new Window(server.port, 80, { environment: 'LC_ALL=C.UTF-8' });
    await window.shows(...GREETING(server.port), '[you: client 2] >');
    window.type('grün');
    window.press('Enter');
    await window.sees(
      '! Cannot send "gr\\xfcn": only ASCII can be sent, and character 3 is U+00FC',
      '[you: client 2] >',
    );
  });

  test('Terminal: says what cannot be sent, and goes on', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80, { option: '--max-line-bytes 4' });
    (await server.socket).write('* WELCOME 2 1 main 1\n');
    const greeting = GREETING(server.port);
    await window.shows(...greeting, '[you: client 2] >');
    window.type('12345');
    window.press('Enter');
    const why = '! Cannot send line: it has 5 bytes, the limit is 4';
    await window.shows(...greeting, '[you: client 2] > 12345', why, '[you: client 2] >');
  });

  test('Terminal: Ctrl-D: half-closes and waits for what is owed', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80);
    const socket = await server.socket;
    const greeting = GREETING(server.port);
    const ended = once(socket.resume(), 'end');
    socket.write('* WELCOME 2 1 main 1\n');
    await window.shows(...greeting, '[you: client 2] >');
    window.type('a');
    window.press('Enter');
    await window.shows(...greeting, '[you: client 2] > a', '[you: client 2 | your lines waiting: 1]', '>');
    window.press('C-d');
    await ended;
    const waits = '- FIN sent (half-close): you send no more; 1 line still to be answered';
    const typed = ['[you: client 2] > a', '[you: client 2 | your lines waiting: 1]', '>'];
    await window.shows(...greeting, ...typed, waits);
    socket.end('A\n* BYE end\n');
    await window.shows(
      ...greeting,
      ...typed,
      waits,
      '< A',
      '- goodbye: end',
      '- FIN received: the server sends no more',
      'exit 0',
    );
  });

  test('Terminal: Ctrl-C: says first whom a quit closes, quits the second time, and ends at once the third time', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80);
    const socket = await server.socket;
    const greeting = GREETING(server.port);
    socket.write('* WELCOME 2 1 main 1\n');
    await window.shows(...greeting, '[you: client 2] >');
    const heard = linesFrom(socket);
    window.press('C-c');
    expect((await heard.next()).value).toBe('/room');
    socket.write('* ROOM main free all 3 3 0\n');
    const whom = '- a quit closes all 3 clients here and the server; Ctrl-C again quits';
    await window.shows(...greeting, whom, '[you: client 2] >');
    window.press('C-c');
    expect((await heard.next()).value).toBe('quit');
    const quitting = '- quitting; press Ctrl-C again to end at once';
    await window.shows(...greeting, whom, quitting, '[you: client 2] >');
    window.press('C-c');
    await window.shows(...greeting, whom, quitting, '- closed by force', 'exit 130');
  });

  test.each([
    ['a quit closes nobody else', '* ROOM main free self 3 3 0'],
    ['the server does not know the question', '* ERR UNKNOWN_COMMAND Cannot run "/room": no such command'],
  ])('Terminal: Ctrl-C: quits at once if %s', async (_, answer) => {
    await using server = await byHand();
    const window = new Window(server.port, 80);
    const socket = await server.socket;
    socket.write('* WELCOME 2 1 main 1\n');
    await window.shows(...GREETING(server.port), '[you: client 2] >');
    const heard = linesFrom(socket);
    window.press('C-c');
    expect((await heard.next()).value).toBe('/room');
    socket.write(`${answer}\n`);
    expect((await heard.next()).value).toBe('quit');
  });

  test('Terminal: Ctrl-C: gives up the line being typed, as a shell does', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 40);
    const socket = await server.socket;
    const greeting = [...GREETING(server.port), '- the room waits for client 1'];
    socket.write('* WELCOME 2 1 main 1\n* TURN 1\n');
    const prompt = ['[you: client 2 | turn: client 1]', '>'];
    await window.shows(...greeting, ...prompt);
    const heard = linesFrom(socket).next();
    window.type('a'.repeat(50));
    const typed = [prompt[0]!, `> ${'a'.repeat(38)}`];
    await window.shows(...greeting, ...typed, 'a'.repeat(12));
    window.press('Home', 'C-c');
    await window.shows(...greeting, ...typed, `${'a'.repeat(12)}^C`, ...prompt);
    window.type('b');
    await window.shows(...greeting, ...typed, `${'a'.repeat(12)}^C`, prompt[0]!, '> b');
    window.press('Enter');
    expect((await heard).value).toBe('b');
  });

  test('Terminal: shows in one line who was there already, and which turns went by', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80);
    const socket = await server.socket;
    socket.write('* WELCOME 3 1 main 1\n* HERE 2 bob 127.0.0.1:5 2\n* HERE 1 - 127.0.0.1:4 0\n* TURN 2\n');
    const before = [
      ...GREETING(server.port).slice(0, 3),
      '- you are client 3 in room main',
      '- here: bob (client 2, 2 lines wait), client 1',
      '- the room waits for bob (client 2)',
    ];
    await window.shows(...before, '[you: client 3 | turn: bob (client 2)]', '>');
    socket.write('* TURNS 3 7 2,3,1,2,3\n* TURN 1\n');
    await window.shows(
      ...before,
      '- turns 3 to 7: clients 2, 3, 1, 2, 3 were served',
      '[you: client 3 | turn: client 1] >',
    );
  });

  test('Terminal: /fault coalesce: what is held back has not been sent; /fault half-close: FIN shows', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80, { option: '--coalesce 3' });
    const socket = await server.socket;
    socket.write('* WELCOME 2 1 main 1\n');
    await window.sees('- you are client 2 in room main', '[you: client 2] >');
    for (const line of ['a', 'b', '/fault half-close']) {
      window.type(line);
      window.press('Enter');
    }
    await window.sees('[you: client 2 | not sent: 2] > /fault half-close');
    // A fault that changes lets out what is held back, and so the FIN comes after it.
    await once(socket.resume(), 'end');
    await window.sees(
      '- FIN sent (half-close): you send no more; 2 lines still to be answered',
      '[you: client 2 | FIN sent | your lines waiting: 2]',
      '>',
    );
  });

  test('Terminal: on a terminal that cannot move its cursor it is a pipe, and says so', async () => {
    await using server = await serve(upper);
    const window = new Window(server.port, 80, { environment: 'TERM=dumb' });
    const begin = [
      'this terminal cannot move its cursor (TERM=dumb): going on as a pipe',
      '* WELCOME 1 1 main 1',
    ];
    await window.shows(...begin);
    window.type('hello');
    window.press('Enter');
    await window.shows(...begin, 'hello', 'HELLO');
    window.press('C-d');
    await window.shows(...begin, 'hello', 'HELLO', '* BYE end', 'exit 0');
  });

  test('Terminal: is coloured on a terminal, and with NO_COLOR is not', async () => {
    await using server = await serve((socket) => void socket.write('* WELCOME 2 1 main 1\n'));
    const [plain, coloured] = [
      new Window(server.port, 80, { environment: 'NO_COLOR=1' }),
      new Window(server.port, 80),
    ];
    for (const window of [plain, coloured]) await window.shows(...GREETING(server.port), '[you: client 2] >');
    expect(coloured.colours()).toContain('\u001b[2m- connected to');
    expect(plain.colours()).not.toContain('\u001b');
  });
});
