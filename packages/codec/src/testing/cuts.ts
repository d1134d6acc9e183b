/** How many ways of cutting `everySplit` tries, in addition to one chunk, single bytes, and one cut at each position. */
export interface EverySplitOptions {
  /** Seed of the random cuts. The same seed gives the same cuts. @default 1 */
  readonly seed?: number;
  /** How many random ways of cutting to try. From 0. @default 100 */
  readonly randomCuts?: number;
  /** Up to this many wire bytes, every pair of cuts is tried. From 0. @default 64 */
  readonly pairsUpTo?: number;
}

/** One way of cutting a wire: the positions, ascending, and its name for people. */
export interface Cuts {
  readonly name: string;
  readonly at: readonly number[];
}

/** Every way of cutting `length` bytes that is tried. */
export function* cutsOf(length: number, options: EverySplitOptions): Generator<Cuts> {
  const { seed = 1, randomCuts = 100, pairsUpTo = 64 } = options;
  yield { name: 'in one chunk', at: [] };
  yield { name: 'byte by byte', at: Array.from({ length: Math.max(length - 1, 0) }, (_, i) => i + 1) };
  for (let at = 1; at < length; at++) yield { name: `cut at ${at}`, at: [at] };
  if (length <= pairsUpTo) {
    for (let first = 1; first < length; first++) {
      for (let second = first + 1; second < length; second++) {
        yield { name: `cut at ${first} and ${second}`, at: [first, second] };
      }
    }
  }
  const random = xorshift(seed);
  if (length <= 3) return;
  for (let run = 0; run < randomCuts; run++) yield randomly(length, random);
}

function randomly(length: number, random: (below: number) => number): Cuts {
  const size = 1 + random(Math.min(length, 1 + random(length)));
  const at: number[] = [];
  for (let next = 1 + random(size); next < length; next += 1 + random(size)) at.push(next);
  const shown = at.length > 12 ? `${at.slice(0, 12).join(', ')} and ${at.length - 12} more` : at.join(', ');
  return { name: `cut at ${shown}`, at };
}

// Marsaglia's xorshift32: a seed gives the same cuts on any machine.
function xorshift(seed: number): (below: number) => number {
  let state = seed | 0 || 1;
  return (below) => {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    return (state >>> 0) % below;
  };
}
