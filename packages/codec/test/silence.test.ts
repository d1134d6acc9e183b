// Silence as an end, with a clock that the tests move.
import { PassThrough, Readable } from 'node:stream';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type Decoder, type Frame, type Framing, lines } from '../src/index.ts';
import { netstring } from '../src/framings/index.ts';
import { frames } from '../src/node/index.ts';
import { wire } from './wire.ts';

beforeEach(
  () => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'clearImmediate'] }),
);
afterEach(() => vi.useRealTimers());

const MS = 50;
type Result = IteratorResult<Frame, undefined>;

/** Lines whose tail is a frame, as devices without a line end need it. */
const tails: Framing = { ...lines(), decoder: () => new Tails() };
class Tails implements Decoder {
  #text = '';
  #ended = false;
  offset = 0;
  get partialBytes(): number {
    return this.#text.length;
  }
  push(chunk: Uint8Array): this {
    this.#text += Buffer.from(chunk).toString('latin1');
    return this;
  }
  decode = (chunk: Uint8Array): Frame[] => [...this.push(chunk)];
  read(): string | undefined {
    const lf = this.#text.indexOf('\n');
    if (lf === -1 && (!this.#ended || this.#text === '')) return undefined;
    const frame = lf === -1 ? this.#text : this.#text.slice(0, lf);
    this.#text = lf === -1 ? '' : this.#text.slice(lf + 1);
    return frame;
  }
  end(): this {
    this.#ended = true;
    return this;
  }
  take = (): void => {};
  *[Symbol.iterator](): Generator<string> {
    for (let frame = this.read(); frame !== undefined; frame = this.read()) yield frame;
  }
}

/** Time passes, and the immediates run. The fake clock runs an immediate at its next tick. */
async function pass(ms: number): Promise<void> {
  await vi.advanceTimersByTimeAsync(ms);
  await vi.advanceTimersByTimeAsync(1);
}

/** A promise's result, if it has one without more time. */
async function settled(promise: Promise<Result>): Promise<unknown> {
  let result: unknown = 'waits';
  promise.then(
    ({ value, done }) => (result = done === true ? 'done' : value),
    (error: unknown) => (result = error),
  );
  await vi.advanceTimersByTimeAsync(0);
  return result;
}

function open(framing: Framing): {
  stream: PassThrough;
  next: () => Promise<Result>;
  reading: AsyncIterator<Frame>;
} {
  const stream = new PassThrough();
  const reading = frames(stream, framing, { silenceMs: MS });
  return { stream, reading, next: () => reading.next() };
}

test('frames: silence ends an unfinished frame, and not before its time', async () => {
  const { stream, next } = open(tails);
  stream.write('one\ntw');
  expect(await settled(next())).toBe('one');
  const two = next();
  expect(await settled(two)).toBe('waits');
  await vi.advanceTimersByTimeAsync(MS - 1);
  expect(await settled(two)).toBe('waits');
  await pass(1);
  expect(await settled(two)).toBe('tw');
  stream.write('o\n');
  expect(await settled(next())).toBe('o');
});

test('frames: each byte restarts the time', async () => {
  const { stream, next } = open(tails);
  const waiting = next();
  for (const text of ['a', 'b', 'c']) {
    stream.write(text);
    expect(await settled(waiting)).toBe('waits');
    await vi.advanceTimersByTimeAsync(MS - 1);
  }
  expect(await settled(waiting)).toBe('waits');
  await pass(1);
  expect(await settled(waiting)).toBe('abc');
});

test('frames: between frames, silence is nothing', async () => {
  const { stream, next } = open(tails);
  stream.write('a\n');
  expect(await settled(next())).toBe('a');
  const waiting = next();
  await vi.advanceTimersByTimeAsync(10 * MS);
  expect([await settled(waiting), vi.getTimerCount()]).toEqual(['waits', 0]);
  stream.end('b');
  expect(await settled(waiting)).toBe('b');
});

test('frames: a consumer that is slow cuts nothing: bytes that have arrived come first', async () => {
  const { stream, next } = open(tails);
  stream.write('a\nb');
  expect(await settled(next())).toBe('a');
  await vi.advanceTimersByTimeAsync(10 * MS);
  stream.write('c\n');
  expect(await settled(next())).toBe('bc');
});

test('frames: bytes that have arrived when the time is up belong to the frame', async () => {
  const { stream, next } = open(tails);
  const waiting = next();
  stream.write('a');
  expect(await settled(waiting)).toBe('waits');
  // As a process does that was stopped for a while: first its timers, then what has arrived, then its immediates.
  setTimeout(() => stream.write('b\n'), MS);
  await pass(MS);
  expect(await settled(waiting)).toBe('ab');
  expect(vi.getTimerCount()).toBe(0);
});

test('frames: what a framing makes of a cut tail has its offset in the stream, then a new decoder continues', async () => {
  const ofLines = open(lines());
  ofLines.stream.write('one\ntw');
  expect(await settled(ofLines.next())).toBe('one');
  const cut = ofLines.next();
  await settled(cut);
  await pass(MS);
  expect(await settled(cut)).toEqual({ code: 'FRAME_INCOMPLETE', offset: 6, bytes: 2 });
  ofLines.stream.write('o\rx\ny\n');
  expect(await settled(ofLines.next())).toEqual({ code: 'FRAME_BARE_CR', offset: 7 });
  expect(await settled(ofLines.next())).toBe('y');

  const lost = open(netstring());
  lost.stream.write('1:a;1:b,');
  expect(await settled(lost.next())).toMatchObject({ code: 'FRAME_MALFORMED', offset: 3 });
  const waiting = lost.next();
  await settled(waiting);
  await pass(MS);
  lost.stream.write('1:c,');
  expect(await settled(waiting)).toBe('c');
});

test('frames: the end, return(), an abort and an error leave no timer', async () => {
  const abort = new AbortController();
  const stream = new PassThrough();
  const aborted = frames(stream, tails, { silenceMs: MS, signal: abort.signal }).next();
  stream.write('a');
  expect([await settled(aborted), vi.getTimerCount()]).toEqual(['waits', 1]);
  abort.abort(new Error('enough'));
  expect([await settled(aborted), vi.getTimerCount()]).toEqual([new Error('enough'), 0]);

  const left = open(tails);
  left.stream.write('a');
  const waiting = left.next();
  await settled(waiting);
  await left.reading.return?.();
  expect([await settled(waiting), vi.getTimerCount()]).toEqual(['done', 0]);

  const ended = open(tails);
  ended.stream.write('a');
  const tail = ended.next();
  await settled(tail);
  ended.stream.end();
  expect([await settled(tail), vi.getTimerCount()]).toEqual(['a', 0]);
});

test('frames: a framing that throws when silence ends its frame rejects', async () => {
  const error = new Error('a framing of my own');
  const framing: Framing = {
    ...tails,
    decoder() {
      const decoder = new Tails();
      decoder.end = () => {
        throw error;
      };
      return decoder;
    },
  };
  const { stream, next } = open(framing);
  const waiting = next();
  stream.write('a');
  await settled(waiting);
  await pass(MS);
  expect(await settled(waiting)).toBe(error);
  expect(await settled(next())).toBe('done');
});

test('frames: a chunk of a Web stream that was asked for before the silence comes after it', async () => {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
  const reading = frames(stream, tails, { silenceMs: MS });
  const waiting = reading.next();
  controller?.enqueue(wire('a'));
  expect(await settled(waiting)).toBe('waits');
  await pass(MS);
  expect(await settled(waiting)).toBe('a');
  controller?.enqueue(wire('b\n'));
  expect(await settled(reading.next())).toBe('b');
});

test.each([0, -1, 1.5, 2 ** 31, Number.NaN, Infinity, '5', null])(
  'frames: silenceMs %s is refused',
  (silenceMs) => {
    expect(() => frames(Readable.from([]), lines(), { silenceMs: silenceMs as number })).toThrow(
      new RangeError(
        `Cannot read frames: silenceMs is ${typeof silenceMs === 'string' ? JSON.stringify(silenceMs) : String(silenceMs)}, expected an integer from 1 to 2147483647`,
      ),
    );
  },
);

test.each([1, 2 ** 31 - 1])('frames: silenceMs %i is taken', async (silenceMs) => {
  await using reading = frames(Readable.from([]), lines(), { silenceMs });
  expect(await reading.next()).toMatchObject({ done: true });
});

test('frames: silenceMs needs a framing, because a new decoder continues', () => {
  expect(() => frames(Readable.from([]), lines().decoder(), { silenceMs: MS })).toThrow(
    new TypeError('Cannot read frames: silenceMs needs a framing, not a decoder'),
  );
});
