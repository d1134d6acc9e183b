import { execFileSync } from 'node:child_process';
import { type Figure, judge, median, type Result, skipped } from '../figure.ts';
import type { Contender } from './contenders.ts';
import { Load } from './processes.ts';
import { quotients } from './series.ts';

const CLIENTS = 10_000;
const SAMPLED = 100;
const ROUNDS = 7;
export const IDLE: string = `resident memory a client, ${CLIENTS} idle`;
/** What a process needs besides a descriptor for each client. */
const SPARE_DESCRIPTORS = 200;

/** KiB resident for each client that is connected and has said nothing; then some of them say a line. */
export async function perClient(contender: Contender): Promise<number> {
  const load = new Load();
  const running = await contender.start();
  try {
    const { port } = running;
    // What the first clients make a process load and compile is no client's.
    await load.ask({
      do: 'open',
      key: 'first',
      task: { kind: 'idle', port, clients: SAMPLED, sampled: SAMPLED },
    });
    await load.ask({ do: 'round', key: 'first', ms: 0 });
    const before = await running.residentBytes();
    await load.ask({
      do: 'open',
      key: 'all',
      task: { kind: 'idle', port, clients: CLIENTS, sampled: SAMPLED },
    });
    const after = await running.residentBytes();
    const round = await load.ask({ do: 'round', key: 'all', ms: 0 });
    if (round?.lines !== SAMPLED) throw new Error(`Cannot measure: ${round?.lines} of ${SAMPLED} answered`);
    return (after - before) / CLIENTS / 1024;
  } finally {
    load.stop();
    await running.stop();
  }
}

/** Why there can't be so many connections here. */
export function tooFewDescriptors(): string | undefined {
  const limit = Number(execFileSync('sh', ['-c', 'ulimit -H -n'], { encoding: 'utf8' })) || Infinity;
  return limit < CLIENTS + SAMPLED + SPARE_DESCRIPTORS ? `ulimit -H -n is ${limit}` : undefined;
}

/** Clients that only stay connected: their memory with one server divided by that with the other. */
export function idleFigure(against: string, own: Contender, other: Contender, atMost: number): Figure {
  const name = `${IDLE} / ${against}`;
  return {
    name,
    async measure(): Promise<Result[]> {
      const reason = tooFewDescriptors();
      if (reason !== undefined) return [skipped(name, reason, { atMost })];
      const above: number[] = [];
      const below: number[] = [];
      for (let round = 0; round < ROUNDS; round++) {
        above.push(await perClient(own));
        below.push(await perClient(other));
      }
      const ratios = quotients(above, below);
      const spread = [Math.min(...ratios), Math.max(...ratios)] as const;
      const detail = `${idleSeen(above, below)}; each of ${SAMPLED} sampled answered`;
      return [judge({ name, value: median(ratios), unit: 'x', spread, atMost, detail })];
    },
  };
}

export function idleSeen(above: readonly number[], below: readonly number[]): string {
  return `${median(above).toFixed(2)} to ${median(below).toFixed(2)} KiB`;
}
