import { array, assert, constantFrom, integer, oneof, property, tuple } from 'fast-check';
import { expect, test } from 'vitest';
import type { Framing } from '../src/index.ts';
import { lengthPrefixed } from '../src/length-prefixed/index.ts';
import { cobs, slip, stuffed } from '../src/stuffed/index.ts';
import { unwire, wire } from './wire.ts';
import { runsFor } from './how-many.ts';

const framings = constantFrom<readonly [string, () => Framing<string | Uint8Array>]>(
  ['u16', () => lengthPrefixed({ length: 'u16' })],
  ['u16, header', () => lengthPrefixed({ length: 'u16', header: 1 })],
  ['varint, latin1', () => lengthPrefixed({ length: 'varint', charset: 'latin1' })],
  ['slip', () => slip({ emptyFrames: 'keep' })],
  ['cobs', () => cobs({ charset: 'latin1' })],
  ['dle', () => stuffed({ start: '\x10\x02', end: '\x10\x03', escape: '\x10' })],
);

/** A frame, or raw bytes that a frame before them announces. */
const part = oneof(
  tuple(constantFrom('frame'), constantFrom('a', 'The quick brown fox', '\xc0\0\x10', 'w'.repeat(3000))),
  tuple(
    constantFrom('raw'),
    constantFrom('', 'a', '\0\x01\xc0', '\x10\x02', 'z'.repeat(90), 'q'.repeat(9000)),
  ),
);

test('take: 1 with binary framings, whatever the parts, the cuts, and whether the reader is early or late', () => {
  assert(
    property(
      framings,
      array(part, { maxLength: 40 }),
      array(oneof(integer({ min: 1, max: 60 }), constantFrom(5000, 20_000)), { minLength: 1 }),
      ([, make], parts, cuts) => {
        const framing = make();
        const bytes = Buffer.concat(
          parts.flatMap(([kind, text]) =>
            kind === 'raw' ? [framing.encode(`$${text.length}`), wire(text)] : [framing.encode(text)],
          ),
        );
        const want = parts.flatMap(([kind, text]) => (kind === 'raw' ? [`$${text.length}`, text] : [text]));
        const decoder = framing.decoder<Uint8Array>();
        const got: string[] = [];
        const read = (): void => {
          for (const frame of decoder) {
            if (typeof frame === 'object' && 'code' in frame) throw new Error(frame.code);
            const text = typeof frame === 'string' ? frame : unwire(frame);
            got.push(text);
            if (text.startsWith('$')) decoder.take(Number(text.slice(1)));
          }
        };
        for (let at = 0, n = 0; at < bytes.length; n++) {
          const chunk = bytes.subarray(at, at + cuts[n % cuts.length]!).slice();
          decoder.push(chunk);
          // Now and then more than one chunk waits.
          if (n % 3 > 0) read();
          at += chunk.length;
        }
        decoder.end();
        read();
        expect(got).toEqual(want);
        expect([decoder.offset, decoder.partialBytes]).toEqual([bytes.length, 0]);
      },
    ),
    { numRuns: runsFor(300) },
  );
});
