/** What is known of a run before anything is measured. Times in ms. */
export interface Known {
  readonly linesPerSecond: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
}

const COUNT = 1000;
const LEAST_MS = 10;
const MEAN_BEYOND_MS = 10;

/**
 * Delays that are known: 10 ms, and beyond them an exponential tail of 10 ms on average, so 20 in all, 17 at the
 * median, 56 at the 99th percentile.
 *
 * Shape: one for each thousandth of the distribution, in the order that the seed says. Taken round and round, any
 *        thousand in a row are the distribution itself and no sample of it.
 */
export function delays(seed: number): readonly number[] {
  const all = Array.from({ length: COUNT }, (_, index) => {
    return LEAST_MS - MEAN_BEYOND_MS * Math.log(1 - (index + 0.5) / COUNT);
  });
  let state = seed;
  for (let last = COUNT - 1; last > 0; last--) {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    // The low bits of such a generator are hardly random.
    const other = Math.floor((state / 2 ** 32) * (last + 1));
    [all[last], all[other]] = [all[other]!, all[last]!];
  }
  return all;
}

/** What so many clients see of them that each wait for an answer before the next line. */
export function knownInClosedLoop(clients: number, seed: number): Known {
  const all = delays(seed);
  const meanMs = all.reduce((sum, ms) => sum + ms, 0) / all.length;
  return { linesPerSecond: (clients * 1000) / meanMs, ...percentiles(all) };
}

/**
 * What so many clients see of them whose lines are due one after the other at a rate, whoever's turn it is: a line is
 * handled once it is due and the one before it is answered, and its latency counts from when it was due.
 */
export function knownAtRate(clients: number, rate: number, seed: number): Known {
  const all = delays(seed);
  const gapMs = 1000 / rate;
  const freeMs = Array.from({ length: clients }, () => 0);
  // For each client the line that is next: line n of all is due at n gaps, and is client n's.
  const next = freeMs.map((_, client) => client);
  const begins = (client: number): number => Math.max(freeMs[client]!, next[client]! * gapMs);
  const latencies: number[] = [];
  for (let handled = 0; handled < SIMULATED; handled++) {
    let first = 0;
    for (let client = 1; client < clients; client++) if (begins(client) < begins(first)) first = client;
    freeMs[first] = begins(first) + all[handled % COUNT]!;
    latencies.push(freeMs[first]! - next[first]! * gapMs);
    next[first]! += clients;
  }
  return { linesPerSecond: rate, ...percentiles(latencies) };
}

const SIMULATED = 100_000;

function percentiles(values: readonly number[]): Omit<Known, 'linesPerSecond'> {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (part: number): number => sorted[Math.floor(part * sorted.length)]!;
  return { p50: at(0.5), p90: at(0.9), p99: at(0.99) };
}
