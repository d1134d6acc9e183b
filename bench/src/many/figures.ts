import { spawnSync } from 'node:child_process';
import { askApart } from '../apart.ts';
import { type Figure, judge, median, type Result, skipped } from '../figure.ts';
import { path } from '../server/processes.ts';
import { quotients } from '../server/series.ts';
import { alone, type Cluster, command, Logs, program, type StartNode } from './cluster.ts';
import { manyRounds, type ManyRound, type Run } from './rounds.ts';

/** Bytes in the heap of a server for each client of another server: one that has come, and one that has said a line, too. */
export interface Heap {
  readonly joined: number;
  readonly spoken: number;
}

const free: StartNode = command('--order', 'free');

type Bounds = Pick<Result, 'atLeast' | 'atMost'>;

/** A row: its value in each round, and the median of those. */
function row(name: string, unit: string, values: readonly number[], bounds: Bounds, detail: string): Result {
  const spread = [Math.min(...values), Math.max(...values)] as const;
  return judge({ name, value: median(values), unit, spread, ...bounds, detail });
}

/** Measures clusters on three NATS servers, and ends everything. */
function figure(
  name: string,
  starts: readonly StartNode[],
  run: (cluster: Cluster) => Omit<Run, 'cluster'>,
  rows: (...rounds: (readonly ManyRound[])[]) => Result[],
): Figure {
  return {
    name,
    async measure() {
      if (spawnSync('nats-server', ['--version']).error !== undefined)
        return [skipped(name, 'nats-server is not installed')];
      const logs = await Logs.start();
      const clusters: Cluster[] = [];
      try {
        for (const start of starts) clusters.push(await logs.cluster(start));
        return rows(...(await manyRounds(clusters.map((cluster) => ({ cluster, ...run(cluster) })))));
      } finally {
        await Promise.all(clusters.map((cluster) => cluster.stop()));
        await logs.stop();
      }
    },
  };
}

function speeds(rounds: readonly ManyRound[]): number[] {
  return rounds.map(({ linesPerSecond }) => linesPerSecond);
}

/** How long a write waits for its answers. */
function waits(rounds: readonly ManyRound[]): string {
  const of = (key: 'p50Ms' | 'p99Ms'): string =>
    median(rounds.map(({ latency }) => latency![key])).toPrecision(2);
  return `p50 ${of('p50Ms')} ms, p99 ${of('p99Ms')} ms`;
}

const COSTS = [
  ['ownMicros', 'its own server'],
  ['otherMicros', 'each other server'],
  ['natsMicros', 'all NATS servers'],
] as const;

/** Processor time a line where all clients are on one server. `atMost`: asked of their server, of each other, of NATS. */
function costRows(name: string, rounds: readonly ManyRound[], atMost: readonly number[] = []): Result[] {
  return COSTS.map(([key, whose], index) => {
    const values = rounds.map((round) => round[key]);
    const most = atMost[index];
    return row(
      `${name}, processor time a line / ${whose}`,
      'µs',
      values,
      most === undefined ? {} : { atMost: most },
      '',
    );
  });
}

const trip = figure(
  'line to reply, one in flight',
  [free],
  () => ({ on: 1, clients: 1, batch: 1 }),
  (rounds) => {
    const values = rounds.map(({ latency }) => latency!.p50Ms);
    return [row('line to reply, one in flight', 'ms', values, { atMost: 5 }, waits(rounds))];
  },
);

const strict = figure(
  'strict, 12 clients on 3 servers',
  [command('--clients', '12')],
  () => ({ on: 3, clients: 12, batch: 1, isStrict: true }),
  (rounds) => [
    row('strict, 12 clients on 3 servers', 'lines/s', speeds(rounds), { atLeast: 1_000 }, waits(rounds)),
  ],
);

const batches = [1, 3].map((on) => {
  const name = `64 lines a write, 100 clients on ${on === 1 ? 'one server of 3' : 'each of 3 servers'}`;
  return figure(
    name,
    [free],
    () => ({ on, clients: 100 * on, batch: 64 }),
    (rounds) => [
      row(name, 'lines/s', speeds(rounds), { atLeast: 100_000 }, waits(rounds)),
      ...(on === 1 ? costRows('64 lines a write', rounds, [3, 1, 5]) : []),
    ],
  );
});

const single = figure(
  '1 line a write, 300 clients on one server of 3',
  [free, program('apart')],
  () => ({ on: 1, clients: 300, batch: 1 }),
  (rounds, apart) => [
    row('1 line a write, 300 clients on one server of 3', 'lines/s', speeds(rounds), {}, waits(rounds)),
    ...costRows('1 line a write', rounds, [45, 2, 30]),
    ...costRows('an entry for each line', apart),
  ],
);

/** Processor time of all servers for a line. */
function costs(rounds: readonly ManyRound[]): number[] {
  return rounds.map(({ totalMicros }) => totalMicros);
}

const together = figure(
  '1 line a write, 900 clients on 3 servers',
  [free, program('together'), program('apart')],
  () => ({ on: 3, clients: 900, batch: 1 }),
  (ours, batched, apart) => {
    const name = '1 line a write, 900 clients on 3 servers';
    const ratios = quotients(speeds(batched), speeds(apart));
    const lines = [batched, apart].map((rounds) => Math.round(median(speeds(rounds))));
    const byProcessor = median(quotients(costs(apart), costs(batched))).toFixed(2);
    const detail = `${lines.join(' to ')} lines/s; by processor time ${byProcessor} x`;
    return [
      row(name, 'lines/s', speeds(ours), {}, waits(ours)),
      row(`${name} / an entry for each record`, 'x', ratios, { atLeast: 4 }, detail),
    ];
  },
);

/** One to three servers that share their rooms on this machine, beside one that has no log to share them. */
function onOneMachine(what: string, flags: readonly string[], load: Omit<Run, 'cluster' | 'on'>): Figure {
  const name = `one machine, ${what}`;
  return {
    name,
    async measure() {
      if (spawnSync('nats-server', ['--version']).error !== undefined)
        return [skipped(name, 'nats-server is not installed')];
      const logs = await Logs.start(1);
      const clusters = [await alone(...flags)];
      try {
        for (const count of SERVERS) clusters.push(await logs.cluster(command(...flags), count));
        const runs = clusters.map((cluster) => ({ cluster, on: cluster.nodes.length, ...load }));
        const [bare, ...others] = await manyRounds(runs);
        return others.map((rounds, index) => machineRow(name, SERVERS[index]!, rounds, bare!));
      } finally {
        await Promise.all(clusters.map((cluster) => cluster.stop()));
        await logs.stop();
      }
    },
  };
}

const inFree = ['--order', 'free'];
const toOthers = [...inFree, '--deliver', 'others', '--transform', 'none'];
const machine = [
  onOneMachine('1 line a write', inFree, { clients: 300, batch: 1 }),
  onOneMachine('64 lines a write', inFree, { clients: 100, batch: 64 }),
  onOneMachine('relay to 300', toOthers, { clients: 300, batch: 64, isRelay: true }),
];

const SERVERS = [1, 2, 3];

function inMicros(values: readonly number[]): string {
  return String(Number(median(values).toPrecision(2)));
}

/** Lines for each second of processor time, of all servers and NATS, divided by those of one server without a log. */
function machineRow(
  name: string,
  servers: number,
  rounds: readonly ManyRound[],
  bare: readonly ManyRound[],
): Result {
  const micros = [rounds, bare].map((each) => inMicros(costs(each)));
  const busiest = inMicros(rounds.map(({ busiestMicros }) => busiestMicros));
  const thousands = [rounds, bare].map((each) => `${Math.round(median(speeds(each)) / 1000)}k`);
  return row(
    `${name}: ${servers} with a log / 1 without`,
    'x',
    quotients(costs(bare), costs(rounds)),
    {},
    `${micros.join(' to ')} µs a line, ${busiest} of the busiest server; ${thousands.join(' to ')} lines/s`,
  );
}

const heap: Figure = {
  name: 'heap a client, on each other server',
  async measure() {
    const seen: Heap[] = [];
    for (let round = 0; round < 3; round++)
      seen.push(await askApart<Heap>(path('../many/servers/members.ts'), 'free'));
    const of = (key: keyof Heap, what: string): Result =>
      row(
        `${this.name} / ${what}`,
        'B',
        seen.map((each) => each[key]),
        { atMost: 700 },
        '100,000 members',
      );
    return [of('joined', 'that has come'), of('spoken', 'that has said a line')];
  },
};

/** The figures of several servers that share their rooms. */
export const manyFigures: readonly Figure[] = [trip, strict, ...batches, single, together, ...machine, heap];
