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
  '- /help lists commands',
  '- quit or Ctrl-C exits',
  '- you are client 2 in room main',
];

describe.runIf(has('tmux', '-V', 'the terminal program in a terminal'))('the terminal program', () => {
  afterAll(closeWindows);

  test.each([
    [
      80,
      '[2 of 3 | waiting for 1 more] > ',
      "[2 of 3 | client 1's turn] > ",
      "[2 of 3 | client 1's turn | 1 waits] > ",
    ],
    [40, '[2/3 wait 1] > ', "[2/3 1's turn] > ", "[2/3 1's turn +1] > "],
  ])(
    'Terminal: in %i columns: shows seat and turn, and keeps what is being typed',
    async (columns, waits, turn, owed) => {
      await using server = await byHand();
      const window = new Window(server.port, columns);
      const socket = await server.socket;
      const greeting = GREETING(server.port);
      socket.write('* WELCOME 2 3 main 1\n* WAIT 2 3\n');
      await window.shows(...greeting, '- 2 of 3 are here', waits.trimEnd());
      window.type('hel');
      await window.shows(...greeting, '- 2 of 3 are here', `${waits}hel`);
      socket.write('* JOIN 3 - 127.0.0.1:5\n* TURN 1\n');
      const here = [...greeting, '- 2 of 3 are here', '- client 3 joined from 127.0.0.1:5'];
      await window.shows(...here, `${turn}hel`);
      window.type('lo');
      window.press('Enter');
      await window.shows(...here, `${turn}hello`, owed.trimEnd());
      socket.write('* MSG 3 < not a reply\nHELLO\n* ERR NAME_TAKEN bob is here\n* TURN 2\n');
      const mine = `${turn.slice(0, turn.search(/(client )?1's/))}your turn] >`;
      const after = ['3> < not a reply', '< HELLO', '! NAME_TAKEN: bob is here', '- your turn', mine];
      await window.shows(...here, `${turn}hello`, ...after);
    },
  );

  test('Terminal: keeps a line that has wrapped, and the cursor in it', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 40);
    const socket = await server.socket;
    const greeting = GREETING(server.port);
    socket.write('* WELCOME 2 1 main 1\n');
    await window.shows(...greeting, '[2] >');
    window.type(`${'a'.repeat(34)}${'b'.repeat(40)}cc`);
    await window.shows(...greeting, `[2] > ${'a'.repeat(34)}`, 'b'.repeat(40), 'cc');
    for (let i = 0; i < 3; i++) {
      socket.write(`* MSG 1 ${i}\n`);
      const shown = Array.from({ length: i + 1 }, (_, j) => `1> ${j}`);
      await window.shows(...greeting, ...shown, `[2] > ${'a'.repeat(34)}`, 'b'.repeat(40), 'cc');
    }
    window.press('C-a');
    window.type('X');
    const line = ['1> 0', '1> 1', '1> 2', `[2] > X${'a'.repeat(33)}`, `a${'b'.repeat(39)}`, 'bcc'];
    await window.shows(...greeting, ...line);
    socket.write('* MSG 1 3\n');
    await window.shows(...greeting, ...line.slice(0, 3), '1> 3', ...line.slice(3));
  });

  test('Terminal: keeps all that was shown, and the line being typed, when the terminal gets narrower and wider', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80);
    const socket = await server.socket;
    // What a narrower terminal keeps in sight of the first lines is its own affair.
    const rest = GREETING(server.port).slice(1);
    socket.write('* WELCOME 2 1 main 1\n* TURN 1\n');
    await window.sees(...rest, "[2 | client 1's turn] >");
    const typed = `${'a'.repeat(25)}${'b'.repeat(20)}`;
    // The prompt says that the program has heard of its new width.
    const wide = [`[2 | client 1's turn] > ${typed}`];
    const narrow = [`[2 1's turn] > ${'a'.repeat(25)}`, 'b'.repeat(20)];
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
    await window.shows(...greeting, '[2] >');
    window.type('/wh');
    await window.shows(...greeting, '[2] > /wh');
    window.press('Tab');
    await window.shows(...greeting, '[2] > /who');
    window.press('Enter');
    await window.shows(...greeting, '[2] > /who', '[2] >');
    window.press('Up');
    await window.shows(...greeting, '[2] > /who', '[2] > /who');
  });

  test('Terminal: remembers what was typed in the run before, but no /auth line', async () => {
    await using server = await serve((socket) => void socket.write('* WELCOME 2 1 main 1\n'));
    const first = new Window(server.port, 80, { state: 'kept' });
    await first.shows(...GREETING(server.port), '[2] >');
    for (const line of ['/who', '/auth secret']) {
      first.type(line);
      first.press('Enter');
    }
    await first.shows(...GREETING(server.port), '[2] > /who', '[2] > /auth secret', '[2] >');
    first.press('Up');
    await first.shows(...GREETING(server.port), '[2] > /who', '[2] > /auth secret', '[2] > /who');
    const second = new Window(server.port, 80, { state: 'kept' });
    await second.shows(...GREETING(server.port), '[2] >');
    second.press('Up');
    await second.shows(...GREETING(server.port), '[2] > /who');
    expect(readFileSync(join(STATE, 'kept', 'proto-client', 'history'), 'utf8')).toBe('/who\n');
  });

  test('Terminal: lines that are typed ahead, or pasted, each stand behind a prompt', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80);
    (await server.socket).write('* WELCOME 2 1 main 1\n');
    await window.shows(...GREETING(server.port), '[2] >');
    // One command of tmux's is one write: the program reads all of it at once.
    window.press('a', 'Enter', '/fault off', 'Enter', 'b');
    await window.shows(
      ...GREETING(server.port),
      '[2] > a',
      '[2 | 1 waits] > /fault off',
      '- all faults are off',
      '[2 | 1 waits] > b',
    );
  });

  test('Terminal: completes whom /to is for, by name and by seat', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80);
    (await server.socket).write('* WELCOME 2 1 main 1\n* JOIN 3 - x\n* NAME 3 bob\n');
    const greeting = [...GREETING(server.port), '- client 3 joined from x', '- client 3 is now called bob'];
    await window.shows(...greeting, '[2] >');
    window.type('/to b');
    await window.shows(...greeting, '[2] > /to b');
    window.press('Tab');
    await window.shows(...greeting, '[2] > /to bob');
    window.type('hi');
    await window.shows(...greeting, '[2] > /to bob hi');
  });

  test('Terminal: /help: says at once what it does itself, and asks the server for the rest', async () => {
    await using server = await serve(async (socket) => {
      socket.write('* WELCOME 2 1 main 1\n');
      for await (const line of linesFrom(socket)) socket.write(`* HELP you said ${line}\n`);
    });
    const window = new Window(server.port, 80);
    await window.shows(...GREETING(server.port), '[2] >');
    window.type('/help');
    window.press('Enter');
    await window.shows(
      ...GREETING(server.port),
      '[2] > /help',
      '- /xray [on|off|json|legend]: show each chunk and the frames in it',
      '- /fault [NAME [N]|off]: break something on purpose',
      '- you said /help',
      '[2] >',
    );
  });

  test('Terminal: /fault and /xray: break a line in two, and show it', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80);
    (await server.socket).write('* WELCOME 2 1 main 1\n');
    const greeting = GREETING(server.port);
    await window.shows(...greeting, '[2] >');
    for (const line of ['/fault cut 2', '/xray json', '/xray legend', '/fault x']) {
      window.type(line);
      window.press('Enter');
    }
    const set = [
      '[2] > /fault cut 2',
      '- cut: cuts each line after byte 2: two writes, 50 ms apart',
      '[2] > /xray json',
      '- x-ray is on, as JSON',
      '[2] > /xray legend',
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
    await window.sees('x  frame 1 finished, begun in write 1: "hello"', '[2 | 1 waits] >');
  });

  test.each([80, 40])(
    'Terminal: --reconnect, in %i columns: what is being typed when the connection ends stays, and so does the cursor in it',
    async (columns) => {
      await using server = await byHand();
      const window = new Window(server.port, columns, { option: '--reconnect' });
      const first = await server.socket;
      const greeting = GREETING(server.port);
      first.write('* WELCOME 2 1 main 1\n');
      await window.shows(...greeting, '[2] >');
      window.press('/fault off', 'Enter');
      const [begun, rest] = ['a'.repeat(columns - 6), 'bcd'];
      window.type(begun + rest);
      window.press('Left', 'Left');
      await window.sees('[2] > /fault off', '- all faults are off', `[2] > ${begun}`, rest);
      first.end('* BYE signal\n');
      const second = await server.next();
      // The prompt that knows no seat is four columns shorter, and so is the row it leaves to what is typed.
      await window.sees(...greeting.slice(0, 3), `> ${begun}bcd`);
      window.type('X');
      await window.sees(...greeting.slice(0, 3), `> ${begun}bXcd`);
      second.write('* WELCOME 5 1 main 1\n');
      const welcome = [...greeting.slice(0, 3), '- you are client 5 in room main'];
      await window.sees(...welcome, `[5] > ${begun}`, 'bXcd');
      window.type('Y');
      await window.sees(...welcome, `[5] > ${begun}`, 'bXYcd');
      window.press('C-e', 'C-u', '/fa', 'Tab');
      await window.sees(...welcome, '[5] > /fault');
      window.press('C-u', 'Up');
      await window.sees(...welcome, '[5] > /fault off');
    },
  );

  test('--reconnect: what is entered while there is no connection is not sent, and Ctrl-C ends the trying', async () => {
    const server = await byHand();
    const window = new Window(server.port, 80, { option: '--reconnect' });
    (await server.socket).write('* WELCOME 2 1 main 1\n');
    await window.shows(...GREETING(server.port), '[2] >');
    window.type('hel');
    await window.shows(...GREETING(server.port), '[2] > hel');
    await server[Symbol.asyncDispose]();
    await window.sees('> hel');
    window.type('lo');
    window.press('Enter');
    await window.sees('> hello', '! Cannot send "hello": the connection has ended');
    window.press('C-c');
    await window.sees('- closed by force', 'exit 130');
  });

  test('Terminal: says that only ASCII can be sent', async () => {
    await using server = await serve((socket) => void socket.write('* WELCOME 2 1 main 1\n'));
    const window = new Window(server.port, 80, { environment: 'LC_ALL=C.UTF-8' });
    await window.shows(...GREETING(server.port), '[2] >');
    window.type('grün');
    window.press('Enter');
    await window.sees('! Cannot send "gr\\xfcn": only ASCII can be sent, and character 3 is U+00FC', '[2] >');
  });

  test('Terminal: says what cannot be sent, and goes on', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80, { option: '--max-line-bytes 4' });
    (await server.socket).write('* WELCOME 2 1 main 1\n');
    const greeting = GREETING(server.port);
    await window.shows(...greeting, '[2] >');
    window.type('12345');
    window.press('Enter');
    const why = '! Cannot send line: it has 5 bytes, the limit is 4';
    await window.shows(...greeting, '[2] > 12345', why, '[2] >');
  });

  test('Terminal: Ctrl-D: half-closes and waits for what is owed', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80);
    const socket = await server.socket;
    const greeting = GREETING(server.port);
    const ended = once(socket.resume(), 'end');
    socket.write('* WELCOME 2 1 main 1\n');
    await window.shows(...greeting, '[2] >');
    window.type('a');
    window.press('Enter');
    await window.shows(...greeting, '[2] > a', '[2 | 1 waits] >');
    window.press('C-d');
    await ended;
    const waits = '- you send no more lines; waiting for 1 to be answered';
    await window.shows(...greeting, '[2] > a', '[2 | 1 waits] >', waits);
    socket.end('A\n* BYE end\n');
    await window.shows(...greeting, '[2] > a', '[2 | 1 waits] >', waits, '< A', '- goodbye: end', 'exit 0');
  });

  test('Terminal: Ctrl-C: says quit; the second time ends at once with 130', async () => {
    await using server = await byHand();
    const window = new Window(server.port, 80);
    const socket = await server.socket;
    const greeting = GREETING(server.port);
    socket.write('* WELCOME 2 1 main 1\n');
    await window.shows(...greeting, '[2] >');
    const heard = linesFrom(socket).next();
    window.press('C-c');
    expect(await heard).toEqual({ done: false, value: 'quit' });
    await window.shows(...greeting, '- quitting; press Ctrl-C again to end at once', '[2] >');
    window.press('C-c');
    await window.shows(
      ...greeting,
      '- quitting; press Ctrl-C again to end at once',
      '- closed by force',
      'exit 130',
    );
  });

  test('Terminal: on a terminal that cannot move its cursor it is a pipe', async () => {
    await using server = await serve(upper);
    const window = new Window(server.port, 80, { environment: 'TERM=dumb' });
    await window.shows('* WELCOME 1 1 main 1');
    window.type('hello');
    window.press('Enter');
    await window.shows('* WELCOME 1 1 main 1', 'hello', 'HELLO');
    window.press('C-d');
    await window.shows('* WELCOME 1 1 main 1', 'hello', 'HELLO', '* BYE end', 'exit 0');
  });

  test('Terminal: is coloured on a terminal, and with NO_COLOR is not', async () => {
    await using server = await serve((socket) => void socket.write('* WELCOME 2 1 main 1\n'));
    const [plain, coloured] = [
      new Window(server.port, 80, { environment: 'NO_COLOR=1' }),
      new Window(server.port, 80),
    ];
    for (const window of [plain, coloured]) await window.shows(...GREETING(server.port), '[2] >');
    expect(coloured.colours()).toContain('\u001b[2m- connected to');
    expect(plain.colours()).not.toContain('\u001b');
  });
});
