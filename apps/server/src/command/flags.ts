import { parseArgs } from 'node:util';
import { nearest } from '@proto/protocol';
import { COMMAND_OPTIONS } from './command-options.ts';
import { FORMER_NAMES, renamed } from '../options/option-rows.ts';
import { OptionError } from '../options/options.ts';

/** What `--classic` stands for: the behaviour of the program that this server descends from. */
const CLASSIC = { framing: 'chunk', events: 'off', order: 'strict', clients: 3, quit: 'all' };

const KEYS = [...Object.keys(COMMAND_OPTIONS), ...FORMER_NAMES.keys()];

/** The name of an option on the command line: `maxLineBytes` is `--max-line-bytes`. */
export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

export interface Flags {
  readonly help: boolean;
  readonly version: boolean;
  readonly printConfig: boolean;
  /** The file with more options. */
  readonly config: string | undefined;
  /** Options by key, as written. */
  readonly options: Readonly<Record<string, unknown>>;
  /** What `--classic` stands for, unless a flag says otherwise. */
  readonly preset: Readonly<Record<string, unknown>>;
}

/**
 * Parses the command line.
 *
 * Errors: `OptionError` for an unknown option, for one without its value, and for anything that isn't an option.
 */
export function readFlags(argv: readonly string[]): Flags {
  const known = Object.fromEntries(KEYS.map((key) => [flagOf(key).slice(2), { type: 'string' as const }]));
  const more = {
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean' },
    'print-config': { type: 'boolean' },
    config: { type: 'string' },
    classic: { type: 'boolean' },
  } as const;
  let values: Record<string, string | boolean | undefined>;
  try {
    // `pnpm start -- --port 0` leaves a leading `--`.
    const args = argv[0] === '--' ? argv.slice(1) : [...argv];
    ({ values } = parseArgs({ args, options: { ...known, ...more }, strict: true }));
  } catch (error) {
    const names = [...Object.keys(known), ...Object.keys(more)].map((name) => `--${name}`);
    throw new OptionError(`Cannot start: ${why(error, names)} See --help`, { cause: error });
  }
  const options: Record<string, unknown> = {};
  for (const key of KEYS) {
    const value = values[flagOf(key).slice(2)];
    if (value !== undefined) options[key] = value;
  }
  return {
    help: values['help'] === true,
    version: values['version'] === true,
    printConfig: values['print-config'] === true,
    config: typeof values['config'] === 'string' ? values['config'] : undefined,
    options: renamed(options),
    preset: values['classic'] === true ? CLASSIC : {},
  };
}

/** The first sentence of the message from `parseArgs`, which names the flag. */
function why(error: unknown, names: readonly string[]): string {
  const text = error instanceof Error ? error.message : String(error);
  const unknown = /^Unknown option '(.+?)'/.exec(text)?.[1] ?? /^Unexpected argument '(.+?)'/.exec(text)?.[1];
  return unknown === undefined
    ? `${text.split(/[.]\s/, 1).join('').replace(/[.]$/, '')}.`
    : `${unknown} is not an option.${nearest(unknown, names, '--')}`;
}
