import { lines } from '@proto/codec';
import { chunk, enclosed } from '@proto/codec/framings';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Piece, type SeenChunk, XRay } from '../src/index.ts';

const framing = lines({ charset: 'text', maxFrameBytes: 4, terminator: 'either' });
const bytesOf = (text: string): Uint8Array => Uint8Array.from(text, (char) => char.charCodeAt(0));

/** An x-ray of these chunks, one a second. */
function see(...chunks: string[]): SeenChunk[] {
  const xray = new XRay({ direction: 'read', decoder: framing.decoder() });
  return chunks.map((text, index) => xray.chunk(bytesOf(text), index * 1000));
}

/** A piece in short: `2 finished 1 [3,5) "text"`, and its fault. */
function short({ frame, state, begunIn, from, to, text, fault }: Piece): string {
  return `${frame} ${state} ${begunIn} [${from},${to}) ${JSON.stringify(text)}${fault ? ` ${fault}` : ''}`;
}

describe('XRay', () => {
  it.each<[string, string[], string[][]]>([
    ['a whole frame', ['hi\n'], [['1 whole 1 [0,3) "hi"']]],
    [
      'two in one chunk',
      ['a\r\n\nb\n'],
      [['1 whole 1 [0,3) "a"', '2 whole 1 [3,4) ""', '3 whole 1 [4,6) "b"']],
    ],
    [
      'one in three chunks, the next begun',
      ['h', 'e', 'y\nyo'],
      [
        ['1 began 1 [0,1) "h"'],
        ['1 went on 1 [1,2) "e"'],
        ['1 finished 1 [2,4) "hey"', '2 began 3 [4,6) "yo"'],
      ],
    ],
    ['a CRLF cut in two', ['a\r', '\n'], [['1 began 1 [0,2) "a\\r"'], ['1 finished 1 [2,3) "a"']]],
    [
      'a bad byte',
      ['a\u0007b\nok\n'],
      [['1 whole 1 [0,4) "a\\u0007b\\n" FRAME_BAD_BYTE', '2 whole 1 [4,7) "ok"']],
    ],
    [
      'a long frame: at fault as soon as that is certain',
      ['1234', '56', '7\nok\n'],
      [
        ['1 began 1 [0,4) "1234"'],
        ['1 went on 1 [4,6) "56" FRAME_TOO_LONG'],
        ['1 finished 1 [6,8) "7\\n" FRAME_TOO_LONG', '2 whole 3 [8,11) "ok"'],
      ],
    ],
  ])('%s', (_, chunks, want) => {
    expect(see(...chunks).map(({ pieces }) => pieces.map(short))).toEqual(want);
  });

  it('counts chunks and the bytes of the stream', () => {
    expect(see('he', 'llo\nwor').map(({ number, atMs, from, to }) => [number, atMs, from, to])).toEqual([
      [1, 0, 0, 2],
      [2, 1000, 2, 9],
    ]);
  });

  it('before: what went by is counted, and nothing else', () => {
    const xray = new XRay({ direction: 'read', decoder: framing.decoder(), before: 100 });
    const { number, from, to, pieces } = xray.chunk(bytesOf('\u00ffa\nb'), 0);
    expect([number, from, to]).toEqual([1, 100, 104]);
    expect(pieces.map(short)).toEqual([
      '1 whole 1 [100,103) "\u00ffa\\n" FRAME_BAD_BYTE',
      '2 began 1 [103,104) "b"',
    ]);
  });

  it('at the end: says which frame was cut off', () => {
    const xray = new XRay({ direction: 'write', decoder: framing.decoder() });
    xray.chunk(bytesOf('a\nbc'), 0);
    const { how, by, atMs, to, pieces } = xray.end('RST', 7);
    expect({ how, by, atMs, to, pieces: pieces.map(short) }).toEqual({
      how: 'RST',
      by: 'self',
      atMs: 7,
      to: 4,
      pieces: ['2 cut off 1 [4,4) "" FRAME_INCOMPLETE'],
    });
    expect(new XRay({ direction: 'read', decoder: framing.decoder() }).end('FIN', 0).pieces).toEqual([]);
  });

  it('framed by reads: each chunk is one frame', () => {
    const decoder = chunk({ charset: 'text', maxFrameBytes: 4 }).decoder();
    const xray = new XRay({ direction: 'read', decoder, framedByReads: true });
    const seen = ['ab', 'c\nd', '12345', 'e'].map((text) => xray.chunk(bytesOf(text), 0).pieces.map(short));
    expect(seen).toEqual([
      ['1 whole 1 [0,2) "ab"'],
      ['2 whole 2 [2,5) "c\\nd" FRAME_BAD_BYTE'],
      ['3 whole 3 [5,10) "12345" FRAME_TOO_LONG'],
      ['4 whole 4 [10,11) "e"'],
    ]);
  });

  it('takes any framing: STX and ETX', () => {
    const decoder = enclosed({ start: Uint8Array.of(2), end: Uint8Array.of(3) }).decoder();
    const xray = new XRay({ direction: 'read', decoder });
    const seen = ['\u0002a', '\u0003\u0002b\u0003'].map((text) =>
      xray.chunk(bytesOf(text), 0).pieces.map(short),
    );
    expect(seen).toEqual([['1 began 1 [0,2) "\\u0002a"'], ['1 finished 1 [2,3) "a"', '2 whole 2 [3,6) "b"']]);
  });

  const wire = fc.array(fc.constantFrom('a', 'a', 'a', '\n', '\r', '\r\n', '\u00ff'), { maxLength: 40 });
  const cuts = fc.array(fc.nat(60), { maxLength: 8 });

  it('1: each byte of a chunk is in exactly one piece, in stream order', () => {
    fc.assert(
      fc.property(wire, cuts, (parts, at) => {
        for (const { from, to, pieces } of see(...cut(parts.join(''), at))) {
          const ends = [from, ...pieces.map((piece) => piece.to)];
          expect(pieces.map((piece) => piece.from)).toEqual(ends.slice(0, -1));
          expect(ends.at(-1)).toBe(to);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('2: frames are numbered, measured and judged the same however the stream was cut', () => {
    const ended = (seen: readonly SeenChunk[]): unknown[] =>
      seen
        .flatMap(({ pieces }) => pieces)
        .filter(({ state }) => state === 'whole' || state === 'finished')
        .map(({ frame, bytes, to, fault, text }) => ({ frame, bytes, to, fault, text: fault ? '' : text }));
    fc.assert(
      fc.property(wire, cuts, (parts, at) => {
        const text = parts.join('');
        expect(ended(see(...cut(text, at)))).toEqual(ended(see(text)));
      }),
      { numRuns: 300 },
    );
  });
});

/** The text, cut at these positions. */
function cut(text: string, positions: readonly number[]): string[] {
  const at = [0, ...positions.map((position) => Math.min(position, text.length)), text.length].toSorted(
    (a, b) => a - b,
  );
  return at
    .slice(1)
    .map((end, index) => text.slice(at[index], end))
    .filter((part) => part !== '');
}
