import { basename } from 'node:path';
import { type Figure, skipped } from '../figure.ts';
import { intervalOf, ratiosUntil, type Until, verdictOf } from '../interval.ts';
import { buildIn, HERE } from './command.ts';
import { type Contender, idleContender, relay, secure } from './contenders.ts';
import { CLIENTS, costsSeen, costTask, loadName, LOADS, watching } from './costs.ts';
import { inTurns, lineCosts } from './entrants.ts';
import { IDLE, idleSeen, perClient, tooFewDescriptors } from './idle.ts';
import type { Task } from './load/task.ts';
import { answersTask, relayTask } from './tasks.ts';

/** How often each of a pair has the load in one round. */
const TURNS = 2;

/** The same of two builds. */
export interface Pair {
  readonly name: string;
  readonly own: Contender;
  readonly other: Contender;
  /** Starts both and gives what each costs. */
  measure(first: Contender, second: Contender): Promise<readonly [first: number, second: number]>;
  /** What is seen of all rounds, for people. */
  seen(own: readonly number[], other: readonly number[]): string;
  /** What below 1 is called, and above. */
  readonly words: readonly [below: string, above: string];
}

/**
 * This tree's build beside that of another folder: processor time a line under each load, watched and not, of a relay and with TLS,
 * and the memory of an idle client. Nothing is asked of it.
 *
 * Errors: throws if nothing is built in one of the two.
 */
export function againstFigures(folder: string, until: Until): readonly Figure[] {
  const [here, there] = [buildIn(HERE), buildIn(folder)];
  const name = basename(folder);
  const watched = LOADS.flatMap((load) => {
    const theirs = watching(there, load, OTHER).flat();
    return watching(here, load)
      .flat()
      .map((own, index) =>
        lines(`${loadName(load)}, ${own.name} / ${name}`, own, theirs[index]!, (port) =>
          costTask(load, port),
        ),
      );
  });
  return [
    ...watched,
    lines(`relay to 100, 64 lines a write / ${name}`, relay(here), relay(there, `${OTHER}relay`), (port) =>
      relayTask(port, 100),
    ),
    lines(`TLS, 64 lines a write / ${name}`, secure(here), secure(there, `${OTHER}TLS`), (port) =>
      answersTask(port, CLIENTS, 64, { tls: true }),
    ),
    memory(`${IDLE} / ${name}`, idleContender(here), idleContender(there)),
  ].map((pair) => comparison(pair, until));
}

const OTHER = 'other: ';

function lines(name: string, own: Contender, other: Contender, task: (port: number) => Task): Pair {
  return {
    name,
    own,
    other,
    async measure(...contenders) {
      const entrants = await inTurns(contenders, (_, port) => task(port), TURNS);
      const [first, second] = entrants.map((entrant) => lineCosts(entrant).reduce((sum, cost) => sum + cost));
      return [first! / TURNS, second! / TURNS];
    },
    seen: costsSeen,
    words: ['faster', 'slower'],
  };
}

function memory(name: string, own: Contender, other: Contender): Pair {
  return {
    name,
    own: { ...own, missing: tooFewDescriptors },
    other,
    measure: async (first, second) => [await perClient(first), await perClient(second)],
    seen: idleSeen,
    words: ['smaller', 'larger'],
  };
}

/**
 * Compares, round by round, until the interval is narrow. A round starts both servers as new processes, since no two starts
 * of one program are alike. One round begins with ours, the next with theirs.
 */
export function comparison(pair: Pair, until: Until): Figure {
  const { name, own, other, words } = pair;
  return {
    name,
    async measure() {
      const reason = own.missing?.() ?? (await whyNot(other));
      if (reason !== undefined) return [skipped(name, reason)];
      const costs: (readonly [number, number])[] = [];
      const ratios = await ratiosUntil(until, async (round) => {
        const isOwnFirst = round % 2 === 0;
        const [first, second] = isOwnFirst ? await pair.measure(own, other) : await pair.measure(other, own);
        const [ours, theirs] = isOwnFirst ? [first, second] : [second, first];
        costs.push([ours, theirs]);
        return ours / theirs;
      });
      const { ratio, ...interval } = intervalOf(ratios);
      return [
        {
          name,
          value: ratio,
          unit: 'x',
          spread: [Math.min(...ratios), Math.max(...ratios)],
          change: { interval, verdict: verdictOf(interval, words), rounds: ratios.length },
          detail: pair.seen(
            costs.map(([ours]) => ours),
            costs.map(([, theirs]) => theirs),
          ),
          ok: true,
        },
      ];
    },
  };
}

/** Why a build does not start: an older one may not know a flag yet. */
async function whyNot(contender: Contender): Promise<string | undefined> {
  try {
    const running = await contender.start();
    await running.stop();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
