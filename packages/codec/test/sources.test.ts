// What `frames` reads besides Node streams: Web streams and async iterables of bytes.
import { once } from 'node:events';
import { Readable } from 'node:stream';
import { setImmediate } from 'node:timers/promises';
import { expect, expectTypeOf, test } from 'vitest';
import { type Frame, lines } from '../src/index.ts';
import { type ByteSource, frames } from '../src/node/index.ts';
import { wire } from './wire.ts';

const TEXT = 'a\n\n\r\nbc\nd';
const cut = { code: 'FRAME_INCOMPLETE', offset: 9, bytes: 1 };

async function* generated(chunks: readonly unknown[]): AsyncGenerator<Uint8Array, undefined> {
  for (const chunk of chunks) {
    await setImmediate();
    yield chunk as Uint8Array;
  }
}

/** Each kind of source, of these chunks. */
const kinds: readonly { kind: string; of: (chunks: readonly unknown[]) => ByteSource }[] = [
  { kind: 'a Node stream', of: (chunks) => Readable.from(chunks) },
  { kind: 'a Web stream', of: (chunks) => ReadableStream.from(chunks as Uint8Array[]) },
  { kind: 'a generator', of: generated },
  {
    kind: 'an iterator without return',
    of: (chunks) => {
      const left = [...chunks] as Uint8Array[];
      const next = (): Promise<IteratorResult<Uint8Array>> =>
        Promise.resolve(
          left.length === 0 ? { done: true, value: undefined } : { done: false, value: left.shift()! },
        );
      return { [Symbol.asyncIterator]: () => ({ next }) };
    },
  },
];

async function collect(source: ByteSource): Promise<Frame[]> {
  const got: Frame[] = [];
  for await (const frame of frames(source, lines())) got.push(frame);
  return got;
}

test.each(kinds)('frames of $kind: 1 and 7 every frame, however the bytes were cut', async ({ of }) => {
  for (const size of [1, 3, 100]) {
    const chunks = Array.from({ length: Math.ceil(TEXT.length / size) }, (_, at) =>
      wire(TEXT.slice(at * size, (at + 1) * size)),
    );
    expect(await collect(of(chunks))).toEqual(['a', '', '', 'bc', cut]);
  }
  expect(await collect(of([]))).toEqual([]);
});

test.each(kinds)(
  'frames of $kind: after break it is read on with the decoder, nothing is lost',
  async ({ of }) => {
    const source = of(['a\nb\nc', '\nd\n', 'e\n'].map(wire));
    const decoder = lines().decoder();
    const got: unknown[] = [];
    for (const most of [1, 3, 9]) {
      for await (const frame of frames(source, decoder)) {
        got.push(frame);
        if (got.length === most) break;
      }
    }
    expect(got).toEqual(['a', 'b', 'c', 'd', 'e']);
  },
);

test.each(kinds)('frames of $kind: take in the loop is about the bytes that follow', async ({ of }) => {
  const decoder = lines().decoder<Uint8Array>();
  const got: unknown[] = [];
  for await (const frame of frames(of(['$4\r\na\r', '\nb\r\n+OK\r\n'].map(wire)), decoder)) {
    got.push(frame);
    if (frame === '$4') decoder.take(4);
  }
  expect(got).toEqual(['$4', wire('a\r\nb'), '', '+OK']);
});

test.each(kinds)(
  'frames of $kind: a chunk that is no bytes rejects, after the frames before it',
  async ({ of }) => {
    for (const wrong of ['b\n', 5, {}, [98, 10], new DataView(new ArrayBuffer(1))]) {
      const reading = frames(of([wire('a\n'), wrong]), lines());
      expect((await reading.next()).value).toBe('a');
      await expect(reading.next()).rejects.toThrow(
        new TypeError(`Cannot read frames: the stream returned a ${typeof wrong}, expected Uint8Array`),
      );
      expect(await reading.next()).toEqual({ done: true, value: undefined });
    }
  },
);

test.each(kinds)(
  'frames of $kind: the second reader is refused as long as the first is there',
  async ({ of }) => {
    const source = of(['a\nb\n', 'c\n'].map(wire));
    const first = frames(source, lines());
    const second = frames(source, lines());
    expect((await first.next()).value).toBe('a');
    await expect(second.next()).rejects.toThrow('another frames() is reading this stream');
    expect(() => frames(source, lines())).toThrow('another frames() is reading this stream');
    await first.return?.();
    expect(await collect(source)).toEqual(['c']);
  },
);

test.each(kinds)('frames of $kind: several next() at once are answered in order', async ({ of }) => {
  const reading = frames(of(['a\n', 'b\nc', '\n'].map(wire)), lines());
  const results = await Promise.all([reading.next(), reading.next(), reading.next(), reading.next()]);
  expect(results.map(({ value }) => value as unknown)).toEqual(['a', 'b', 'c', undefined]);
  expect(results.map(({ done }) => done)).toEqual([false, false, false, true]);
});

test('frames of a Web stream: it is locked from the first next() until it is left, and never cancelled', async () => {
  let cancelled = false;
  const stream = new ReadableStream<Uint8Array>({
    pull: (controller) => controller.enqueue(wire('a\n')),
    cancel: () => {
      cancelled = true;
    },
  });
  const reading = frames(stream, lines());
  expect(stream.locked).toBe(false);
  expect((await reading.next()).value).toBe('a');
  expect(stream.locked).toBe(true);
  await reading.return?.();
  expect([stream.locked, cancelled]).toEqual([false, false]);
  for await (const frame of frames(stream, lines())) {
    expect(frame).toBe('a');
    break;
  }
  expect([stream.locked, cancelled]).toEqual([false, false]);
});

test('frames of a Web stream: one that somebody else has locked rejects', async () => {
  const stream = ReadableStream.from([wire('a\n')]);
  const reader = stream.getReader();
  await expect(frames(stream, lines()).next()).rejects.toThrow(TypeError);
  reader.releaseLock();
  expect(await collect(stream)).toEqual(['a']);
});

test('frames of a Web stream: nothing is read ahead of the frames taken', async () => {
  let pulled = 0;
  const stream = new ReadableStream<Uint8Array>(
    {
      pull(controller) {
        pulled++;
        controller.enqueue(wire('a\nb\n'));
      },
    },
    { highWaterMark: 0 },
  );
  const reading = frames(stream, lines());
  await reading.next();
  await reading.next();
  await setImmediate();
  expect(pulled).toBe(1);
  await reading.next();
  expect(pulled).toBe(2);
});

test('frames of a Web stream: its error rejects, and an abort leaves what comes later to the next reader', async () => {
  let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
  const stream = new ReadableStream<Uint8Array>({ start: (given) => void (controller = given) });
  const decoder = lines().decoder();
  const abort = new AbortController();
  const waiting = frames(stream, decoder, { signal: abort.signal }).next();
  abort.abort(new Error('enough'));
  await expect(waiting).rejects.toThrow('enough');
  expect(stream.locked).toBe(false);
  controller?.enqueue(wire('a\n'));
  const reading = frames(stream, decoder);
  expect((await reading.next()).value).toBe('a');
  const error = new Error('reset');
  controller?.error(error);
  await expect(reading.next()).rejects.toBe(error);
  expect(stream.locked).toBe(false);
});

test.each([
  { how: 'left', leave: 'return' },
  { how: 'aborted', leave: 'abort' },
] as const)(
  'frames of an async iterable: a chunk asked for before it was $how is not lost',
  async ({ leave }) => {
    let deliver: ((result: IteratorResult<Uint8Array>) => void) | undefined;
    const iterator = {
      next: (): Promise<IteratorResult<Uint8Array>> => new Promise((resolve) => (deliver = resolve)),
      return: (): never => {
        throw new Error('it is not ours to close');
      },
      [Symbol.asyncIterator]: (): AsyncIterator<Uint8Array> => iterator,
    };
    const decoder = lines().decoder();
    const abort = new AbortController();
    const first = frames(iterator, decoder, { signal: abort.signal });
    const waiting = first.next().catch((error: unknown) => error);
    if (leave === 'return') await first.return?.();
    else abort.abort(new Error('enough'));
    await waiting;
    deliver?.({ done: false, value: wire('a\nb\n') });
    await setImmediate();
    const reading = frames(iterator, decoder);
    expect([(await reading.next()).value, (await reading.next()).value]).toEqual(['a', 'b']);
  },
);

test.each([
  { what: 'next() rejects', iterator: { next: () => Promise.reject(new Error('broken')) } },
  {
    what: 'next() throws',
    iterator: {
      next: () => {
        throw new Error('broken');
      },
    },
  },
  { what: 'next() gives no result', iterator: { next: () => Promise.resolve(undefined) } },
  { what: 'it has no next()', iterator: {} },
  { what: 'it is undefined', iterator: undefined },
])('frames of an async iterable: where $what, next() rejects', async ({ iterator }) => {
  const source = { [Symbol.asyncIterator]: () => iterator } as unknown as AsyncIterable<Uint8Array>;
  const reading = frames(source, lines());
  await expect(reading.next()).rejects.toBeInstanceOf(Error);
  expect(await reading.next()).toEqual({ done: true, value: undefined });
});

test('frames: a fetch body, a blob and a socket are sources by their types', async () => {
  const { body } = new Response('one\ntwo\n');
  if (body === null) throw new Error('Cannot read: there is no body');
  expect(await collect(body)).toEqual(['one', 'two']);
  expect(await collect(new Blob(['a\n', 'b\n']).stream())).toEqual(['a', 'b']);
  const stream = Readable.from([wire('a\n')]);
  const reading = frames(stream, lines());
  expectTypeOf(reading).toExtend<AsyncIterableIterator<Frame>>();
  expectTypeOf(reading).toExtend<AsyncDisposable>();
  // @ts-expect-error -- chunks of text
  void (() => frames(generated([]) as unknown as AsyncIterable<string>, lines()));
  stream.resume();
  await once(stream, 'end');
});
