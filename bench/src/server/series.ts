import { type Figure, judge, median, type Result } from '../figure.ts';
import type { Contender } from './contenders.ts';
import type { Round, Task } from './load/task.ts';
import { Load, type Running } from './processes.ts';

/** Rounds that count. */
const ROUNDS = 5;
/** Before them a compiler warms up: so much processor time, or so many rounds where there is little to be had. */
const WARM_UP_SECONDS = 0.7;
const WARM_UPS = 10;
const ROUND_MS = 300;

export interface Series {
  readonly name: string;
  /** How many rounds count, where it is about little. @default 5 */
  readonly rounds?: number;
  readonly ours: Contender;
  readonly against: readonly { readonly contender: Contender; readonly atLeast: number }[];
  task(contender: Contender, port: number): Task;
}

interface Entrant {
  readonly contender: Contender;
  readonly running: Running;
  readonly speeds: number[];
  /** How busy the core of the server was, and that of the load. */
  readonly serverShares: number[];
  readonly loadShares: number[];
}

/**
 * Ours and its peers in turns, A B C A B C, each in a process of its own that stays; the load in another, on the
 * other core. The ratio of each round, and the median of those.
 */
export function series(of: Series): Figure {
  return { name: of.name, measure: () => measure(of) };
}

async function measure(of: Series): Promise<Result[]> {
  const there = of.against.filter(({ contender }) => contender.missing?.() === undefined);
  const load = new Load();
  const entrants: Entrant[] = [];
  try {
    for (const contender of [of.ours, ...there.map((each) => each.contender)]) {
      const running = await contender.start();
      entrants.push({ contender, running, speeds: [], serverShares: [], loadShares: [] });
      await load.ask({ do: 'open', key: contender.name, task: of.task(contender, running.port) });
    }
    for (const entrant of entrants) await warmUp(load, entrant);
    for (let round = 0; round < (of.rounds ?? ROUNDS); round++) {
      for (const entrant of entrants) await run(load, entrant);
    }
  } finally {
    load.stop();
    for (const { running } of entrants) await running.stop();
  }
  const own = entrants[0]!;
  return of.against.map(({ contender, atLeast }) => {
    const name = `${of.name} / ${contender.name}`;
    const peer = entrants.find((entrant) => entrant !== own && entrant.contender === contender);
    if (peer === undefined) return skipped(name, atLeast, contender.missing?.() ?? 'not started');
    const ratios = own.speeds.map((speed, round) => speed / peer.speeds[round]!);
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

async function warmUp(load: Load, { contender, running }: Entrant): Promise<void> {
  const until = running.cpuSeconds() + WARM_UP_SECONDS;
  for (let round = 0; round < WARM_UPS && running.cpuSeconds() < until; round++)
    await load.ask({ do: 'round', key: contender.name, ms: ROUND_MS });
}

async function run(load: Load, { contender, running, ...entrant }: Entrant): Promise<void> {
  const before = running.cpuSeconds();
  const round = await load.ask({ do: 'round', key: contender.name, ms: ROUND_MS });
  const { lines, seconds, cpuSeconds } = round as Round;
  entrant.speeds.push(lines / seconds);
  entrant.serverShares.push((running.cpuSeconds() - before) / seconds);
  entrant.loadShares.push(cpuSeconds / seconds);
}

function seen({ speeds, serverShares, loadShares }: Entrant): string {
  const thousands = (median(speeds) / 1000).toPrecision(3);
  return `${Number(thousands)}k lines/s (server ${percent(serverShares)} busy, load ${percent(loadShares)})`;
}

/** The ratio of lines for each second on a processor: what other work on the machine takes is left out. */
function byProcessor(own: Entrant, peer: Entrant): string {
  const [ownLines, theirLines] = [own, peer].map(({ speeds, serverShares }) =>
    speeds.map((speed, round) => speed / serverShares[round]!),
  );
  return `${median(ownLines!.map((lines, round) => lines / theirLines![round]!)).toFixed(2)} x`;
}

function percent(shares: readonly number[]): string {
  return `${Math.round(100 * median(shares))} %`;
}

function skipped(name: string, atLeast: number, why: string): Result {
  return {
    name,
    value: Number.NaN,
    unit: 'x',
    spread: [Number.NaN, Number.NaN],
    atLeast,
    skipped: why,
    detail: '',
    ok: true,
  };
}
