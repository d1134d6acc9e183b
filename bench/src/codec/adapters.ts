import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { type Frame, lines } from '@proto/codec';
import { frames } from '@proto/codec/node';
import type { Figure } from '../figure.ts';
import { race } from '../race.ts';
import { Digest } from './digest.ts';
import { wire } from './wire.ts';

const chunks = wire(64, 65_536, 1e6);

/** A stream as a socket is one: it gives a chunk when asked. */
function source(): Readable {
  let next = 0;
  return new Readable({
    read() {
      this.push(chunks[next++] ?? null);
    },
  });
}

/**
 * The least there is to do for `for await`: frames at hand, and a promise for each. No stream, no backpressure, no
 * errors. Nobody's code: it shows what the language leaves.
 */
class Least implements AsyncIterableIterator<Frame> {
  readonly #decoder = lines().decoder();
  #chunk = 0;
  #frames: readonly Frame[] = [];
  #next = 0;

  next(): Promise<IteratorResult<Frame, undefined>> {
    while (this.#next === this.#frames.length) {
      const chunk = chunks[this.#chunk++];
      if (chunk === undefined) return Promise.resolve({ done: true, value: undefined });
      this.#frames = this.#decoder.decode(chunk);
      this.#next = 0;
    }
    return Promise.resolve({ done: false, value: this.#frames[this.#next++]! });
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

/** `for await` over a stream. */
export const adapterFigure: Figure = race({
  name: 'for await, 64-byte lines',
  work: 1,
  unit: 'MB',
  clock: 'processor',
  ours: {
    name: 'frames',
    async run(thorough) {
      const digest = new Digest(thorough);
      for await (const frame of frames(source(), lines())) if (typeof frame === 'string') digest.add(frame);
      return digest.toString();
    },
  },
  against: [
    {
      name: 'readline async iterator',
      atLeast: 3,
      async run(thorough) {
        const digest = new Digest(thorough);
        for await (const line of createInterface({ input: source(), crlfDelay: Infinity })) digest.add(line);
        return digest.toString();
      },
    },
    {
      name: 'a promise for each frame and nothing else',
      async run(thorough) {
        const digest = new Digest(thorough);
        for await (const frame of new Least()) if (typeof frame === 'string') digest.add(frame);
        return digest.toString();
      },
    },
  ],
});
