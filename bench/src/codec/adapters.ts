import { createInterface } from 'node:readline';
import { Readable } from 'node:stream';
import { lines } from '@proto/codec';
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

/** `for await` over a stream. */
export const adapterFigure: Figure = race({
  name: 'for await, 64-byte lines',
  work: 1,
  unit: 'MB',
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
  ],
});
