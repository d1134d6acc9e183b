import { once } from 'node:events';
import { Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { expect, test } from 'vitest';
import { lines } from '../src/index.ts';
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
