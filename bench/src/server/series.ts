import { type Figure, judge, median, type Result, skipped } from '../figure.ts';
import type { Contender } from './contenders.ts';
import { type Entrant, inTurns, lineCosts } from './entrants.ts';
import type { Task } from './load/task.ts';

/** Rounds that count. */
const ROUNDS = 7;

export interface Series {
  readonly name: string;
  /** How many rounds count, where it is about little. @default 7 */
  readonly rounds?: number;
  readonly ours: Contender;
  /** `atLeast` left out: nothing is asked. */
  readonly against: readonly { readonly contender: Contender; readonly atLeast?: number }[];
  task(contender: Contender, port: number): Task;
}

/**
 * Ours and its peers in turns: lines for each second of the server's processor time, ours divided by the peer's. The ratio of
 * each round, and the median of those.
 */
export function series(of: Series): Figure {
  return { name: of.name, measure: () => measure(of) };
}

async function measure(of: Series): Promise<Result[]> {
  const missing = of.ours.missing?.();
  const there = missing === undefined ? of.against.filter(({ contender }) => !contender.missing?.()) : [];
  const contenders = [of.ours, ...there.map((each) => each.contender)];
  const entrants =
    there.length === 0
      ? []
      : await inTurns(contenders, (contender, port) => of.task(contender, port), of.rounds ?? ROUNDS);
  const own = entrants[0];
  return of.against.map(({ contender, atLeast }) => {
    const name = `${of.name} / ${contender.name}`;
    const peer = entrants.find((entrant) => entrant !== own && entrant.contender === contender);
    if (own === undefined || peer === undefined)
      return skipped(
        name,
        missing ?? contender.missing?.() ?? 'not started',
        atLeast === undefined ? {} : { atLeast },
      );
    return speedRow(name, own, peer, atLeast);
  });
}

/** Lines for each second on a processor, of one divided by those of the other: round by round, and the median of those. */
export function speedRow(name: string, own: Entrant, peer: Entrant, atLeast?: number): Result {
  const ratios = quotients(lineCosts(peer), lineCosts(own));
  return judge({
    name,
    value: median(ratios),
    unit: 'x',
    spread: [Math.min(...ratios), Math.max(...ratios)],
    ...(atLeast !== undefined && { atLeast }),
    detail: `${seen(own)} to ${seen(peer)}`,
  });
}

/** One series by the other, round by round. */
export function quotients(above: readonly number[], below: readonly number[]): number[] {
  return above.map((value, round) => value / below[round]!);
}

function seen(entrant: Entrant): string {
  const thousands = median(entrant.rounds.map(({ linesPerSecond }) => linesPerSecond)) / 1000;
  const [server, load] = (['serverShare', 'loadShare'] as const).map((key) =>
    Math.round(100 * median(entrant.rounds.map((round) => round[key]))),
  );
  const micros = median(lineCosts(entrant)).toFixed(2);
  return `${micros} µs, ${Number(thousands.toPrecision(3))}k lines/s (server ${server} % busy, load ${load} %)`;
}
