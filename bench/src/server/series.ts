import { type Figure, judge, median, type Result, skipped } from '../figure.ts';
import type { Contender } from './contenders.ts';
import { type Entrant, inTurns, lineCosts } from './entrants.ts';
import type { Task } from './load/task.ts';

/** Rounds that count. */
const ROUNDS = 5;

export interface Series {
  readonly name: string;
  /** How many rounds count, where it is about little. @default 5 */
  readonly rounds?: number;
  readonly ours: Contender;
  readonly against: readonly { readonly contender: Contender; readonly atLeast: number }[];
  task(contender: Contender, port: number): Task;
}

/** Ours and its peers in turns. The ratio of each round, and the median of those. */
export function series(of: Series): Figure {
  return { name: of.name, measure: () => measure(of) };
}

async function measure(of: Series): Promise<Result[]> {
  const there = of.against.filter(({ contender }) => contender.missing?.() === undefined);
  const contenders = [of.ours, ...there.map((each) => each.contender)];
  const entrants = await inTurns(
    contenders,
    (contender, port) => of.task(contender, port),
    of.rounds ?? ROUNDS,
  );
  const own = entrants[0]!;
  return of.against.map(({ contender, atLeast }) => {
    const name = `${of.name} / ${contender.name}`;
    const peer = entrants.find((entrant) => entrant !== own && entrant.contender === contender);
    if (peer === undefined) return skipped(name, contender.missing?.() ?? 'not started', { atLeast });
    const ratios = quotients(speeds(own), speeds(peer));
    return judge({
      name,
      value: median(ratios),
      unit: 'x',
      spread: [Math.min(...ratios), Math.max(...ratios)],
      atLeast,
      detail: `${seen(own)} to ${seen(peer)}; by the server's processor time ${byProcessor(own, peer)}`,
    });
  });
}

function speeds({ rounds }: Entrant): number[] {
  return rounds.map(({ linesPerSecond }) => linesPerSecond);
}

/** One series by the other, round by round. */
export function quotients(above: readonly number[], below: readonly number[]): number[] {
  return above.map((value, round) => value / below[round]!);
}

function seen(entrant: Entrant): string {
  const thousands = (median(speeds(entrant)) / 1000).toPrecision(3);
  const [server, load] = (['serverShare', 'loadShare'] as const).map((key) =>
    Math.round(100 * median(entrant.rounds.map((round) => round[key]))),
  );
  return `${Number(thousands)}k lines/s (server ${server} % busy, load ${load} %)`;
}

/** The ratio of lines for each second on a processor: what other work on the machine takes is left out. */
function byProcessor(own: Entrant, peer: Entrant): string {
  return `${median(quotients(lineCosts(peer), lineCosts(own))).toFixed(2)} x`;
}
