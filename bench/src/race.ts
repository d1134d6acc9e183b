import { type Figure, judge, median, type Result } from './figure.ts';

/** One way to do the work. */
export interface Contestant {
  readonly name: string;
  /**
   * Does the work once, and returns a digest of what came out: the same for every contestant. Once before the
   * race the digest is thorough and covers all of it; while time runs it may cover less.
   */
  run(thorough: boolean): string | Promise<string>;
}

export interface Race {
  readonly name: string;
  /** Amount of work in one run, in `unit`. */
  readonly work: number;
  readonly unit: string;
  readonly ours: Contestant;
  /** Each with the ratio of speeds, ours to theirs, that is asked for; without one it is shown only. */
  readonly against: readonly (Contestant & { readonly atLeast?: number })[];
  /** Rounds that count; one more before them does not. From 5. @default 7 */
  readonly rounds?: number;
  /** Milliseconds that one contestant runs in a round, at least. @default 60 */
  readonly roundMs?: number;
}

/**
 * Contestants in turns, A B C A B C, so that a slower minute of the machine slows all of them; the ratio of each
 * round, and the median of those.
 *
 * Errors: rejects when a digest differs from ours: a contestant that loses or changes something is in no race.
 */
export function race(of: Race): Figure {
  return { name: of.name, measure: () => measure(of) };
}

async function measure({
  name,
  work,
  unit,
  ours,
  against,
  rounds = 7,
  roundMs = 60,
}: Race): Promise<Result[]> {
  const contestants = [ours, ...against];
  const want = await ours.run(true);
  const quick = await ours.run(false);
  const passes: number[] = [];
  for (const contestant of contestants) {
    const got = await contestant.run(true);
    if (got !== want) {
      throw new Error(`Cannot race ${contestant.name} in ${name}: its digest is ${got}, ours is ${want}`);
    }
    passes.push(await calibrate(contestant, roundMs));
  }
  const speeds: number[][] = contestants.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const [index, contestant] of contestants.entries()) {
      const times = passes[index]!;
      const speed = (work * times) / (await timed(contestant, times, quick));
      if (round >= 0) speeds[index]!.push(speed);
    }
  }
  return against.map((peer, index) => {
    const [own, their] = [speeds[0]!, speeds[index + 1]!];
    const ratios = own.map((speed, round) => speed / their[round]!);
    return judge({
      name: `${name} / ${peer.name}`,
      value: median(ratios),
      unit: 'x',
      spread: [Math.min(...ratios), Math.max(...ratios)],
      ...(peer.atLeast !== undefined && { atLeast: peer.atLeast }),
      detail: `${median(own).toPrecision(3)} to ${median(their).toPrecision(3)} ${unit}/s`,
    });
  });
}

async function calibrate(contestant: Contestant, roundMs: number): Promise<number> {
  for (let times = 1; ; times *= 2) {
    const seconds = await timed(contestant, times);
    if (seconds * 1000 >= roundMs) return times;
  }
}

/** Seconds for so many runs, each checked. */
async function timed(contestant: Contestant, times: number, want?: string): Promise<number> {
  const begin = performance.now();
  for (let time = 0; time < times; time++) {
    const result = contestant.run(false);
    const got = typeof result === 'string' ? result : await result;
    if (want !== undefined && got !== want) {
      throw new Error(`Cannot go on with ${contestant.name}: its digest is ${got}, expected ${want}`);
    }
  }
  return (performance.now() - begin) / 1000;
}
