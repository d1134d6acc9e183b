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

export type Clock = 'wall' | 'processor';

export interface Race {
  readonly name: string;
  /** Amount of work in one run, in `unit`. */
  readonly work: number;
  readonly unit: string;
  readonly ours: Contestant;
  /** Each with the ratio of speeds, ours to theirs, that is asked for; without one it is shown only. */
  readonly against: readonly (Contestant & { readonly atLeast?: number })[];
  /** What is compared: the time of a clock on the wall, or the processor time of the process. @default 'wall' */
  readonly clock?: Clock;
  /** Rounds that count; one more before them does not. From 5. @default 7 */
  readonly rounds?: number;
  /** Milliseconds that one contestant runs in a round, at least. @default 60 */
  readonly roundMs?: number;
}

/** A contestant where it runs: in this process, or in one of its own. */
export interface Runner {
  readonly name: string;
  /** Does the work once. Gives the digest. */
  check(thorough: boolean): Promise<string>;
  /** Does the work so many times, and checks each digest against `want`. Gives seconds. */
  time(times: number, want?: string): Promise<number>;
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

/** The contestants of a race, ours first. */
export function contestantsOf({ ours, against }: Race): readonly Contestant[] {
  return [ours, ...against];
}

/** Measures a race. `runners`, ours first, are its contestants where they run; by default here. */
export async function measure(
  of: Race,
  runners: readonly Runner[] = contestantsOf(of).map((contestant) => runHere(contestant, of.clock)),
): Promise<Result[]> {
  const { name, work, unit, against, rounds = 7, roundMs = 60 } = of;
  const [ours] = runners;
  if (ours === undefined) throw new RangeError(`Cannot race ${name}: nobody runs`);
  const want = await ours.check(true);
  const quick = await ours.check(false);
  const passes: number[] = [];
  for (const runner of runners) {
    const got = await runner.check(true);
    if (got !== want) {
      throw new Error(`Cannot race ${runner.name} in ${name}: its digest is ${got}, ours is ${want}`);
    }
    passes.push(await calibrate(runner, roundMs));
  }
  const speeds: number[][] = runners.map(() => []);
  for (let round = -1; round < rounds; round++) {
    for (const [index, runner] of runners.entries()) {
      const times = passes[index]!;
      const speed = (work * times) / (await runner.time(times, quick));
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

async function calibrate(runner: Runner, roundMs: number): Promise<number> {
  for (let times = 1; ; times *= 2) {
    const seconds = await runner.time(times);
    if (seconds * 1000 >= roundMs) return times;
  }
}

/** Seconds since some moment. */
const CLOCKS: Readonly<Record<Clock, () => number>> = {
  wall: () => performance.now() / 1000,
  // Of all threads: what the collector does beside us counts.
  processor() {
    const { user, system } = process.cpuUsage();
    return (user + system) / 1e6;
  },
};

/** Runs a contestant in this process. */
export function runHere(contestant: Contestant, clock: Clock = 'wall'): Runner {
  const now = CLOCKS[clock];
  return {
    name: contestant.name,
    check: async (thorough) => contestant.run(thorough),
    async time(times, want) {
      const begin = now();
      for (let time = 0; time < times; time++) {
        const result = contestant.run(false);
        const got = typeof result === 'string' ? result : await result;
        if (want !== undefined && got !== want) {
          throw new Error(`Cannot go on with ${contestant.name}: its digest is ${got}, expected ${want}`);
        }
      }
      return now() - begin;
    },
  };
}
