import { parseArgs, type ParseArgsConfig } from 'node:util';
import { DEFAULTS, MOST_TIMEOUT_MS } from '../library/connect.ts';
import { parseThresholds, type Threshold, THRESHOLD_SHAPE } from '../load/figures/thresholds.ts';
import type { LoadSettings } from '../load/load.ts';
import type { LoadPlan } from '../load/plan.ts';
import { EXIT_HELP } from '../mode/exit-codes.ts';
import {
  CONNECTION_CONFIG,
  CONNECTION_HELP,
  type ConnectionOptions,
  parseConnection,
} from './connection-flags.ts';
import { integer, type Wrong, wrong, wrongFlag, wrongValue } from './flags.ts';

/** When there are text plots: on a terminal, always, or never. */
export type Plots = 'auto' | 'on' | 'off';

/** What `proto-client load` is told to do. */
export interface LoadOptions extends LoadSettings {
  readonly connection: ConnectionOptions;
  readonly plots: Plots;
  /** Whether to draw without block elements, whatever the locale is. */
  readonly ascii: boolean;
  /** Where to write the page; `undefined`: nowhere. */
  readonly html: string | undefined;
  /** The report to compare with. */
  readonly compare: string | undefined;
}

/** A parsed command line: options, something to print, or what is wrong with it. */
export type LoadLine =
  | { readonly kind: 'load'; readonly options: LoadOptions }
  | { readonly kind: 'help' }
  | Wrong;

interface Count {
  readonly help: string;
  readonly least: number;
  readonly most: number;
  readonly standard?: number;
}

/** The flags that take a number. */
const COUNTS = {
  clients: { help: 'connections', least: 1, most: 65_535, standard: 10 },
  lines: { help: 'lines per client', least: 1, most: 1_000_000_000 },
  'duration-ms': { help: 'how long to send; 10000 without --lines', least: 1, most: MOST_TIMEOUT_MS },
  'warm-up-ms': {
    help: 'how long to send before that, without measuring',
    least: 0,
    most: MOST_TIMEOUT_MS,
    standard: 0,
  },
  size: { help: 'content of a line, in bytes', least: 1, most: 1_048_576, standard: 32 },
  'lines-per-write': {
    help: 'lines per write; the next write waits for their answers',
    least: 1,
    most: 4096,
    standard: 1,
  },
  rate: { help: 'lines per second in total, even if answers are late', least: 1, most: 100_000_000 },
  'ramp-ms': { help: 'time over which the clients connect', least: 0, most: MOST_TIMEOUT_MS, standard: 0 },
  threads: { help: 'threads that share the clients', least: 1, most: 64, standard: 1 },
  'timeout-ms': {
    help: 'an answer that takes longer counts as missing',
    least: 1,
    most: MOST_TIMEOUT_MS,
    standard: DEFAULTS.timeoutMs,
  },
  seed: { help: 'a different seed sends different lines', least: 0, most: 999_999_999, standard: 1 },
} as const satisfies Record<string, Count>;

/** The flags that take a word. The first word is the default. */
const CHOICES = {
  arrival: { help: 'with --rate: how the lines are spaced', words: ['steady', 'poisson'] },
  reply: { help: 'how the server changes a line', words: ['upper', 'same'] },
  events: { help: 'off: for a server started with --events off', words: ['on', 'off'] },
  plots: {
    help: 'text plots after the figures; auto: on a terminal',
    words: ['auto', 'on', 'off'],
  },
} as const;

type CountName = keyof typeof COUNTS;
type ChoiceName = keyof typeof CHOICES;

const COUNT_NAMES = Object.keys(COUNTS) as CountName[];
const CHOICE_NAMES = Object.keys(CHOICES) as ChoiceName[];

const CONFIG: NonNullable<ParseArgsConfig['options']> = {
  ...Object.fromEntries([...COUNT_NAMES, ...CHOICE_NAMES].map((name) => [name, { type: 'string' as const }])),
  ...CONNECTION_CONFIG,
  html: { type: 'string' },
  compare: { type: 'string' },
  fail: { type: 'string', multiple: true },
  ascii: { type: 'boolean' },
  json: { type: 'boolean' },
  help: { type: 'boolean', short: 'h' },
};

/** The names of all flags of a load run. */
export const LOAD_FLAGS: readonly string[] = Object.keys(CONFIG);

/** What `proto-client load --help` prints, before it is fitted to a terminal. */
export function loadHelp(): string {
  const rows = [
    ...COUNT_NAMES.map((name): [string, string] => {
      const { help, least, most, standard }: Count = COUNTS[name];
      const unless = standard === undefined ? '' : `; default ${standard}`;
      return [`--${name} N`, `${help}; from ${least} to ${most}${unless}`];
    }),
    ...CHOICE_NAMES.map((name): [string, string] => {
      const { help, words } = CHOICES[name];
      return [`--${name} ${words.join('|')}`, help];
    }),
    ['--ascii', 'draw plots in ASCII, as by default if the locale is not UTF-8'],
    ['--html FILE', 'write a page with plots of the latencies, and over time'],
    ['--compare FILE', 'compare with an earlier run: what --json printed of it'],
    ['--fail NAME=LIMIT,...', 'exit with 1 if a figure misses its threshold; see below'],
    ['--json', 'print the figures as one JSON object, with the histogram'],
  ];
  return `Usage: proto-client load [options] [host:port]

Puts a line server under load, checks every answer, and reports how fast they came. A
server in strict order must not wait for more clients than --clients.

${CONNECTION_HELP}
${rows.map(([flag, help]) => `  ${flag}\n      ${help}\n`).join('')}
Latency counts from the write of a line; with --rate, from when the line was due, so that
a server that stalls is charged for every line that it held up (coordinated omission).

Thresholds, as in --fail p99=50ms,rate=1000: lines per second at least for rate; at most
a time in us, ms or s for mean, stdev (the standard deviation), max, and any percentile,
such as p50 or p99.9. A run that misses one exits with 1. Without a sample, none is met.

Exit codes:
${EXIT_HELP.map(([code, text]) => `  ${String(code).padStart(3)}  ${text}\n`).join('')}`;
}

/**
 * Parses the command line of a load run, without the word `load`.
 *
 * Errors: as data, one line.
 */
export function parseLoad(argv: readonly string[]): LoadLine {
  let parsed;
  try {
    parsed = parseArgs({ args: [...argv], options: CONFIG, allowPositionals: true });
  } catch (error) {
    return wrongFlag(error, LOAD_FLAGS);
  }
  const values = parsed.values as Readonly<Record<string, string | boolean | undefined>>;
  if (values['help']) return { kind: 'help' };
  const connection = parseConnection(values, parsed.positionals);
  if ('kind' in connection) return connection;
  const counts: Partial<Record<CountName, number>> = {};
  for (const name of COUNT_NAMES) {
    const { least, most, standard }: Count = COUNTS[name];
    const given = values[name] as string | undefined;
    const value = given === undefined ? standard : integer(given, least, most);
    if (given !== undefined && value === undefined)
      return wrongValue(name, given, `an integer from ${least} to ${most}`);
    if (value !== undefined) counts[name] = value;
  }
  const choices: Partial<Record<ChoiceName, string>> = {};
  for (const name of CHOICE_NAMES) {
    const words: readonly string[] = CHOICES[name].words;
    const value = (values[name] as string | undefined) ?? words[0]!;
    if (!words.includes(value)) return wrongValue(name, value, words.join(' or '));
    choices[name] = value;
  }
  const thresholds: Threshold[] = [];
  for (const text of (parsed.values['fail'] ?? []) as readonly string[]) {
    const some = parseThresholds(text);
    if (some === undefined) return wrongValue('fail', text, THRESHOLD_SHAPE);
    thresholds.push(...some);
  }
  const { plots, ...rest } = choices as Choices;
  const [html, compare] = [values['html'], values['compare']] as readonly (string | undefined)[];
  const isJson = values['json'] === true;
  if (isJson && plots === 'on') return wrong('Cannot start with --json and --plots on: expected only one');
  if (isJson && compare !== undefined && html === undefined)
    return wrong('Cannot start with --json and --compare: expected --html FILE for the comparison');
  const report = { plots, ascii: values['ascii'] === true, html, compare, json: isJson };
  const { threads } = counts as Counts;
  const plan = planOf(counts as Counts, rest);
  return { kind: 'load', options: { connection, plan, threads, thresholds, ...report } };
}

type Counts = {
  readonly [Name in CountName]: (typeof COUNTS)[Name] extends { standard: number }
    ? number
    : number | undefined;
};
type Choices = { readonly [Name in ChoiceName]: (typeof CHOICES)[Name]['words'][number] };

function planOf(counts: Counts, choices: Omit<Choices, 'plots'>): LoadPlan {
  const { clients, size, rate, lines, seed } = counts;
  const standard = lines === undefined ? 10_000 : undefined;
  return {
    ...choices,
    clients,
    size,
    rate,
    seed,
    linesPerWrite: counts['lines-per-write'],
    lines: lines ?? Infinity,
    durationMs: counts['duration-ms'] ?? standard,
    warmUpMs: counts['warm-up-ms'],
    rampMs: counts['ramp-ms'],
    timeoutMs: counts['timeout-ms'],
  };
}
