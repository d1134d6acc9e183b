import { once } from 'node:events';
import { COMMANDS } from '@proto/protocol';
import { VirtualClock } from '@proto/scheduler/testing';
import { describe, expect, test, vi } from 'vitest';
import { createServer, MemoryListener } from '../src/index.ts';
import { memoryServer } from './peer.ts';

const count = (text: string, number: number): string[] =>
  Array.from({ length: number }, (_, index) => `${text}${index}`);

describe('backpressure', () => {
  test('server: a full queue stops the reading of that client, and no line is lost', async () => {
    const { server, join } = await memoryServer({ clients: 2, maxQueuedLines: 8 });
    const [first, second] = [join(), join()];
    await first.line('* TURN 1');
    second.say(...count('b', 500));
    const most = vi.fn<(waiting: number) => void>();
    server.on('turn', () => [...server.status()].forEach(({ waiting }) => most(waiting)));
    for (const line of count('a', 500)) {
      const { length } = first.replies;
      first.say(line);
      await first.until(({ replies }) => replies.length > length);
    }
    await second.until(({ replies }) => replies.length === 500);
    expect(second.replies).toEqual(count('B', 500));
    expect(first.replies).toEqual(count('A', 500));
    expect(Math.max(...most.mock.calls.map(([waiting]) => waiting))).toBeLessThanOrEqual(8);
  });

  test('server: turns served together are told one by one, and the wait for the first of them', async () => {
    const { server, join } = await memoryServer({ clients: 2 });
    const [first, second] = [join(), join()];
    await first.line('* TURN 1');
    const told: string[] = [];
    server.on('turn', ({ number, seat, state }) => told.push(`${number} ${seat} ${state}`));
    server.on('waited', ({ seat, end }) => told.push(`waited for ${seat}: ${end}`));
    second.say(...count('b', 5));
    await second.say('/ping').line(/^\* PONG/);
    first.say(...count('a', 5));
    await second.until(({ replies }) => replies.length === 5);
    const turns = Array.from({ length: 10 }, (_, index) => `${index + 1} ${1 + (index % 2)} served`);
    expect(told.slice(0, 11)).toEqual(['waited for 1: served', ...turns]);
    expect(first.replies).toEqual(count('A', 5));
    expect(second.replies).toEqual(count('B', 5));
  });

  test('server: behind a full queue no second chunk is read, however much lies there', async () => {
    const { server, join } = await memoryServer({ clients: 2 });
    const [first, flooder] = [join(), join()];
    await flooder.line('* TURN 1');
    let read = 0;
    server.on('chunk', ({ seat, direction }) => (read += Number(seat === 2 && direction === 'read')));
    for (let chunk = 0; chunk < 3; chunk++) flooder.duplex.write(`${'x'.repeat(1_023)}\n`.repeat(64));
    for (const text of count('sync', 5)) await first.say(`/ping ${text}`).line(`* PONG ${text}`);
    expect(read).toBe(1);
  });

  test('server: behind a full queue a command waits to be read', async () => {
    const { join } = await memoryServer({ clients: 2, maxQueuedLines: 2 });
    const [first, second] = [join(), join()];
    await first.line('* TURN 1');
    second.say('b1', 'b2', '/ping late');
    first.say('/ping early');
    await first.line('* PONG early');
    expect(second.lines).not.toContain('* PONG late');
    first.say('a1');
    await second.line('* PONG late');
    expect(second.lines.indexOf('B1')).toBeLessThan(second.lines.indexOf('* PONG late'));
  });

  test('server: what comes behind a quit is discarded up to a bound, and then not read', async () => {
    const { join } = await memoryServer({ clients: 2, quit: 'self' });
    const [first, second] = [join(), join()];
    await second.say('waits', '/ping').line(/^\* PONG/);
    second.say('/quit');
    let taken = 0;
    const write = (): void => void second.duplex.write('x'.repeat(16_384), () => taken++ < 100 && write());
    write();
    for (const text of count('sync', 50)) await first.say(`/ping ${text}`).line(`* PONG ${text}`);
    expect(taken).toBeGreaterThan(3);
    expect(taken).toBeLessThan(8);
    await first.say('go').line('GO');
    await second.line('* BYE quit');
    expect(second.replies).toEqual(['WAITS']);
  });

  test('server: a client that never reads is dropped at its bound, the others lose nothing', async () => {
    const { server, join } = await memoryServer({
      order: 'free',
      deliver: 'others',
      maxOutboxBytes: 20_000,
      maxLineBytes: 1_000,
    });
    const [sender, reader, deaf] = [join(), join(), join()];
    await sender.line('* JOIN 3 - memory:3');
    deaf.duplex.pause();
    const left = once(server, 'leave');
    for (const line of count('x'.repeat(900), 200)) {
      const { length } = sender.lines;
      sender.say(line);
      await sender.until(({ lines }) => lines.length > length);
    }
    expect((await left)[0]).toMatchObject({ seat: 3, reason: 'did not read' });
    await reader.line(`* MSG 1 ${'X'.repeat(900)}199`);
    expect(reader.lines.filter((line) => line.startsWith('* MSG'))).toHaveLength(200);
    expect(reader.lines).toContain('* LEAVE 3 did not read');
  });

  test('server: a client with its outbox half full is not read, and goes on when it reads', async () => {
    const { join } = await memoryServer({ order: 'free', maxOutboxBytes: 16_384, maxLineBytes: 1_000 });
    const peer = join();
    peer.duplex.pause();
    peer.say(...count('y'.repeat(500), 300));
    const other = join();
    await other.line('* WELCOME 2 1 main 1');
    for (const text of count('sync', 50)) await other.say(`/ping ${text}`).line(`* PONG ${text}`);
    peer.duplex.resume();
    await peer.until(({ replies }) => replies.length === 300);
    expect(peer.replies).toEqual(count('Y'.repeat(500), 300));
  });

  test.each([
    { command: '/who', lines: 42, most: 150 },
    { command: '/help', lines: COMMANDS.length, most: 300 },
    { command: '/name n', lines: 42, most: 300 },
  ])('server: $command pays for the lines that it sets off', async ({ command, lines, most }) => {
    const { server, join } = await memoryServer({ order: 'free' });
    const others = Array.from({ length: 40 }, () => join());
    const [flood, honest] = [join(), join()];
    await honest.line(/^\* WELCOME/);
    let setOff = 0;
    server.on('entry', ({ record }) => {
      if (record.type === 'command') setOff += lines;
    });
    flood.say(...count(command === '/name n' ? command : `${command} `, 500));
    let before = 0;
    server.on('line', ({ text }) => {
      if (text === '/ping now') before = setOff;
    });
    honest.say('/ping now');
    await honest.line('* PONG now');
    expect(before).toBeGreaterThan(0);
    expect(before).toBeLessThan(most);
    for (const { duplex } of [...others, flood]) duplex.destroy();
  });

  test('server: 64 lines of one client are read in one pass of the event loop, then the next client has its chance', async () => {
    const { server, join } = await memoryServer({ order: 'free' });
    const [flood, honest] = [join(), join()];
    await honest.line('* WELCOME 2 1 main 1');
    const seats: number[] = [];
    server.on('line', ({ seat }) => seats.push(seat));
    flood.say(...count('f', 10_000));
    honest.say('one');
    await honest.line('ONE');
    expect(seats.indexOf(2)).toBeLessThanOrEqual(128);
    await flood.until(({ replies }) => replies.length === 10_000);
  });
});

describe('an HTTP request', () => {
  const post = (target: string): string[] => [
    `POST ${target} HTTP/1.1\r`,
    'Host: 127.0.0.1\r',
    '\r',
    'quit',
    'hello',
    '/quit',
  ];

  test.each([
    { name: 'a request', lines: post('/') },
    { name: 'a request line over the limit', lines: post(`/${'x'.repeat(2_000)}`) },
    { name: 'a request to a proxy', lines: post('http://127.0.0.1:6677/') },
    { name: 'a preflight', lines: ['OPTIONS * HTTP/1.1\r', 'quit'] },
    { name: 'a request with a bad byte', lines: ['GET /\x01 HTTP/1.1\r', 'quit'] },
  ])('server: $name is obeyed in nothing', async ({ lines }) => {
    const { server, join } = await memoryServer({ order: 'free' });
    const other = join();
    const http = once(server, 'drop');
    const quit = vi.fn<() => void>();
    const line = vi.fn<() => void>();
    server.on('quit', quit);
    const welcome = ['* WELCOME 2 1 main 1', '* HERE 1 - memory:1 0'];
    server.on('send', ({ seat, line: sent }) => seat === 2 && !welcome.includes(sent) && line());
    const page = join().say(...lines);
    expect((await http)[0]).toMatchObject({ seat: 2, reason: 'spoke HTTP' });
    await page.end();
    expect(page.lines).toEqual(welcome);
    await other.say('still here').line('STILL HERE');
    expect(other.lines).toContain('* LEAVE 2 spoke HTTP');
    expect(quit).not.toHaveBeenCalled();
    expect(line).not.toHaveBeenCalled();
  });

  test('server: it is looked for in the first line only, and can be told not to look', async () => {
    const { join } = await memoryServer({ order: 'free' });
    await join().say('hello', 'GET / HTTP/1.1').line('GET / HTTP/1.1');
    const off = await memoryServer({ order: 'free', greetingGuard: 'off' });
    await off.join().say('get / HTTP/1.1').line('GET / HTTP/1.1');
  });

  test.each(['GETAWAY', 'POST', 'GET /', 'get / http/1.1', 'PUT it THERE'])(
    'server: %j is a line',
    async (text) => {
      const { join } = await memoryServer({ order: 'free' });
      await join().say(text).line(text.toUpperCase());
    },
  );
});

describe('limits', () => {
  test('server: maxErrors faults are answered, then what was accepted, then BYE', async () => {
    const { join } = await memoryServer({ order: 'free', maxErrors: 3 });
    const peer = join().say('a\x00', 'good', '/nope', 'b\x00', 'never read');
    await peer.end();
    expect(peer.lines).toEqual([
      '* WELCOME 1 1 main 1',
      expect.stringContaining('* ERR FRAME_BAD_BYTE'),
      'GOOD',
      expect.stringContaining('* ERR UNKNOWN_COMMAND'),
      expect.stringContaining('* ERR FRAME_BAD_BYTE'),
      '* ERR TOO_MANY_ERRORS Too many errors: 3 of your lines were at fault. Closing',
      '* BYE too many errors',
    ]);
  });

  test('server: one under maxErrors it lives', async () => {
    const { join } = await memoryServer({ order: 'free', maxErrors: 3 });
    await join().say('a\x00', 'b\x00', 'fine').line('FINE');
  });

  test('server: the client over maxClients is told and ended, the next finds the place of one that has gone', async () => {
    const { server, join } = await memoryServer({ order: 'free', maxClients: 2 });
    const [first] = [join(), join()];
    const refused = vi.fn<(event: unknown) => void>();
    server.on('refuse', refused);
    const third = await join().end();
    expect(third.lines).toEqual([
      '* ERR SERVER_FULL Cannot let you in: 2 clients are connected. Try again later',
      '* BYE refused',
    ]);
    expect(refused).toHaveBeenCalledWith(expect.objectContaining({ code: 'SERVER_FULL' }));
    const left = once(server, 'leave');
    first.duplex.destroy();
    await left;
    await join().line('* WELCOME 3 1 main 1');
  });

  test('server: the client over maxClientsPerAddress is told and ended', async () => {
    const { join } = await memoryServer({ order: 'free', maxClientsPerAddress: 1 });
    await join().line('* WELCOME 1 1 main 1');
    const second = await join().end();
    expect(second.lines[0]).toBe(
      '* ERR ADDRESS_FULL Cannot let you in: 1 client is connected from your address',
    );
  });

  test('server: the turn deadline passes over the holder, who has its old place again', async () => {
    const { join } = await memoryServer({ clients: 3, turnTimeoutMs: 20 });
    const [first, second, third] = [join(), join(), join()];
    await second.line('* TURN 1');
    first.say('a1');
    await third.line('* SKIP 2 waited 20 ms');
    third.say('c1');
    await third.line('C1');
    second.say('b1');
    await first.until(
      ({ lines }) =>
        lines.filter((line) => line.startsWith('* SKIP 1')).length > 0 || lines.includes('* TURN 1'),
    );
    first.say('a2');
    await second.line('B1');
  });
});

describe('holding turns', () => {
  test('server: no turn deadline runs while turns are held, and a new one begins when they go on', async () => {
    const clock = new VirtualClock();
    const { server, join } = await memoryServer({ clients: 2, turnTimeoutMs: 1_000 }, clock);
    const waits: string[] = [];
    server.on('waited', ({ client, end, ms }) => waits.push(`${client} ${end} ${ms}`));
    const [ann, bob] = [join(), join().say('b')];
    await ann.line('* TURN 1');
    await clock.advance(400);
    server.hold('main', true);
    await clock.advance(10_000);
    expect(server.counts.skips).toBe(0);
    server.hold('main', false);
    await bob.until(({ lines }) => lines.filter((line) => line === '* TURN 1').length === 2);
    await clock.advance(999);
    expect(server.counts.skips).toBe(0);
    await clock.advance(1);
    await bob.line('B');
    expect(waits.slice(0, 2)).toEqual(['1 held 400', '1 skipped 1000']);
  });

  test.each([0, -1, 1.5, NaN, Infinity])('server: a step of %s turns is refused', async (turns) => {
    const { server } = await memoryServer();
    expect(() => server.step('main', turns)).toThrow(
      new RangeError(`Cannot serve ${turns} turns: expected an integer from 1`),
    );
  });

  test('server: close answers what was accepted while turns were held', async () => {
    const { server, join } = await memoryServer({ clients: 1 });
    const ann = await join().line('* TURN 1');
    server.hold('main', true);
    const read = once(server, 'entry');
    ann.say('a', 'b');
    await read;
    await server.close();
    expect(ann.replies).toEqual(['A', 'B']);
  });
});

describe('a handler', () => {
  test('server: it gets the line and who said it; what it returns is the answer', async () => {
    const { join } = await memoryServer({
      order: 'free',
      transform: (line, { seat, name, room }) =>
        line === 'none' ? undefined : `${room}/${seat} ${name} ${line}`,
    });
    const peer = join().say('/name Ann', 'hello', 'none');
    await peer.line('* OK');
    expect(peer.lines.slice(1)).toEqual(['* NAME 1 Ann', 'main/1 Ann hello', '* OK']);
  });

  const failed = '* ERR HANDLER Cannot answer: the handler failed';
  test.each([
    {
      name: 'throws',
      act: () => {
        throw new Error('secret');
      },
      answer: failed,
    },
    { name: 'rejects', act: () => Promise.reject(new Error('secret')), answer: failed },
    { name: 'returns a number', act: () => 7 as unknown as string, answer: failed },
    { name: 'resolves to null', act: () => Promise.resolve(null as unknown as string), answer: failed },
    {
      name: 'hangs',
      act: () => new Promise<string>(() => {}),
      answer: '* ERR HANDLER Cannot answer: the handler took more than 20 ms',
    },
    {
      name: 'returns a line with LF in it',
      act: () => 'two\nlines',
      answer: '* ERR HANDLER Cannot answer: the handler returned a line with byte 0x0a at 3',
    },
    {
      name: 'returns a character outside ASCII',
      act: () => 'sch\u00f6n',
      answer: '* ERR HANDLER Cannot answer: the handler returned a line with byte 0xf6 at 3',
    },
    {
      name: 'promises a line that is too long',
      act: () => Promise.resolve('x'.repeat(1_025)),
      answer: '* ERR HANDLER Cannot answer: the handler returned a line of 1025 bytes, longer than 1024',
    },
  ])('server: a handler that $name costs its line, and the next is answered', async ({ act, answer }) => {
    const transform = (line: string): string | Promise<string> => (line === 'bad' ? act() : line);
    const { server, join } = await memoryServer({ clients: 2, handlerTimeoutMs: 20, transform });
    const errors = vi.fn<(event: unknown) => void>();
    server.on('handlerError', errors);
    const [first, second] = [join(), join()];
    first.say('bad', 'good');
    second.say('other');
    await Promise.all([first.line('good'), second.line('other')]);
    expect(first.lines.filter((line) => line === answer || line === 'good')).toEqual([answer, 'good']);
    expect(second.replies).toEqual(['other']);
    expect(errors).toHaveBeenCalledOnce();
  });

  test('server: a late result of a handler that timed out is dropped', async () => {
    let finish = (_: string): void => {};
    const slow = new Promise<string>((resolve) => (finish = resolve));
    const { join } = await memoryServer({
      order: 'free',
      handlerTimeoutMs: 20,
      transform: (line) => (line === 'slow' ? slow : line),
    });
    const peer = join().say('slow');
    await peer.line(/took more than 20 ms/);
    finish('late');
    await peer.say('next').line('next');
    expect(peer.replies).toEqual(['next']);
  });
});

describe('close', () => {
  test('server: close tells everybody, answers what was accepted, and reports', async () => {
    const { server, join } = await memoryServer({ clients: 2 });
    const [first, second] = [join(), join()];
    second.say('waits');
    await once(server, 'line');
    const closed = server.close({ reason: 'going home' });
    await Promise.all([first.end(), second.end()]);
    expect(second.lines.slice(-3)).toEqual(['* QUIT - going home', 'WAITS', '* BYE going home']);
    expect(await closed).toMatchObject({ scope: 'all', seat: undefined, reason: 'going home', forced: [] });
    expect((await closed).clean.map(({ seat }) => seat)).toEqual([1, 2]);
    await expect(server.listen()).rejects.toThrow('Cannot listen: the server has been closed');
  });

  test('server: a client that does not end its side does not hold up the end', async () => {
    const { server, join } = await memoryServer({ order: 'free' });
    const stays = join();
    await stays.line('* WELCOME 1 1 main 1');
    const report = await server.close();
    expect(report.clean).toHaveLength(1);
  });

  test('server: after the grace, those that do not read are destroyed and named', async () => {
    const { server, join } = await memoryServer({ order: 'free', maxLineBytes: 100_000, graceMs: 50 });
    const deaf = join();
    deaf.duplex.pause();
    const [reader] = [join()];
    deaf.say(...count('z'.repeat(90_000), 3));
    await once(server, 'line');
    const closing = server.close();
    await reader.end();
    const report = await closing;
    expect(report.clean.map(({ seat }) => seat)).toEqual([2]);
    expect(report.forced.map(({ seat }) => seat)).toEqual([1]);
  });

  test('server: a second close forces', async () => {
    const { server, join } = await memoryServer({
      order: 'free',
      graceMs: 86_400_000,
      transform: () => new Promise(() => {}),
      handlerTimeoutMs: 'never',
    });
    join().say('hangs');
    await once(server, 'line');
    const closing = server.close();
    void server.close();
    expect((await closing).forced).toHaveLength(1);
  });

  test.each([
    { options: { reason: 'sch\u00f6n' }, want: String.raw`reason "sch\xf6n"` },
    { options: { reason: 'a\nb' }, want: String.raw`reason "a\nb"` },
    { options: { reason: 'x'.repeat(1_025) }, want: `reason "${'x'.repeat(64)}"` },
    { options: { reason: 7 as unknown as string }, want: 'reason number' },
    { options: { graceMs: -1 }, want: 'graceMs -1' },
    { options: { graceMs: Number.NaN }, want: 'graceMs NaN' },
    { options: { graceMs: '5' as unknown as number }, want: 'graceMs 5' },
  ])('server: close refuses $want, and closes nothing', async ({ options, want }) => {
    const { server, join } = await memoryServer({ order: 'free' });
    const peer = join();
    const expected = want.startsWith('reason')
      ? 'HT and 0x20 to 0x7E, at most 1024 bytes'
      : 'an integer from 0 to 86400000';
    await expect(server.close(options)).rejects.toThrow(
      new RangeError(`Cannot close with ${want}: expected ${expected}`),
    );
    await peer.say('served').line('SERVED');
    expect(server.isAccepting).toBe(true);
    expect((await server.close({ reason: 'x'.repeat(1_024), graceMs: 0 })).told).toHaveLength(1);
  });

  test.each([1, 2, 6, 12, 63])(
    'server: lines of at most %d bytes do not limit a reason of 64',
    async (maxLineBytes) => {
      const { server, join } = await memoryServer({ order: 'free', maxLineBytes });
      const peer = join();
      await peer.say('a').line('A');
      const reason = 'r'.repeat(64);
      await expect(server.close({ reason: `${reason}r` })).rejects.toThrow('at most 64 bytes');
      await Promise.all([server.close({ reason }), peer.end()]);
      expect(peer.lines.slice(-2)).toEqual([`* QUIT - ${reason}`, `* BYE ${reason}`]);
    },
  );

  test('server: asyncDispose closes, and a server without clients closes at once', async () => {
    const listener = new MemoryListener();
    {
      await using server = createServer({}, listener);
      await server.listen();
    }
    expect(() => listener.connect()).toThrow('nobody is listening');
  });

  test('server: the quit of a client closes all by default, and the report says who', async () => {
    const { server, join } = await memoryServer({ order: 'free' });
    const [first, second] = [join(), join()];
    await second.line('* WELCOME 2 1 main 1');
    second.say('/quit so long');
    await Promise.all([first.end(), second.end()]);
    expect(await server.closed).toMatchObject({ scope: 'all', seat: 2, room: 'main', reason: 'so long' });
  });

  test('server: quit room closes that room and the server goes on', async () => {
    const { server, join } = await memoryServer({ order: 'free', quit: 'room' });
    const [first, second, third] = [join(), join(), join()];
    await third.say('/join side').line('* WELCOME 1 1 side 1');
    const done = once(server, 'quitDone');
    first.say('quit');
    await Promise.all([first.end(), second.end()]);
    expect((await done)[0]).toMatchObject({ scope: 'room', room: 'main', seat: 1 });
    await third.say('still here').line('STILL HERE');
    await join().line('* WELCOME 1 1 main 1');
  });
});
