import { once } from 'node:events';
import { PassThrough, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { type Framing, lines } from '../src/index.ts';
import { delimited, enclosed, netstring } from '../src/framings/index.ts';
import { frameTransform } from '../src/node/index.ts';
import { frameStream } from '../src/web/index.ts';
import { wire } from './wire.ts';

const cut = { code: 'FRAME_INCOMPLETE', offset: 9, bytes: 1 };
const rows = [
  { name: 'lines', framing: () => lines(), text: 'a\n\n\r\nbc\nd', want: ['a', '', '', 'bc', cut] },
  {
    name: 'delimited',
    framing: () => delimited({ delimiters: ';' }),
    text: 'a;;bcd;;e',
    want: ['a', '', 'bcd', '', cut],
  },
  {
    name: 'enclosed',
    framing: () => enclosed({ start: '<', end: '>' }),
    text: '<a><><b><',
    want: ['a', '', 'b', cut],
  },
  { name: 'netstring', framing: () => netstring(), text: '1:a,0:,1:', want: ['a', '', { ...cut, bytes: 2 }] },
];

function chunks(text: string): Uint8Array[] {
  return [wire(text.slice(0, 3)), wire(text.slice(3))];
}

test.each(rows)(
  'frameTransform: 7 every frame through pipe and for await: $name',
  async ({ framing, text, want }) => {
    const piped: unknown[] = [];
    const sink = new Writable({
      objectMode: true,
      write(frame, _encoding, done) {
        piped.push(frame);
        done();
      },
    });
    Readable.from(chunks(text)).pipe(frameTransform(framing())).pipe(sink);
    await once(sink, 'finish');
    expect(piped).toEqual(want);
    const iterated: unknown[] = [];
    await pipeline(chunks(text), frameTransform(framing()), async (frames: AsyncIterable<unknown>) => {
      for await (const frame of frames) iterated.push(frame);
    });
    expect(iterated).toEqual(want);
  },
);

test.each(rows)('frameStream: 7 every frame through a Web Stream: $name', async ({ framing, text, want }) => {
  const source = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const part of chunks(text)) controller.enqueue(part);
      controller.close();
    },
  });
  const got: unknown[] = [];
  for await (const frame of source.pipeThrough(frameStream(framing()))) got.push(frame);
  expect(got).toEqual(want);
});

test('frameTransform: stops the writing side when nobody reads', async () => {
  const transform = frameTransform(lines(), { readableHighWaterMark: 2 });
  expect(transform.write(wire('a\nb\nc\n'))).toBe(true);
  await new Promise(setImmediate);
  expect(transform.readableLength).toBe(3);
  expect(transform.write(Buffer.alloc(64 * 1024, 'x'))).toBe(false);
});

test.each(['latin1', 'utf8', 'hex'] as const)(
  'frameTransform: behind a stream with an encoding (%s) it fails as frames() does, no frame is wrong',
  async (encoding) => {
    const source = Readable.from([Buffer.from('\xe9\n', 'latin1')], { objectMode: false });
    source.setEncoding(encoding);
    const transform = frameTransform(lines({ charset: 'latin1' }));
    const sink = new PassThrough({ objectMode: true }).resume();
    await expect(pipeline(source, transform, sink)).rejects.toThrow(
      new TypeError('Cannot transform frames: got a string, expected a Uint8Array'),
    );
    const written = frameTransform(lines());
    const failed = new Promise((resolve) => written.once('error', resolve));
    written.write('a\n', 'latin1');
    expect(await failed).toBeInstanceOf(TypeError);
  },
);

test.each(['a\n', 5, null, undefined, {}, [97], new DataView(new ArrayBuffer(1)), Int8Array.of(97)])(
  'frameStream: a chunk that is no bytes is the error of the stream: %s',
  async (chunk) => {
    const source = ReadableStream.from([wire('a\n'), chunk] as Uint8Array[]);
    const reader = source.pipeThrough(frameStream(lines())).getReader();
    expect((await reader.read()).value).toBe('a');
    await expect(reader.read()).rejects.toThrow(
      new TypeError(`Cannot transform frames: got a ${typeof chunk}, expected a Uint8Array`),
    );
  },
);

test.each([frameTransform, frameStream])('$name: what is no framing is refused', (adapter) => {
  for (const framing of [lines, undefined, null, { maxFrameBytes: 80 }, lines().decoder()]) {
    expect(() => adapter(framing as unknown as Framing)).toThrow(
      new TypeError('Cannot transform frames: expected a framing, such as lines()'),
    );
  }
});
