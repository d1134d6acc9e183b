import { expect, test, vi } from 'vitest';
import { type Figure, judge, median, type Result } from '../src/figure.ts';
import { delays, knownAtRate, knownInClosedLoop } from '../src/load/delays.ts';
import { race } from '../src/race.ts';
import { report } from '../src/report.ts';
import { buildIn } from '../src/server/command.ts';
import { ours } from '../src/server/contenders.ts';
import { costRow } from '../src/server/costs.ts';
import type { Entrant } from '../src/server/entrants.ts';
import { checkWatched } from '../src/server/page.ts';
import { series, speedRow } from '../src/server/series.ts';
import { relayTask } from '../src/server/tasks.ts';
import { checkTold, type Order, type Told } from '../src/server/watched.ts';

const base = { name: 'x', unit: 'x', spread: [1, 1], detail: '' } as const;

test('judge: a figure is short below what was asked, and above', () => {
  expect(judge({ ...base, value: 2, atLeast: 2 }).ok).toBe(true);
  expect(judge({ ...base, value: 1.99, atLeast: 2 }).ok).toBe(false);
  expect(judge({ ...base, value: 2, atMost: 2 }).ok).toBe(true);
  expect(judge({ ...base, value: 2.01, atMost: 2 }).ok).toBe(false);
});

test('median: the middle, whatever the order', () => {
  expect(median([9, 1, 5])).toBe(5);
  expect(median([4, 1, 2, 3])).toBe(2);
  expect(() => median([])).toThrow(new RangeError('Cannot take median: there are no values'));
});

const fast = { name: 'fast', run: () => 'same' };

test('race: contestants run in turns, a round of warming up before those that count', async () => {
  const order: string[] = [];
  const contestant = (name: string): { name: string; run(): string } => ({
    name,
    run() {
      order.push(name);
      return 'same';
    },
  });
  const figure = race({
    name: 'turns',
    work: 1,
    unit: 'runs',
    ours: contestant('A'),
    against: [{ ...contestant('B'), atLeast: 0 }],
    rounds: 3,
    roundMs: 0,
  });
  const [result] = await figure.measure();
  expect(order.slice(-8).join('')).toBe('ABABABAB');
  expect(result?.name).toBe('turns / B');
});

test('race: a contestant whose output differs from ours is refused', async () => {
  const other = { name: 'other', run: () => 'different', atLeast: 1 };
  const figure = race({ name: 'r', work: 1, unit: 'runs', ours: fast, against: [other], roundMs: 0 });
  await expect(figure.measure()).rejects.toThrow(
    'Cannot race other in r: its digest is different, ours is same',
  );
});

const figure = (...results: Result[]): Figure => ({ name: 'f', measure: () => Promise.resolve(results) });

test('report: short where a row is that something was asked of, whatever the others show', async () => {
  const log = vi.spyOn(console, 'log').mockReturnValue();
  const shown = judge({ ...base, value: 4 });
  const reached = judge({ ...base, value: 1, atLeast: 0.9, atMost: 1.1 });
  expect(await report([figure(shown, reached)], false)).toMatchObject({ ok: true });
  const short = judge({ ...reached, value: 0.89 });
  expect(await report([figure(shown, reached, short)], false)).toMatchObject({ ok: false });
  const rows = log.mock.calls.map(([row]) => String(row));
  expect(rows.filter((row) => row.includes(' nothing ')).some((row) => /ok|short/.test(row))).toBe(false);
  expect(rows.at(-1)).toContain('short');
  log.mockRestore();
});

test('delays: any thousand in a row are the distribution, in an order that the seed says', () => {
  const all = delays(1);
  expect(delays(1)).toEqual(all);
  expect(delays(2)).not.toEqual(all);
  expect(delays(2).toSorted((a, b) => a - b)).toEqual(all.toSorted((a, b) => a - b));
  const parts = [10, 30, 56].map((ms) => all.filter((each) => each > ms).length / all.length);
  // What lies beyond: 1, e to the power of -2, of -4.6.
  for (const [index, want] of [1, Math.exp(-2), Math.exp(-4.6)].entries())
    expect(parts[index]).toBeCloseTo(want, 2);
  const known = knownInClosedLoop(50, 1);
  expect(known.linesPerSecond).toBeCloseTo(2500, -1);
  expect(known.p50).toBeCloseTo(10 + 10 * Math.log(2), 1);
});

test('knownAtRate: who is never in a hurry waits for nobody; one client alone is the queue of the textbook', () => {
  const [service, idle] = [knownInClosedLoop(1, 1), knownAtRate(50, 1, 1)];
  for (const key of ['p50', 'p90', 'p99'] as const) expect(idle[key]).toBeCloseTo(service[key], 6);
  // Lindley: who comes finds what was left for the one before, less the time in between.
  const all = delays(1);
  const gapMs = 30;
  let waitMs = 0;
  const latencies = Array.from({ length: 100_000 }, (_, line) => {
    const latency = waitMs + all[line % all.length]!;
    waitMs = Math.max(0, latency - gapMs);
    return latency;
  }).toSorted((a, b) => a - b);
  const { p50, p99 } = knownAtRate(1, 1000 / gapMs, 1);
  expect(p50).toBeCloseTo(latencies[50_000]!, 6);
  expect(p99).toBeCloseTo(latencies[99_000]!, 6);
});

/** An entrant whose server needed so many microseconds a line, round by round. */
function entrant(...costs: number[]): Entrant {
  const contender = ours('any');
  const running = {
    port: 0,
    cpuSeconds: () => 0,
    residentBytes: () => Promise.resolve(0),
    stop: () => Promise.resolve(),
  };
  const rounds = costs.map((cost) => ({ linesPerSecond: 1e6 / (2 * cost), serverShare: 0.5, loadShare: 1 }));
  return { contender, running, rounds, lines: 0 };
}

test('costRow: processor time a line, whatever the speed; the median of the ratios of each round', () => {
  const row = costRow('watched', entrant(8, 2, 32), entrant(2, 1, 4), 4);
  expect(row).toMatchObject({ value: 4, spread: [2, 8], atMost: 4, ok: true });
  expect(row.detail).toBe('8.00 to 2.00 µs a line');
  expect(costRow('watched', entrant(8.1), entrant(2), 4).ok).toBe(false);
});

test('speedRow: lines for the same processor time, whatever the speed; the median of the ratios of each round', () => {
  const row = speedRow('free', entrant(2, 1, 4), entrant(8, 2, 32), 4);
  expect(row).toMatchObject({ value: 4, spread: [2, 8], atLeast: 4, ok: true });
  expect(row.detail).toMatch(/^2\.00 µs, 250k lines\/s \(server 50 % busy, load 100 %\) to 8\.00 µs, /);
  expect(speedRow('free', entrant(2), entrant(7.9), 4).ok).toBe(false);
});

test('series: where ours cannot be started either, every row is skipped with the reason', async () => {
  const missing = { ...ours('any'), missing: () => 'openssl is not installed' };
  const against = [{ contender: ours('peer'), atLeast: 1 }];
  const [row] = await series({ name: 's', ours: missing, against, task: () => relayTask(0, 1) }).measure();
  expect(row).toMatchObject({ name: 's / peer', skipped: 'openssl is not installed', atLeast: 1, ok: true });
});

test('checkTold: a listener that was not told each line, byte or turn is refused', () => {
  const told = { lines: 10, sends: 11, bytesRead: 330, turns: 10 };
  const check =
    (listener: string, change: Partial<Told>, order: Order = 'strict') =>
    (): void =>
      checkTold(listener, { ...told, ...change }, 10, order);
  for (const listener of ['line and send', 'line, send and turn', 'chunk', 'turn']) check(listener, {})();
  for (const change of [{ lines: 9 }, { lines: 11 }, { sends: 9 }]) {
    expect(check('line and send', change)).toThrow('Cannot count line and send, strict: told {"lines":');
    expect(check('line, send and turn', change)).toThrow(' of 10 lines');
  }
  expect(check('line, send and turn', { turns: 9 })).toThrow('"turns":9');
  expect(check('chunk', { bytesRead: 329 })).toThrow('"bytesRead":329');
  expect(check('turn', { turns: 9 })).toThrow('"turns":9');
  expect(check('turn', {}, 'free')).toThrow('Cannot count turn, free');
});

test('buildIn: a folder without a build is named, with what to do', () => {
  expect(() => buildIn('/nowhere')).toThrow(
    'Cannot measure: there is no /nowhere/apps/server/dist/main.js. Run npm run build in /nowhere',
  );
});

test('checkWatched: waits for the last batch, and refuses watchers of which one is never told of every line', async () => {
  let told = 0;
  await expect(checkWatched(() => Promise.resolve([20, (told += 5)]), 20)).resolves.toBeUndefined();
  expect(told).toBe(20);
  await expect(checkWatched(() => Promise.resolve([20, 19]), 20, 0)).rejects.toThrow(
    'Cannot count the watchers: told of 20, 19 lines of 20',
  );
});
