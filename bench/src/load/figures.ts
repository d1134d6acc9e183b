import { type Figure, judge, median, type Result } from '../figure.ts';
import { type Ask, compileIndependent, loadReport, ours, type Seen, startServer } from './processes.ts';

/** Rounds that count; one more before them does not. */
const ROUNDS = 9;
const SECONDS = 0.7;

/** A prime near 100,000: every place in a write has its turn. */
const ONE_IN = 99_991;

/** `proto-client load` against a generator in C, in turns on one server: they must see the same. */
function agreement(clients: number, linesPerWrite: number): Figure {
  const name = `${clients} clients, ${linesPerWrite} lines a write`;
  return { name, measure: () => agree(name, clients, linesPerWrite) };
}

async function agree(name: string, clients: number, linesPerWrite: number): Promise<Result[]> {
  const theirs = compileIndependent();
  if (theirs === undefined) return [skipped(name, 'there is no cc to compile the independent generator')];
  await using server = await startServer('servers/ours.ts');
  const ask: Ask = { port: server.port, clients, linesPerWrite, seconds: SECONDS };
  const pairs: [Seen, Seen][] = [];
  for (let round = -1; round < ROUNDS; round++) {
    const pair: [Seen, Seen] = [await ours(ask), await theirs(ask)];
    for (const { wrong } of pair)
      if (wrong > 0) throw new Error(`Cannot compare: ${wrong} replies were wrong`);
    if (round >= 0) pairs.push(pair);
  }
  const share = median(pairs.map(([{ busy = 0 }]) => busy));
  return (['linesPerSecond', 'p50', 'p99'] as const).map((key) => {
    const ratios = pairs.map(([own, their]) => own[key] / their[key]);
    // The best round of each: one that the machine disturbed says nothing of who measured.
    const best = key === 'linesPerSecond' ? Math.max : Math.min;
    const [own = 0, their = 0] = [0, 1].map((side) => best(...pairs.map((pair) => pair[side]![key])));
    return judge({
      name: `${name}: ${key} / independent`,
      value: own / their,
      unit: 'x',
      spread: [Math.min(...ratios), Math.max(...ratios)],
      atLeast: 0.9,
      atMost: 1.1,
      detail: `${own.toPrecision(4)} to ${their.toPrecision(4)}, ours busy ${Math.round(share * 100)} %`,
    });
  });
}

function skipped(name: string, why: string): Result {
  const spread = [Number.NaN, Number.NaN] as const;
  return {
    name,
    value: Number.NaN,
    unit: 'x',
    spread,
    atLeast: 0.9,
    atMost: 1.1,
    detail: '',
    skipped: why,
    ok: true,
  };
}

/** Every reply that a server drops, doubles or swaps is found. */
function caught(mischief: 'drop' | 'double' | 'swap', kind: string): Figure {
  const name = `one reply in 100,000 ${kind}`;
  return { name, measure: async () => [await count(name, mischief, kind)] };
}

async function count(name: string, mischief: string, kind: string): Promise<Result> {
  await using server = await startServer('servers/faulty.ts', mischief, String(ONE_IN));
  const flags = ['--clients', '10', '--lines-per-write', '64', '--lines', '100000', '--timeout-ms', '2000'];
  const { sent, faults } = await loadReport(server.port, ...flags);
  const others = Object.keys(faults).filter((each) => each !== kind);
  const found = others.length > 0 ? Number.NaN : (faults[kind] ?? 0);
  return judge({
    name,
    value: found,
    unit: `of ${Math.floor(sent / ONE_IN)}`,
    spread: [found, found],
    atLeast: Math.floor(sent / ONE_IN),
    atMost: Math.floor(sent / ONE_IN),
    detail: `${sent} lines, ${JSON.stringify(faults)}`,
  });
}

/** What is held against `proto-client load`. */
export const loadFigures: readonly Figure[] = [
  caught('drop', 'missing'),
  caught('double', 'doubled'),
  caught('swap', 'swapped'),
  agreement(10, 1),
  agreement(100, 1),
  agreement(10, 64),
];
