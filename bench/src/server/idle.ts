import { execFileSync } from 'node:child_process';
import { type Figure, judge, median, type Result } from '../figure.ts';
import { type Contender, floor, oursMeasured } from './contenders.ts';
import { Load } from './processes.ts';

const CLIENTS = 10_000;
const SAMPLED = 100;
const ROUNDS = 3;
/** What a process needs besides a descriptor for each client. */
const SPARE_DESCRIPTORS = 200;

const NAME = `resident memory a client, ${CLIENTS} idle / bare net`;

/** KiB resident for each client that is connected and has said nothing; then some of them say a line. */
async function perClient(contender: Contender): Promise<number> {
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

/** Clients that only stay connected. */
export const idleFigure: Figure = {
  name: NAME,
  async measure(): Promise<Result[]> {
    const limit = Number(execFileSync('sh', ['-c', 'ulimit -H -n'], { encoding: 'utf8' })) || Infinity;
    const asked = { name: NAME, unit: 'x', atMost: 1.25 } as const;
    if (limit < CLIENTS + SAMPLED + SPARE_DESCRIPTORS) {
      const spread = [Number.NaN, Number.NaN] as const;
      const why = `ulimit -H -n is ${limit}`;
      return [{ ...asked, value: Number.NaN, spread, detail: '', skipped: why, ok: true }];
    }
    const own: number[] = [];
    const bare: number[] = [];
    for (let round = 0; round < ROUNDS; round++) {
      own.push(await perClient(oursMeasured('free', '--order', 'free', '--max-clients', '12000')));
      bare.push(await perClient(floor));
    }
    const ratios = own.map((kib, round) => kib / bare[round]!);
    const detail = `${median(own).toFixed(2)} to ${median(bare).toFixed(2)} KiB; each of ${SAMPLED} sampled answered`;
    const spread = [Math.min(...ratios), Math.max(...ratios)] as const;
    return [judge({ ...asked, value: median(ratios), spread, detail })];
  },
};
