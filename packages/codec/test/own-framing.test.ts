// A framing of a user's own that throws: whichever member it is, the error comes out where the adapter's errors do.
import { PassThrough, Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { setImmediate } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { type Decoder, type Frame, type Framing, lines } from '../src/index.ts';
import { type ByteSource, frames, frameTransform } from '../src/node/index.ts';
import { frameStream } from '../src/web/index.ts';
import { wire } from './wire.ts';

const error = new Error('a framing of my own');
const MEMBERS = ['push', 'read', 'end', 'iterator'] as const;
type Member = (typeof MEMBERS)[number];

/** Lines, but one member throws. `read` does so after the first frame. */
class Throwing implements Decoder {
  readonly #lines: Decoder = lines().decoder();
  readonly #bad: Member;
  #frames = 0;
  offset = 0;
  partialBytes = 0;

  constructor(bad: Member) {
    this.#bad = bad;
  }
  push(chunk: Uint8Array): this {
    this.#enter('push');
    this.#lines.push(chunk);
    return this;
  }
  decode = (chunk: Uint8Array): Frame[] => [...this.push(chunk)];
  read(): Frame | undefined {
    if (this.#frames > 0) this.#enter('read');
    this.#frames++;
    return this.#lines.read();
  }
  end(): this {
    this.#enter('end');
    this.#lines.end();
    return this;
  }
  take = (): void => {};
  *[Symbol.iterator](): Generator<Frame> {
    this.#enter('iterator');
    for (let frame = this.read(); frame !== undefined; frame = this.read()) yield frame;
  }
  #enter(member: Member): void {
    if (member === this.#bad) throw error;
  }
}

const own = (bad: Member): Framing => ({ ...lines(), decoder: () => new Throwing(bad) });
const sink = (): PassThrough => new PassThrough({ objectMode: true }).resume();
const chunks = (): Uint8Array[] => [wire('a\n'), wire('b\n')];

async function collect(source: ByteSource, bad: Member): Promise<void> {
  for await (const frame of frames(source, own(bad))) expect(['a', 'b']).toContain(frame);
}

const adapters: readonly { name: string; run: (bad: Member) => Promise<unknown> }[] = [
  { name: 'frames of a Node stream', run: (bad) => collect(Readable.from(chunks()), bad) },
  { name: 'frames of a Web stream', run: (bad) => collect(ReadableStream.from(chunks()), bad) },
  {
    name: 'frames of a stream that is waited for',
    run: async (bad) => {
      const stream = new PassThrough();
      const reading = frames(stream, own(bad));
      const waiting = [reading.next(), reading.next(), reading.next()];
      for (const result of waiting) result.catch(() => {});
      for (const chunk of chunks()) {
        await setImmediate();
        stream.write(chunk);
      }
      stream.end();
      return Promise.all(waiting).finally(() => expect(stream.listenerCount('readable')).toBe(0));
    },
  },
  {
    name: 'frameTransform',
    run: (bad) => pipeline(Readable.from(chunks()), frameTransform(own(bad)), sink()),
  },
  {
    name: 'frameTransform that is written to',
    run: (bad) => {
      const transform = frameTransform(own(bad)).resume();
      const settled = new Promise((resolve, reject) => transform.on('end', resolve).on('error', reject));
      for (const chunk of chunks()) transform.write(chunk);
      transform.end();
      return settled;
    },
  },
  {
    name: 'frameStream',
    run: async (bad) => {
      const reader = ReadableStream.from(chunks())
        .pipeThrough(frameStream(own(bad)))
        .getReader();
      while (!(await reader.read()).done);
    },
  },
];

test.each(adapters.flatMap((adapter) => MEMBERS.map((bad) => ({ ...adapter, bad }))))(
  '$name: a decoder whose $bad throws',
  async ({ name, run, bad }) => {
    // `frames` pulls with `read` and needs no iterator.
    const isUsed = bad !== 'iterator' || !name.startsWith('frames ');
    if (isUsed) await expect(run(bad)).rejects.toBe(error);
    else await expect(run(bad)).resolves.not.toThrow();
  },
);

test.each([frames.bind(undefined, Readable.from([])), frameTransform, frameStream])(
  'a framing whose decoder() throws is the mistake of the caller: at once',
  (adapter) => {
    const framing: Framing = {
      ...lines(),
      decoder() {
        throw error;
      },
    };
    expect(() => adapter(framing)).toThrow(error);
  },
);

test('frameTransform: what is thrown becomes an error, even if it is none', async () => {
  const framing = own('push');
  const decoder = framing.decoder();
  decoder.push = () => {
    // oxlint-disable-next-line typescript/only-throw-error -- what a user may do
    throw undefined;
  };
  const transform = frameTransform({ ...framing, decoder: () => decoder });
  const failed = new Promise((resolve) => transform.once('error', resolve));
  transform.write(wire('a\n'));
  expect(await failed).toBeInstanceOf(Error);
});
