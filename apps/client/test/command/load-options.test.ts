import { expect, test } from 'vitest';
import { loadHelp, parseLoad } from '../../src/command/load-options.ts';

const PLAN = {
  clients: 10,
  size: 32,
  linesPerWrite: 1,
  lines: Infinity,
  durationMs: 10_000,
  warmUpMs: 0,
  rate: undefined,
  arrival: 'steady',
  rampMs: 0,
  reply: 'upper',
  events: 'on',
  timeoutMs: 10_000,
  seed: 1,
};

const words = (line: string): string[] => line.split(' ').filter((word) => word !== '');

test.each<[string, object]>([
  ['', {}],
  ['--lines 5', { lines: 5, durationMs: undefined }],
  ['--lines 5 --duration-ms 7', { lines: 5, durationMs: 7 }],
  ['--rate 1000 --arrival poisson', { rate: 1000, arrival: 'poisson' }],
  ['--clients 2 --lines-per-write 64 --size 8', { clients: 2, linesPerWrite: 64, size: 8 }],
  ['--ramp-ms 0 --reply same --events off --seed 3', { reply: 'same', events: 'off', seed: 3 }],
])('parseLoad: %s', (line, plan) => {
  expect(parseLoad(words(line))).toEqual({
    kind: 'load',
    options: {
      connection: {
        host: '127.0.0.1',
        port: 6677,
        socket: undefined,
        tls: undefined,
        tokenFile: undefined,
      },
      plan: { ...PLAN, ...plan },
      threads: 1,
      thresholds: [],
      plots: 'auto',
      ascii: false,
      html: undefined,
      compare: undefined,
      json: false,
    },
  });
});

test('parseLoad: how the result is shown, and what it must come to', () => {
  const line =
    '--plots on --ascii --html a.html --compare b.json --fail p99=50ms,rate=10 --fail max=1s --warm-up-ms 5';
  expect(parseLoad(words(line))).toMatchObject({
    options: {
      plan: { warmUpMs: 5, durationMs: 10_000 },
      plots: 'on',
      ascii: true,
      html: 'a.html',
      compare: 'b.json',
      thresholds: [
        { name: 'p99', limit: 50 },
        { name: 'rate', limit: 10 },
        { name: 'max', limit: 1000 },
      ],
    },
  });
});

test('parseLoad: where, how many threads, and for programs', () => {
  expect(parseLoad(['example.org:7', '--threads', '2', '--json', '--timeout-ms', '5'])).toMatchObject({
    options: {
      connection: { host: 'example.org', port: 7 },
      plan: { timeoutMs: 5 },
      threads: 2,
      json: true,
    },
  });
});

test.each([
  ['--clients 0', 'Cannot start with --clients "0": expected an integer from 1 to 65535'],
  ['--rate fast', 'Cannot start with --rate "fast": expected an integer from 1 to 100000000'],
  ['--arrival often', 'Cannot start with --arrival "often": expected steady or poisson'],
  ['--json --plots on', 'Cannot start with --json and --plots on: expected only one'],
  [
    '--json --compare a.json',
    'Cannot start with --json and --compare: expected --html FILE for the comparison',
  ],
  ['--plots often', 'Cannot start with --plots "often": expected auto or on or off'],
  [
    '--fail p99=50',
    'Cannot start with --fail "p99=50": expected NAME=LIMIT, separated by commas: rate=1000, or mean, stdev, max or a percentile such as p99.9 with a time in us, ms or s',
  ],
  ['--nosuch', 'Cannot start: --nosuch is not an option'],
  ['--clinets 3', 'Cannot start: --clinets is not an option. Did you mean --clients?'],
  ['a b', 'Cannot start with 2 addresses: expected one host:port'],
])('parseLoad: %s is wrong', (line, text) => {
  expect(parseLoad(words(line))).toEqual({ kind: 'wrong', text });
});

test('loadHelp: names every option', () => {
  expect(parseLoad(['--help'])).toEqual({ kind: 'help' });
  for (const name of [
    'clients',
    'lines',
    'duration-ms',
    'size',
    'lines-per-write',
    'rate',
    'arrival',
    'ramp-ms',
    'warm-up-ms',
    'plots',
    'html',
    'compare',
    'fail',
  ])
    expect(loadHelp()).toContain(`  --${name} `);
});
