import { copy, isBytes } from '../bytes.ts';
import type { Frame } from '../frame.ts';
import type { Framing } from '../framing.ts';
import { checkOptions } from '../limits.ts';
import { isSameFrame, showFrame } from './show.ts';
import { type Cuts, cutsOf, type EverySplitOptions } from './cuts.ts';

/**
 * Checks a framing's promise that chunking never changes the result: the wire in one chunk, byte by byte, cut at every
 * position, at every two positions, and at random; read as it arrives, read at the end, and by `decode`. Chunks are
 * overwritten once `read()` has returned `undefined` or `decode` has returned, as an owner that reuses its buffer would
 * do.
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
export function everySplit<T>(
  framing: Framing<T>,
  wire: Uint8Array,
  want: readonly Frame<T>[],
  options: EverySplitOptions = {},
): void {
  if (!isBytes(wire)) throw new TypeError(`Cannot split wire: it is a ${typeof wire}, expected a Uint8Array`);
  checkOptions<EverySplitOptions>('split wire', options, { seed: true, randomCuts: true, pairsUpTo: true });
  for (const cuts of cutsOf(wire.length, options)) {
    for (const way of ['read', 'late', 'decode'] as const)
      compare(cuts, way, decodeCut(framing, wire, cuts, way), want);
  }
}

/** `read`: as chunks arrive. `late`: at the end. `decode`: the frames of each chunk at once. */
type Way = 'read' | 'late' | 'decode';
const SHOWN: Readonly<Record<Way, string>> = {
  read: '',
  late: ' and read at the end',
  decode: ' and decoded at once',
};

function decodeCut<T>(framing: Framing<T>, wire: Uint8Array, cuts: Cuts, way: Way): Frame<T>[] {
  const decoder = framing.decoder();
  const frames: Frame<T>[] = [];
  let from = 0;
  for (const to of [...cuts.at, wire.length]) {
    const chunk = copy(wire, from, to);
    from = to;
    if (way === 'decode') frames.push(...decoder.decode(chunk));
    else decoder.push(chunk);
    if (way === 'late') continue;
    if (way === 'read') frames.push(...decoder);
    chunk.fill(0x2a);
  }
  decoder.end();
  frames.push(...decoder);
  return frames;
}

function compare(cuts: Cuts, way: Way, got: readonly unknown[], want: readonly unknown[]): void {
  const length = Math.max(got.length, want.length);
  for (let index = 0; index < length; index++) {
    if (isSameFrame(got[index], want[index])) continue;
    const [is, should] = [showFrame(got[index]), showFrame(want[index])];
    throw new Error(
      `Cannot decode the same frames: ${cuts.name}${SHOWN[way]}, frame ${index} is ${is}, not ${should}`,
    );
  }
}
