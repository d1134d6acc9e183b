import { latin1ToBytes } from '../encode.ts';
import type { Decoder, Framing } from '../index.ts';
import { checkOptions } from '../limits.ts';
import { looseLines, type LooseLinesOptions } from '../framings/loose-lines.ts';
import { JsonDecoder } from './json-decoder.ts';
import type { JsonFrame } from './json-frame.ts';
import { stringify } from './stringify.ts';

/** How lines of JSON are read: the options of `looseLines` that leave it JSON. */
export interface JsonLinesOptions extends Pick<
  LooseLinesOptions,
  'maxFrameBytes' | 'maxTakeBytes' | 'onTail' | 'bom' | 'source'
> {}

/**
 * Lines of JSON (NDJSON, JSON Lines): a frame is `{ value }`. A line that isn't JSON is `FRAME_BAD_JSON` in its place, and
 * the lines around it are unharmed. A line of nothing but spaces, tabs and CR holds no value and is skipped, as NDJSON
 * allows, and as `ndjson` and Deno's `JsonParseStream` do. Encoding gives JSON in UTF-8 and an LF. It refuses what JSON
 * can't hold, wherever it is in the value: undefined, functions, symbols, BigInt, NaN, infinities, cycles. A `toJSON` is
 * called, as `JSON.stringify` does.
 *
 * Shape:  LF ends a line. A CR before it is white space to JSON.
 * Units:  the limit doesn't count the LF.
 * Errors: `RangeError` for an option out of bounds, `TypeError` for an unknown one, and for a value that JSON can't hold.
 * Source: https://jsonlines.org, https://github.com/ndjson/ndjson-spec (1.0.0), RFC 8259
 *
 * @example
 * ```ts
 * import { isFault } from '@proto/codec';
 * import { jsonLines } from '@proto/codec/json';
 *
 * const frames = jsonLines().decoder().push(Buffer.from('{"id":1}\n\nnope\n[2]\n'));
 * const read = Array.from(frames, (frame) => (isFault(frame) ? frame.code : frame.value));
 * console.log(read); // [ { id: 1 }, 'FRAME_BAD_JSON', [ 2 ] ]
 * console.log(jsonLines().encodeToLatin1({ value: ['a', null] }).trimEnd()); // ["a",null]
 * ```
 */
export function jsonLines(options: JsonLinesOptions = {}): Framing<JsonFrame> {
  checkOptions<JsonLinesOptions>('make framing', options, {
    maxFrameBytes: true,
    maxTakeBytes: true,
    onTail: true,
    bom: true,
    source: true,
  });
  // With `lf`, a line is exactly one byte longer than its content.
  const text = looseLines({ ...options, terminator: 'lf', charset: 'utf8' });

  function encodeToLatin1(frame: JsonFrame): string {
    // A caller without types may pass anything, such as the value itself.
    if (typeof frame !== 'object' || frame === null || !('value' in frame))
      throw new TypeError('Cannot encode frame: expected { value }');
    return text.encodeToLatin1(stringify(frame.value));
  }

  return {
    decoder: <Taken extends Uint8Array>() =>
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it returns bytes only after `take`
      new JsonDecoder(text.decoder<Uint8Array>()) as unknown as Decoder<JsonFrame | Taken>,
    encode: (frame) => latin1ToBytes(encodeToLatin1(frame)),
    encodeToLatin1,
  };
}
