import { once } from 'node:events';
import type { Socket } from 'node:net';
import { describe, expect, test } from 'vitest';
import { type Client, type ClientError, connect, type Incoming } from '../../src/index.ts';
import { linesFrom, serve, settled, upper } from '../scripted-server.ts';

const WELCOME = '* WELCOME 1 1 main 1\n';

const refusal = (code: string): unknown => expect.objectContaining({ name: 'ClientError', code });

async function all(client: Client): Promise<Incoming[]> {
  const got: Incoming[] = [];
  for await (const incoming of client) got.push(incoming);
  return got;
}

test('ask: resolves with the answers of a thousand lines asked at once, in order', async () => {
  await using server = await serve(upper);
  await using client = await connect({ port: server.port });
  const asked = Array.from({ length: 1000 }, (_, i) => `line ${i}`);
  expect(await Promise.all(asked.map((line) => client.ask(line)))).toEqual(
    asked.map((line) => line.toUpperCase()),
  );
});

test('ask: settles by count among events, `* OK` as empty text, an ERR answer as REFUSED', async () => {
  await using server = await serve(async (socket) => {
    socket.write(WELCOME);
    const answers = [
      '* OK',
      '* TURN 1\n* ERR NOT_YOUR_TURN no\nB',
      '* ERR NO_SEAT Cannot send to 9: nobody here has that seat or name\t!',
      '** D',
    ];
    for await (const _ of linesFrom(socket)) socket.write(`${answers.shift()}\n`);
  });
  await using client = await connect({ port: server.port });
  const asked = await Promise.allSettled(['/to 2 a', 'b', '/to 9 c', '* d'].map((line) => client.ask(line)));
  expect(asked).toEqual([
    { status: 'fulfilled', value: '' },
    { status: 'fulfilled', value: 'B' },
    {
      status: 'rejected',
      reason: expect.objectContaining({
        code: 'REFUSED',
        answer: 'NO_SEAT',
        message: String.raw`Cannot get "/to 9 c" answered: NO_SEAT, "Cannot send to 9: nobody here has that seat or name\t!"`,
      }),
    },
    { status: 'fulfilled', value: '* D' },
  ]);
});

test('ask: throws at once for a command, for what is no line and for a line over the limit', async () => {
  await using server = await serve(upper);
  await using client = await connect({ port: server.port, maxLineBytes: 4 });
  expect(() => client.ask('/who')).toThrow(TypeError);
  expect(() => client.ask('a\nb')).toThrow(RangeError);
  expect(() => client.ask('\u010a')).toThrow(RangeError);
  expect(() => client.ask('12345')).toThrow(
    new RangeError('Cannot send line: it has 5 bytes, the limit is 4'),
  );
  expect(await client.ask('abcd')).toBe('ABCD');
});

test.each<[string, string, (socket: Socket) => void]>([
  ['UNANSWERED', 'goodbye comes first', (socket) => socket.end('A\n* BYE full\n')],
  ['CUT', 'the stream ends without goodbye', (socket) => socket.end('A\n')],
  ['CUT', 'the stream ends in the middle of a line', (socket) => socket.end('A\nhalf')],
  ['CUT', 'the connection is reset', (socket) => void socket.write('A\n', () => socket.resetAndDestroy())],
  ['BAD_LINE', 'a line is over the limit', (socket) => void socket.write(`A\n${'x'.repeat(1024 + 129)}`)],
  ['BAD_LINE', 'a line holds an escape byte', (socket) => void socket.write('A\n\u001b[2J\n')],
])('ask: rejects with %s when %s', async (code, _, finish) => {
  await using server = await serve(async (socket) => {
    socket.write(WELCOME);
    for await (const line of linesFrom(socket)) if (line === 'b') finish(socket);
  });
  const client = await connect({ port: server.port });
  const asked = await Promise.allSettled([client.ask('a'), client.ask('b'), client.ask('c')]);
  // A reset may overtake what was sent before it.
  expect(asked.slice(1)).toEqual(asked.slice(1).map(() => ({ status: 'rejected', reason: refusal(code) })));
  if (finish.toString().includes('resetAndDestroy')) return;
  expect(asked[0]).toEqual({ status: 'fulfilled', value: 'A' });
  expect((await client.ended).error).toEqual(refusal(code));
});

test('ask: rejects with NOT_OURS when something else is there', async () => {
  await using server = await serve((socket) => void socket.end('HTTP/1.1 400 Bad\u001b Request\r\n\r\n'));
  const client = await connect({ port: server.port });
  const failed = await client.ask('a').catch((error: unknown) => error);
  expect(failed).toEqual(refusal('NOT_OURS'));
  expect((failed as ClientError).message).toMatch(/^[\x20-\x7e]+$/);
});

test('ask: rejects with CLOSED after close, and so does say', async () => {
  await using server = await serve((socket) => void socket.write(WELCOME));
  const client = await connect({ port: server.port });
  const pending = client.ask('a').catch((error: unknown) => error);
  await client.close();
  expect(await pending).toEqual(refusal('CLOSED'));
  await expect(client.ask('b')).rejects.toEqual(refusal('CLOSED'));
  await expect(client.say('b')).rejects.toEqual(refusal('CLOSED'));
});

test('ask: refuses what is no text, and so does say', async () => {
  await using server = await serve((socket) => void socket.write(WELCOME));
  await using client = await connect({ port: server.port });
  const message = 'Cannot send number: expected a string or a Uint8Array';
  expect(() => client.ask(5 as unknown as string)).toThrow(new TypeError(message));
  expect(() => client.say(5 as unknown as string)).toThrow(new TypeError(message));
});

test('say: waits while 16,384 lines have no answer', async () => {
  let heard = 0;
  const held = new EventTarget();
  await using server = await serve(async (socket) => {
    socket.write(WELCOME);
    held.addEventListener('answer', () => void socket.write('X\n'.repeat(heard)));
    for await (const _ of linesFrom(socket)) heard++;
  });
  await using client = await connect({ port: server.port });
  await client[Symbol.asyncIterator]().next();
  let said = 0;
  const saying = (async () => {
    for (; said < 20_000; said++) await client.say('x');
  })();
  await settled(() => said + heard);
  expect([said, client.owed]).toEqual([16_383, 16_384]);
  const got = client.ask('last').catch((error: unknown) => error);
  held.dispatchEvent(new Event('answer'));
  await saying;
  expect(said).toBe(20_000);
  await client.close();
  expect(await got).toEqual(refusal('CLOSED'));
});

describe('the end', () => {
  test('close: a loop at work ends in peace, and so does one begun later', async () => {
    await using server = await serve((socket) => void socket.write(WELCOME));
    const client = await connect({ port: server.port });
    const verbs: string[] = [];
    const loop = (async () => {
      for await (const incoming of client) if (incoming.kind === 'event') verbs.push(incoming.event.verb);
    })();
    while (verbs.length === 0) await new Promise(setImmediate);
    await client.close();
    await loop;
    expect(verbs).toEqual(['WELCOME']);
    for await (const incoming of client) throw new Error(JSON.stringify(incoming));
    expect((await client.ended).error).toEqual(refusal('CLOSED'));
  });

  test('end: half-closes, and what is owed still comes', async () => {
    await using server = await serve(async (socket) => {
      socket.write(WELCOME);
      const held: string[] = [];
      for await (const line of linesFrom(socket)) held.push(line.toUpperCase());
      socket.end(`${held.join('\n')}\n* BYE end\n`);
    });
    const client = await connect({ port: server.port });
    const asked = Promise.all([client.ask('a'), client.ask('b')]);
    await client.end();
    expect(await asked).toEqual(['A', 'B']);
    expect(await client.ended).toEqual({ bye: 'end', unanswered: 0, asked: true, error: undefined });
  });

  test('quit: resolves when the server has ended the connection, however it is closed after goodbye', async () => {
    await using server = await serve(async (socket) => {
      socket.write(WELCOME);
      for await (const line of linesFrom(socket)) {
        if (line === 'quit') socket.write('* QUIT 1 quit\n* BYE quit\n', () => socket.resetAndDestroy());
      }
    });
    const client = await connect({ port: server.port });
    const got = all(client);
    const failed = await client.quit().catch((error: unknown) => error);
    // The reset may have thrown goodbye away: then the stream was cut, and says so.
    expect([undefined, 'CUT']).toContain((failed as ClientError | undefined)?.code);
    await got.catch(() => {});
    expect(await client.quit().catch((error: unknown) => error)).toBe(failed);
  });

  test('quit: ends the iterator too', async () => {
    await using server = await serve(upper);
    const client = await connect({ port: server.port });
    const got = all(client);
    await client.quit();
    expect((await got).map((incoming) => incoming.kind === 'event' && incoming.event.verb)).toEqual([
      'WELCOME',
      'QUIT',
      'BYE',
    ]);
  });
});

test('Client: the iterator gives answers to what was said and events in the order they came', async () => {
  await using server = await serve(upper);
  const client = await connect({ port: server.port });
  await client.say('a');
  await client.say('b');
  expect(client.isHalfClosed).toBe(false);
  client.halfClose();
  expect(client.isHalfClosed).toBe(true);
  expect(await all(client)).toEqual([
    { kind: 'event', event: expect.objectContaining({ verb: 'WELCOME' }) },
    { kind: 'answer', answer: { kind: 'reply', text: 'A' } },
    { kind: 'answer', answer: { kind: 'reply', text: 'B' } },
    { kind: 'event', event: { verb: 'BYE', reason: 'end' } },
  ]);
});

test('Client: the iterator throws what cut the stream, after the events before it', async () => {
  await using server = await serve((socket) => void socket.end(`${WELCOME}* TURN 1\n`));
  const client = await connect({ port: server.port });
  const got: Incoming[] = [];
  await expect(
    (async () => {
      for await (const incoming of client) got.push(incoming);
    })(),
  ).rejects.toEqual(refusal('CUT'));
  expect(got).toHaveLength(2);
});

test('Client: the iterator stops reading while the loop takes nothing, and loses nothing', async () => {
  const lines = 400_000;
  const stalled = new AbortController();
  await using server = await serve(async (socket) => {
    socket.write(WELCOME);
    for (let i = 0; i < lines; i += 1000) {
      const block = Array.from({ length: 1000 }, (_, j) => `* MSG 2 ${i + j}\n`).join('');
      if (!socket.write(block)) {
        // More than the kernel takes: the client does not read.
        stalled.abort();
        await once(socket, 'drain');
      }
    }
    socket.end('* BYE end\n');
  });
  const client = await connect({ port: server.port });
  let next = 0;
  for await (const incoming of client) {
    if (incoming.kind !== 'event' || incoming.event.verb !== 'MSG') continue;
    if (next === 0 && !stalled.signal.aborted) await once(stalled.signal, 'abort');
    if (incoming.event.text !== String(next)) break;
    next++;
  }
  expect(next).toBe(lines);
});

test('Client: the iterator does not stop an ask that is waited for in the loop: drops the oldest and says how many', async () => {
  await using server = await serve(async (socket) => {
    const flood = Array.from({ length: 500 }, (_, i) => `* MSG 2 ${i}\n`).join('');
    socket.write(WELCOME + flood);
    for await (const line of linesFrom(socket)) socket.write(`${line.toUpperCase()}\n`);
    socket.end('* BYE end\n');
  });
  const client = await connect({ port: server.port, maxEvents: 10 });
  let answer: string | undefined;
  let lost = 0;
  let seen = 0;
  for await (const incoming of client) {
    if (incoming.kind === 'lost') lost += incoming.count;
    else seen++;
    if (answer !== undefined) continue;
    answer = await client.ask('a');
    client.halfClose();
  }
  expect(answer).toBe('A');
  // WELCOME, 500 MSG and BYE.
  expect(lost).toBeGreaterThanOrEqual(490);
  expect(lost + seen).toBe(502);
});

test('Client: the iterator keeps the newest when nobody iterates, and asks are not held up', async () => {
  await using server = await serve(async (socket) => {
    socket.write(WELCOME + '* TURN 1\n'.repeat(5000));
    for await (const line of linesFrom(socket)) socket.write(`${line.toUpperCase()}\n`);
    socket.end('* BYE end\n');
  });
  const client = await connect({ port: server.port, maxEvents: 3 });
  expect(await client.ask('a')).toBe('A');
  await client.end();
  const [first, ...rest] = await all(client);
  expect(first).toEqual({ kind: 'lost', count: 4999 });
  expect(rest).toHaveLength(3);
});
