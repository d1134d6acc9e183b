import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { figure, size, skip } from '../../faults/figure.ts';
import { isMissing } from '../binary.ts';
import { Client } from '../client.ts';
import { Flood } from '../flood.ts';
import { type Printing, type Sink, SINKS, startInto } from '../sink.ts';

const CLIENTS = 50;
const FREE = ['--order', 'free', '--quit', 'self'];

interface Entrant {
  readonly server: Printing;
  readonly flood: Flood;
  /** Lines a second of processor time, round by round. */
  readonly speeds: number[];
}

async function enter(sink: Sink, ...flags: string[]): Promise<Entrant> {
  const server = await startInto(sink, ...FREE, ...flags);
  return { server, flood: await Flood.open(server.port, CLIENTS), speeds: [] };
}

/** Processor time of a process so far; the first number of each thread is in nanoseconds. */
function cpuSeconds({ pid }: Printing): number {
  const tasks = `/proc/${pid}/task`;
  return readdirSync(tasks)
    .map((task) => Number.parseInt(readFileSync(`${tasks}/${task}/schedstat`, 'latin1'), 10) / 1e9)
    .reduce((sum, seconds) => sum + seconds, 0);
}

/** Both in turns, so that what the machine does meanwhile is the same for both. */
async function race(entrants: readonly Entrant[]): Promise<void> {
  const blocks = size(3, Math.ceil(1_000_000 / CLIENTS / 64));
  for (let round = 0; round < size(1, 7); round++) {
    for (const { server, flood, speeds } of entrants) {
      const before = cpuSeconds(server);
      const lines = await flood.run((sent) => sent < blocks);
      speeds.push(lines / (cpuSeconds(server) - before));
    }
  }
}

const median = (values: readonly number[]): number =>
  values.toSorted((one, other) => one - other)[values.length >> 1] ?? Number.NaN;

const rowsOf = (server: Printing): string[] => server.stdout().replaceAll('\r', '').split('\n').slice(0, -1);

test.each([
  ...SINKS.map((sink) => ({ sink, what: 'the default log', flags: [] })),
  { sink: 'a file', what: '--log json', flags: ['--log', 'json'] },
] as const)('F43: $what to $sink: a flood is a number', async (own) => {
  const { sink, what, flags } = own;
  if (sink === 'a terminal' && isMissing('script')) return skip('F43', 'script is not installed');
  const entrants = [await enter(sink, ...flags), await enter(sink, '--log', 'none')];
  const [logging, silent] = entrants as [Entrant, Entrant];
  await race(entrants);
  expect(entrants.map(({ flood }) => flood.wrong)).toEqual([0, 0]);
  const rows = rowsOf(logging.server);
  if (sink === 'a terminal') {
    await logging.server.child.line(/^[\d,]+ lines\/s from \d+ clients, not shown one by one\r$/);
    // Fifty lines and their answers a second, and what else was shown meanwhile: not two for each of thousands.
    expect(rows.length).toBeLessThan(1_000 + size(0, 300 * 60));
  } else {
    expect(logging.server.stdout()).not.toMatch(/secret/i);
    expect(rows.length).toBeLessThan(size(200, 1_000));
  }
  if (sink !== '/dev/null') {
    if (what === 'the default log') expect(rows[0]).toBe(`listening on 127.0.0.1:${logging.server.port}`);
    expect(rowsOf(silent.server)).toEqual([`listening on 127.0.0.1:${silent.server.port}`]);
  }
  const ratios = logging.speeds.map((speed, round) => speed / silent.speeds[round]!);
  figure({
    id: 'F43',
    what: `${what} to ${sink}: lines a second of processor time, to those of --log none`,
    value: median(ratios),
    unit: 'x',
    atLeast: 0.9,
  });
});

test.each([{ log: 'console' }, { log: 'json' }])(
  'F43: a file grows little while the server is flooded, --log $log',
  async ({ log }) => {
    const ms = size(100, 60_000);
    const { server, flood } = await enter('a file', '--log', log);
    const before = server.stdout().length;
    const until = performance.now() + ms;
    const lines = await flood.run(() => performance.now() < until);
    const grown = server.stdout().length - before;
    expect(flood.wrong).toBe(0);
    expect(grown).toBeLessThan(1_000);
    figure({
      id: 'F43',
      what: `a file with the ${log} log grew in ${ms / 1_000} s, ${lines} lines`,
      value: grown,
      unit: 'bytes',
      atMost: (1_000_000 * ms) / 60_000,
    });
  },
);

test('F43: a terminal that takes nothing stops nobody', async () => {
  if (isMissing('python3')) return skip('F43', 'python3 is not installed');
  const { child, port } = await startInto('a stopped terminal', '--order', 'free');
  const client = await Client.in(port);
  const lines = Array.from({ length: 200 }, (_, line) => `${line} `.padEnd(1_000, 'x'));
  client.say(...lines);
  await client.sync();
  const answers = client.lines.filter((line) => !line.startsWith('* '));
  expect(answers).toEqual(lines.map((line) => line.toUpperCase()));
  child.kill('SIGTERM');
  expect(await child.exit).toEqual({ code: 0, signal: null });
  figure({
    id: 'F43',
    what: 'lines answered while the terminal takes nothing, of 200',
    value: answers.length,
    unit: '',
    atLeast: lines.length,
  });
});
