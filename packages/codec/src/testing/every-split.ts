import { copy, isBytes } from '../bytes.ts';
import type { Content, Frame } from '../frame.ts';
import type { Framing } from '../framing.ts';
import { checkOptions } from '../limits.ts';
import { isSameFrame, showFrame } from './show.ts';
import { type Cuts, cutsOf, type EverySplitOptions } from './cuts.ts';

/**
 * Checks a framing's promise that chunking never changes the result: the wire in one chunk, byte by byte, cut at every
 * position, at every two positions, and at random; read as it arrives and read at the end. Chunks are overwritten once
 * `read()` has returned `undefined`, as an owner that reuses its buffer would do.
 *
 * Errors: `TypeError` for a wire that isn't a `Uint8Array`, and for an unknown option. An `Error` with a one-line message: the cut, the first
 *         frame that differs, and what was expected.
 *
 * @example
 * ```ts
 * import { lines } from '@proto/codec';
 * import { everySplit } from '@proto/codec/testing';
 *
 * everySplit(lines(), Buffer.from('one\r\ntwo\n'), ['one', 'two']);
 * console.log('the same at every cut'); // the same at every cut
 * ```
 */
export function everySplit<T extends Content>(
  framing: Framing<T>,
  wire: Uint8Array,
  want: readonly Frame<T>[],
  options: EverySplitOptions = {},
): void {
  if (!isBytes(wire)) throw new TypeError(`Cannot split wire: it is a ${typeof wire}, expected a Uint8Array`);
  checkOptions<EverySplitOptions>('split wire', options, { seed: true, randomCuts: true, pairsUpTo: true });
  for (const cuts of cutsOf(wire.length, options)) {
    compare(cuts, false, decodeCut(framing, wire, cuts, false), want);
    compare(cuts, true, decodeCut(framing, wire, cuts, true), want);
  }
}

function decodeCut<T extends Content>(
  framing: Framing<T>,
  wire: Uint8Array,
  cuts: Cuts,
  late: boolean,
): Frame<T>[] {
  const decoder = framing.decoder();
  const frames: Frame<T>[] = [];
  let from = 0;
  for (const to of [...cuts.at, wire.length]) {
    const chunk = copy(wire, from, to);
    from = to;
    decoder.push(chunk);
    if (late) continue;
    frames.push(...decoder);
    chunk.fill(0x2a);
  }
  decoder.end();
  frames.push(...decoder);
  return frames;
}

function compare(
  cuts: Cuts,
  late: boolean,
  got: readonly Frame<Content>[],
  want: readonly Frame<Content>[],
): void {
  const length = Math.max(got.length, want.length);
  for (let index = 0; index < length; index++) {
    if (isSameFrame(got[index], want[index])) continue;
    const [is, should] = [showFrame(got[index]), showFrame(want[index])];
    const when = late ? ' and read at the end' : '';
    throw new Error(
      `Cannot decode the same frames: ${cuts.name}${when}, frame ${index} is ${is}, not ${should}`,
    );
  }
}
