import type { Task } from '../server/load/task.ts';
import { Load } from '../server/processes.ts';
import { relayTask } from '../server/tasks.ts';
import type { Cluster } from './cluster.ts';

/** Before the rounds that count, compilers warm up: each server has so much processor time, or there were so many rounds. */
const WARM_UP_SECONDS = 0.7;
const WARM_UPS = 20;
const ROUNDS = 9;
const ROUND_MS = 500;

/** What one round gave. Processor time in microseconds for each line. */
export interface ManyRound {
  readonly linesPerSecond: number;
  /** Where the load times its writes. */
  readonly latency?: { readonly p50Ms: number; readonly p99Ms: number };
  /** Of the first server. */
  readonly ownMicros: number;
  /** Of each other server, on average; NaN if there's none. */
  readonly otherMicros: number;
  readonly natsMicros: number;
  /** Of all servers and NATS servers. */
  readonly totalMicros: number;
  /** Of the server that needs most. */
  readonly busiestMicros: number;
}

/** A cluster that is measured, and what its clients do. */
export interface Run {
  readonly cluster: Cluster;
  /** On how many of its servers the clients are, from the first on. */
  readonly on: number;
  readonly clients: number;
  /** Lines in one write. */
  readonly batch: number;
  /** Nobody is answered unless everybody sends. */
  readonly isStrict?: boolean;
  /** The clients receive what one more of them sends to the first server, 64 lines a write. */
  readonly isRelay?: boolean;
}

/**
 * All in turns, A B A B. Every answer is compared.
 *
 * Errors: rejects if an answer is wrong.
 */
export async function manyRounds(runs: readonly Run[]): Promise<ManyRound[][]> {
  const load = new Load();
  try {
    for (const [key, run] of runs.entries()) {
      await load.ask({ do: 'open', key: String(key), task: taskOf(run) });
    }
    for (const [key, { cluster }] of runs.entries()) {
      const from = cluster.nodes.map((node) => node.cpuSeconds());
      const isCold = (): boolean =>
        cluster.nodes.some((node, index) => node.cpuSeconds() - from[index]! < WARM_UP_SECONDS);
      for (let round = 0; round < WARM_UPS && isCold(); round++) await measured(load, String(key), cluster);
    }
    const rounds: ManyRound[][] = runs.map(() => []);
    for (let round = 0; round < ROUNDS; round++) {
      for (const [key, { cluster }] of runs.entries())
        rounds[key]!.push(await measured(load, String(key), cluster));
    }
    return rounds;
  } finally {
    load.stop();
  }
}

function taskOf({ cluster, on, clients, batch, isStrict = false, isRelay = false }: Run): Task {
  const ports = cluster.nodes.slice(0, on).map(({ port }) => port);
  if (isRelay) return relayTask(ports, clients);
  return { kind: 'answers', ports, clients, batch, together: isStrict, timed: true };
}

async function measured(load: Load, key: string, cluster: Cluster): Promise<ManyRound> {
  const seconds = (): number[] => [...cluster.nodes.map((node) => node.cpuSeconds()), cluster.natsSeconds()];
  const before = seconds();
  const round = await load.ask({ do: 'round', key, ms: ROUND_MS });
  if (round === undefined) throw new Error('Cannot measure: the load has done nothing');
  const { lines, latency } = round;
  const micros = seconds().map((after, index) => ((after - before[index]!) / lines) * 1e6);
  const [ownMicros, natsMicros] = [micros[0]!, micros.at(-1)!];
  const others = micros.slice(1, -1);
  return {
    linesPerSecond: lines / round.seconds,
    ...(latency && { latency }),
    ownMicros,
    otherMicros: others.reduce((sum, each) => sum + each, 0) / others.length,
    natsMicros,
    totalMicros: micros.reduce((sum, each) => sum + each, 0),
    busiestMicros: Math.max(...micros.slice(0, -1)),
  };
}
