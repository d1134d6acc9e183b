import { EventEmitter, getEventListeners, once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { connect } from 'node:net';
import { PassThrough, Readable } from 'node:stream';
import { runInNewContext } from 'node:vm';
import { afterEach, expect, test } from 'vitest';
import { type Frame, type Framing, lines } from '../src/index.ts';
import { shown } from '../src/one-line.ts';
import { frames } from '../src/node/index.ts';
import { wire } from './wire.ts';

const open: Socket[] = [];
afterEach(() => open.splice(0).forEach((socket) => socket.destroy()));

/** Two ends of one TCP connection. */
async function pair(): Promise<[Socket, Socket]> {
  const server = createServer({ allowHalfOpen: true });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('Cannot connect: there is no port');
  const near = connect({ port: address.port, host: '127.0.0.1', allowHalfOpen: true });
  const accepted: Promise<Socket> = new Promise((resolve) => server.once('connection', resolve));
  const far = await accepted;
  server.close();
  open.push(near, far);
  return [near, far];
}

async function collect(stream: Readable, options?: { signal: AbortSignal }): Promise<Frame[]> {
  const got: Frame[] = [];
  for await (const frame of frames(stream, lines(), options)) got.push(frame);
  return got;
}

test('frames: 7 every frame of a socket arrives, empty ones too, and the cut tail', async () => {
  const [near, far] = await pair();
  far.write('a\n\n\r\nb');
  far.end('c\nd');
  expect(await collect(near)).toEqual(['a', '', '', 'bc', { code: 'FRAME_INCOMPLETE', offset: 9, bytes: 1 }]);
});

test('frames: 1 whatever chunks a stream gives', async () => {
  const chunks = Array.from(wire('a\r\n\nbc\n'), (byte) => Uint8Array.of(byte));
  expect(await collect(Readable.from(chunks, { objectMode: false }))).toEqual(['a', '', 'bc']);
});

test('frames: a consumer that stops stops the socket', async () => {
  const [near, far] = await pair();
  const total = 64 * 1024 * 1024;
  let written = 0;
  const line = Buffer.alloc(64 * 1024, 'x');
  line[line.length - 1] = 0x0a;
  const fill = (): void => {
    while (written < total && far.write(line)) written += line.length;
  };
  far.on('drain', fill);
  fill();
  let count = 0;
  for await (const frame of frames(near, lines())) {
    expect(frame).toHaveLength(line.length - 1);
    // Long enough for a socket that is not stopped to take in all of it.
    if (++count === 3) for (let turn = 0; turn < 500; turn++) await new Promise(setImmediate);
    if (count === 4) break;
  }
  expect(written).toBeLessThan(total);
  expect(near.bytesRead).toBeLessThan(1024 * 1024);
});

test('frames: after break the stream is open, without listeners of ours, and is read on with the decoder', async () => {
  const [near, far] = await pair();
  const before = near.eventNames().map((name) => [name, near.listenerCount(name)]);
  const decoder = lines().decoder();
  far.write('a\nb\nc\n');
  for await (const frame of frames(near, decoder)) {
    expect(frame).toBe('a');
    break;
  }
  expect(near.destroyed).toBe(false);
  expect(near.eventNames().map((name) => [name, near.listenerCount(name)])).toEqual(before);
  far.end('d\n');
  const rest: unknown[] = [];
  for await (const frame of frames(near, decoder)) rest.push(frame);
  expect(rest).toEqual(['b', 'c', 'd']);
});

test('frames: take in the loop is about the bytes that follow the frame', async () => {
  const [near, far] = await pair();
  far.end('$4\r\na\r\nb\r\n+OK\r\n');
  const decoder = lines().decoder<Uint8Array>();
  const got: unknown[] = [];
  for await (const frame of frames(near, decoder)) {
    got.push(frame);
    if (frame === '$4') decoder.take(4);
  }
  expect(got).toEqual(['$4', wire('a\r\nb'), '', '+OK']);
});

test('frames: an abort rejects with its reason and leaves the stream alone', async () => {
  const [near, far] = await pair();
  const abort = new AbortController();
  const reason = new Error('enough');
  const reading = frames(near, lines(), { signal: abort.signal });
  far.write('a\n');
  expect(await reading.next()).toEqual({ done: false, value: 'a' });
  const waiting = reading.next();
  abort.abort(reason);
  await expect(waiting).rejects.toBe(reason);
  expect(await reading.next()).toEqual({ done: true, value: undefined });
  expect([near.destroyed, near.listenerCount('readable')]).toEqual([false, 0]);
  await expect(collect(near, { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
});

test('frames: a stream`s error rejects, after the frames that came before it', async () => {
  const stream = new PassThrough();
  const error = new Error('ECONNRESET');
  const reading = frames(stream, lines());
  stream.write('a\nb\n');
  expect(await reading.next()).toEqual({ done: false, value: 'a' });
  stream.destroy(error);
  expect(await reading.next()).toEqual({ done: false, value: 'b' });
  await expect(reading.next()).rejects.toBe(error);
  await expect(collect(stream)).rejects.toBe(error);
});

test('frames: 7 what was received before an error is read, then it rejects', async () => {
  const stream = new PassThrough();
  const error = new Error('ECONNRESET');
  const reading = frames(stream, lines());
  stream.write('a\n');
  expect((await reading.next()).value).toBe('a');
  stream.write('b\nc\nd');
  stream.destroy(error);
  await new Promise((resolve) => stream.once('close', resolve));
  expect([(await reading.next()).value, (await reading.next()).value]).toEqual(['b', 'c']);
  await expect(reading.next()).rejects.toBe(error);
  expect((await reading.next()).done).toBe(true);
});

test('frames: a stream that is over gives nothing, one destroyed early a cut tail', async () => {
  const over = Readable.from([]);
  await once(over.resume(), 'close');
  expect(await collect(over)).toEqual([]);
  const stream = new PassThrough();
  const reading = frames(stream, lines());
  stream.write('a\nb');
  expect((await reading.next()).value).toBe('a');
  const next = reading.next();
  stream.destroy();
  expect((await next).value).toEqual({ code: 'FRAME_INCOMPLETE', offset: 3, bytes: 1 });
  expect((await reading.next()).done).toBe(true);
});

test('frames: calls of next() that wait together are answered in order, return() ends them', async () => {
  const stream = new PassThrough();
  const reading = frames(stream, lines());
  const waiting = [reading.next(), reading.next(), reading.next()];
  stream.write('a\nb\n');
  expect(await Promise.all(waiting.slice(0, 2))).toEqual([
    { done: false, value: 'a' },
    { done: false, value: 'b' },
  ]);
  expect(await reading.return?.()).toEqual({ done: true, value: undefined });
  expect(await waiting[2]).toEqual({ done: true, value: undefined });
});

test('frames: a stream with an encoding is the caller`s mistake', async () => {
  const stream = new PassThrough();
  stream.setEncoding('latin1');
  stream.end('a\n');
  await expect(collect(stream)).rejects.toThrow(
    new TypeError('Cannot read frames: the stream returned a string, expected Uint8Array'),
  );
});

test('frames: several next() at once get the frames in the order in which they asked', async () => {
  const stream = new PassThrough();
  const reader = frames(stream, lines());
  const first = reader.next();
  stream.push('a\nb\n');
  const second = reader.next();
  expect([(await first).value, (await second).value]).toEqual(['a', 'b']);
});

test('frames: a stream that has ended and was not destroyed is at its end', async () => {
  const stream = new Readable({ autoDestroy: false, read() {} });
  stream.push(null);
  stream.resume();
  await once(stream, 'end');
  expect(stream.destroyed).toBe(false);
  expect(await frames(stream, lines()).next()).toEqual({ done: true, value: undefined });
});

test('frames: after an abort nothing more is read from the stream, and nothing listens to the signal', async () => {
  const stream = new PassThrough();
  stream.push('a\n');
  const controller = new AbortController();
  const reader = frames(stream, lines(), { signal: controller.signal });
  expect((await reader.next()).value).toBe('a');
  stream.push('b\n');
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(1);
  controller.abort(new Error('enough'));
  await expect(reader.next()).rejects.toThrow('enough');
  expect(stream.read()).toEqual(Buffer.from('b\n'));
  expect(getEventListeners(controller.signal, 'abort')).toHaveLength(0);
});

test('frames: 7 what was received before the stream was destroyed is read, then the cut tail', async () => {
  const stream = new PassThrough();
  const reading = frames(stream, lines());
  stream.write('a\n');
  expect((await reading.next()).value).toBe('a');
  stream.write('b\nc');
  stream.destroy();
  await once(stream, 'close');
  expect((await reading.next()).value).toBe('b');
  expect((await reading.next()).value).toEqual({ code: 'FRAME_INCOMPLETE', offset: 5, bytes: 1 });
  expect((await reading.next()).done).toBe(true);
});

test('frames: a decoder that was told the end rejects, for one who waits and for one who comes later', async () => {
  const ended = new TypeError('Cannot push 2 bytes: end() was already called');
  const stream = new PassThrough();
  const reading = frames(stream, lines().decoder().end());
  const waiting = reading.next();
  stream.write('a\n');
  await expect(waiting).rejects.toThrow(ended);
  expect((await reading.next()).done).toBe(true);
  const buffered = new PassThrough();
  buffered.write('a\n');
  await expect(frames(buffered, lines().decoder().end()).next()).rejects.toThrow(ended);
});

test('frames: a stream without `errored`, as older libraries make them, is read', async () => {
  const stream = new PassThrough();
  Object.defineProperty(stream, 'errored', { value: undefined });
  stream.end('a\n');
  expect(await collect(stream)).toEqual(['a']);
});

test('frames: an error of a stream that goes on reads no more than was buffered', async () => {
  let reads = 0;
  const stream = new Readable({
    read() {
      this.push(reads++ < 200 ? Buffer.alloc(65_536, 'abc\n') : null);
    },
  });
  const reading = frames(stream, lines());
  expect((await reading.next()).value).toBe('abc');
  const before = reads;
  stream.emit('error', new Error('enough'));
  expect(reads).toBeLessThan(before + 3);
  stream.destroy();
});

test('frames: chunks of another realm, several buffered as objects, come before the error', async () => {
  const foreign = (text: string): unknown =>
    runInNewContext(`Uint8Array.from(${JSON.stringify([...wire(text)])})`);
  const stream = new Readable({ objectMode: true, read() {} });
  const reading = frames(stream, lines());
  for (const text of ['a\n', 'b', '\nc\n']) stream.push(foreign(text));
  stream.destroy(new Error('enough'));
  expect((await reading.next()).value).toBe('a');
  await new Promise((resolve) => stream.once('close', resolve));
  expect([(await reading.next()).value, (await reading.next()).value]).toEqual(['b', 'c']);
  await expect(reading.next()).rejects.toThrow('enough');
});

test('frames: two at once on one stream would take frames from each other: the second is refused', async () => {
  const stream = new PassThrough();
  const first = frames(stream, lines());
  const second = frames(stream, lines());
  const refused = new TypeError(
    'Cannot read frames: another frames() is reading this stream. Leave its loop, or call its return()',
  );
  stream.write('a\nb\n');
  expect(await first.next()).toEqual({ done: false, value: 'a' });
  expect(() => frames(stream, lines())).toThrow(refused);
  await expect(second.next()).rejects.toThrow(refused);
  expect(await second.next()).toEqual({ done: true, value: undefined });
  expect(() => frames(stream, lines())).toThrow(refused);
  await first.return?.();
  stream.end('c\n');
  expect(await collect(stream)).toEqual(['c']);
  expect(await collect(stream)).toEqual([]);
});

test.each([
  ...[
    undefined,
    null,
    'a\n',
    Buffer.from('a\n'),
    [Buffer.from('a\n')],
    new EventEmitter(),
    new WritableStream(),
    { on() {}, read() {} },
  ].map((stream) => ({
    stream,
    framing: lines(),
    text: 'expected a Node stream, a Web ReadableStream or an async iterable of bytes',
  })),
  { stream: Readable.from([]), framing: lines, text: 'expected a framing, such as lines(), or a decoder' },
  {
    stream: Readable.from([]),
    framing: { maxFrameBytes: 80 },
    text: 'expected a framing, such as lines(), or a decoder',
  },
  { stream: Readable.from([]), framing: null, text: 'expected a framing, such as lines(), or a decoder' },
  {
    stream: Readable.from([]),
    framing: undefined,
    text: 'expected a framing, such as lines(), or a decoder',
  },
])('frames: what a caller without types may do is refused: $text', ({ stream, framing, text }) => {
  expect(() => frames(stream as unknown as Readable, framing as unknown as Framing)).toThrow(
    new TypeError(`Cannot read frames: ${text}`),
  );
});

test.each([null, 5, 'abort', {}, new AbortController()])(
  'frames: a signal that is none is refused: %s',
  (signal) => {
    expect(() => frames(Readable.from([]), lines(), { signal: signal as AbortSignal })).toThrow(
      new TypeError(`Cannot read frames: signal is ${shown(signal)}, expected an AbortSignal`),
    );
  },
);

test('frames: one that is made and never read leaves the stream to others', async () => {
  const stream = new PassThrough();
  const { signal } = new AbortController();
  const before = stream.eventNames().map((name) => [name, stream.listenerCount(name)]);
  const idle = frames(stream, lines(), { signal });
  expect(stream.eventNames().map((name) => [name, stream.listenerCount(name)])).toEqual(before);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  stream.end('a\n');
  expect(await collect(stream)).toEqual(['a']);
  // It comes too late, and that is no fault.
  expect(await idle.next()).toEqual({ done: true, value: undefined });
});

test('frames: one that is left before it was read takes nothing', async () => {
  const stream = new PassThrough();
  const reading = frames(stream, lines());
  stream.end('a\n');
  expect(await reading.return?.()).toEqual({ done: true, value: undefined });
  expect(await reading.next()).toEqual({ done: true, value: undefined });
  expect(await collect(stream)).toEqual(['a']);
});

test.each(['destroyed', 'ended'])(
  'frames: a stream that was %s before the first next() gives what it had received',
  async (how) => {
    const stream = new PassThrough();
    stream.write('a\nb');
    const reading = frames(stream, lines());
    if (how === 'destroyed') await once(stream.destroy(), 'close');
    else stream.end();
    expect((await reading.next()).value).toBe('a');
    expect((await reading.next()).value).toEqual({ code: 'FRAME_INCOMPLETE', offset: 3, bytes: 1 });
    expect((await reading.next()).done).toBe(true);
  },
);

test('frames: an error before the first next() rejects it, after the frames received before', async () => {
  const stream = new PassThrough();
  const error = new Error('ECONNRESET');
  stream.on('error', () => {});
  stream.write('a\n');
  const reading = frames(stream, lines());
  await new Promise((resolve) => stream.destroy(error).once('close', resolve));
  expect((await reading.next()).value).toBe('a');
  await expect(reading.next()).rejects.toBe(error);
});

test('frames: an iterator is released when its block ends', async () => {
  const stream = new PassThrough();
  stream.write('a\nb\n');
  const decoder = lines().decoder();
  const reading = frames(stream, decoder);
  expect((await reading.next()).value).toBe('a');
  await reading[Symbol.asyncDispose]();
  expect([stream.destroyed, stream.listenerCount('readable')]).toEqual([false, 0]);
  expect(await reading.next()).toEqual({ done: true, value: undefined });
  expect((await frames(stream, decoder).next()).value).toBe('b');
});
