import type { Contender } from './contenders.ts';
import type { Round, Task } from './load/task.ts';
import { Load, type Running } from './processes.ts';

/** Before the rounds that count a compiler warms up: so much processor time, or so many rounds where there is little. */
const WARM_UP_SECONDS = 0.7;
const WARM_UPS = 10;
const ROUND_MS = 300;

/** What one round gave. */
export interface Measured {
  readonly linesPerSecond: number;
  /** How much of the time the core of the server was busy, from 0 to 1; and that of the load. */
  readonly serverShare: number;
  readonly loadShare: number;
}

/** A server that is measured, and what its rounds gave. */
export interface Entrant {
  readonly contender: Contender;
  readonly running: Running;
  readonly rounds: Measured[];
  /** Lines answered since it was started, those of the warm-up included. */
  lines: number;
}

/**
 * All in turns, A B C C B A, each in a process of its own that stays; the load in another, on the other core.
 *
 * Errors: rejects if an answer is wrong, or if a contender was told something else than what happened.
 */
export async function inTurns(
  contenders: readonly Contender[],
  task: (contender: Contender, port: number) => Task,
  rounds: number,
): Promise<Entrant[]> {
  const load = new Load();
  const entrants: Entrant[] = [];
  try {
    for (const contender of contenders) {
      const running = await contender.start();
      entrants.push({ contender, running, rounds: [], lines: 0 });
      await load.ask({ do: 'open', key: contender.name, task: task(contender, running.port) });
    }
    for (const entrant of entrants) await warmUp(load, entrant);
    for (let round = 0; round < rounds; round++) {
      // There and back: a machine that gets slower from turn to turn gets slower for all.
      const inTurn = round % 2 === 0 ? entrants : entrants.toReversed();
      for (const entrant of inTurn) entrant.rounds.push(await run(load, entrant));
    }
    for (const { running, lines } of entrants) await running.check?.(lines);
  } finally {
    load.stop();
    for (const { running } of entrants) await running.stop();
  }
  return entrants;
}

/** Processor time of the server for each line, in microseconds, round by round. */
export function lineCosts({ rounds }: Entrant): number[] {
  return rounds.map(({ linesPerSecond, serverShare }) => (serverShare / linesPerSecond) * 1e6);
}

async function warmUp(load: Load, entrant: Entrant): Promise<void> {
  const { running } = entrant;
  const until = running.cpuSeconds() + WARM_UP_SECONDS;
  for (let round = 0; round < WARM_UPS && running.cpuSeconds() < until; round++) await run(load, entrant);
}

async function run(load: Load, entrant: Entrant): Promise<Measured> {
  const { contender, running } = entrant;
  const before = running.cpuSeconds();
  const round = await load.ask({ do: 'round', key: contender.name, ms: ROUND_MS });
  const { lines, seconds, cpuSeconds } = round as Round;
  entrant.lines += lines;
  const serverShare = (running.cpuSeconds() - before) / seconds;
  return { linesPerSecond: lines / seconds, serverShare, loadShare: cpuSeconds / seconds };
}
