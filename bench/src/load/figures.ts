import { type Figure, judge, type Result } from '../figure.ts';
import { type Known, knownAtRate, knownInClosedLoop } from './delays.ts';
import { bestOf, inTurns, ownState, ratio, SAME, withoutCompiler } from './pairs.ts';
import { loadReport, startServer } from './processes.ts';

/** Rounds that count, and how long each is. */
const SATURATED = { rounds: 9, seconds: 0.7 };
const DELAYED = { rounds: 5, seconds: 2 };

/** A prime near 100,000: every place in a write has its turn. */
const ONE_IN = 99_991;

const SEED = 1;

/**
 * `proto-client load` against a generator in C, in turns on one server that does its utmost. The rate must be the same.
 * The percentiles are shown, and nothing is asked of them: see README.md.
 */
function saturated(clients: number, linesPerWrite: number): Figure {
  const name = `${clients} clients, ${linesPerWrite} lines a write`;
  return { name, measure: () => atItsUtmost(name, clients, linesPerWrite) };
}

async function atItsUtmost(name: string, clients: number, linesPerWrite: number): Promise<Result[]> {
  await using server = await startServer('servers/ours.ts');
  const { rounds, seconds } = SATURATED;
  const pairs = await inTurns(server, { clients, linesPerWrite, seconds }, rounds);
  if (pairs === undefined) return [withoutCompiler(name)];
  return (['linesPerSecond', 'p50', 'p99'] as const).map((key) => {
    const ratios = pairs.map((pair) => pair[0][key] / pair[1][key]);
    const rest = { detail: ownState(pairs), ...(key === 'linesPerSecond' ? SAME : {}) };
    return ratio(`${name}: ${key} / independent`, bestOf(pairs, key), ratios, rest);
  });
}

/** Both against a server that answers after delays that are known, and against what is known. */
function delayed(clients: number, rate?: number): Figure {
  const pace = rate === undefined ? 'closed loop' : `${rate} lines/s`;
  const name = `known delays, ${clients} clients, ${pace}`;
  const known = rate === undefined ? knownInClosedLoop(clients, SEED) : knownAtRate(clients, rate, SEED);
  return { name, measure: () => againstKnown(name, { clients, rate }, known) };
}

async function againstKnown(
  name: string,
  ask: { readonly clients: number; readonly rate: number | undefined },
  known: Known,
): Promise<Result[]> {
  await using server = await startServer('servers/delayed.ts', String(SEED));
  const { rounds, seconds } = DELAYED;
  const pairs = await inTurns(server, { ...ask, linesPerWrite: 1, seconds }, rounds);
  if (pairs === undefined) return [withoutCompiler(name)];
  return (['linesPerSecond', 'p50', 'p90', 'p99'] as const).flatMap((key) => {
    const [own, their] = bestOf(pairs, key);
    const rest = { detail: ownState(pairs), ...SAME };
    const byRound = pairs.map((pair) => [pair[0][key] / pair[1][key], pair[0][key] / known[key]] as const);
    const [others, truths] = [byRound.map(([other]) => other), byRound.map(([, truth]) => truth)];
    return [
      ratio(`${name}: ${key} / independent`, [own, their], others, rest),
      ratio(`${name}: ${key} / known`, [own, known[key]], truths, rest),
    ];
  });
}

/** Every reply that a server drops, doubles or swaps is found. */
function caught(mischief: 'drop' | 'double' | 'swap', kind: string): Figure {
  const name = `one reply in 100,000 ${kind}`;
  return { name, measure: async () => [await count(name, mischief, kind)] };
}

async function count(name: string, mischief: string, kind: string): Promise<Result> {
  await using server = await startServer('servers/faulty.ts', mischief, String(ONE_IN));
  const flags = ['--clients', '10', '--lines-per-write', '64', '--lines', '100000', '--timeout-ms', '2000'];
  const { sent, failures } = await loadReport(server.port, ...flags);
  const others = Object.keys(failures).filter((each) => each !== kind);
  const found = others.length > 0 ? Number.NaN : (failures[kind] ?? 0);
  return judge({
    name,
    value: found,
    unit: `of ${Math.floor(sent / ONE_IN)}`,
    spread: [found, found],
    atLeast: Math.floor(sent / ONE_IN),
    atMost: Math.floor(sent / ONE_IN),
    detail: `${sent} lines, ${JSON.stringify(failures)}`,
  });
}

/** What is held against `proto-client load`. */
export const loadFigures: readonly Figure[] = [
  caught('drop', 'missing'),
  caught('double', 'doubled'),
  caught('swap', 'swapped'),
  delayed(50),
  delayed(50, 1250),
  saturated(10, 1),
  saturated(100, 1),
  saturated(10, 64),
];
