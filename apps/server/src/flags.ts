import { parseArgs } from 'node:util';
import { COMMAND_OPTIONS } from './command-options.ts';
import { OptionError } from './options.ts';

/** What `--classic` stands for: what the program this server descends from did. */
const CLASSIC = { framing: 'chunk', events: 'off', order: 'strict', clients: 3, quit: 'all' };

const KEYS = Object.keys(COMMAND_OPTIONS);

/** An option as it is called on the command line: `maxLineBytes` is `--max-line-bytes`. */
export function flagOf(key: string): string {
  return `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}`;
}

export interface Flags {
  readonly help: boolean;
  readonly version: boolean;
  /** Options by their key, as they were written. */
  readonly options: Readonly<Record<string, unknown>>;
}

/**
 * Reads the command line.
 *
 * Errors: `OptionError` for what is no option, for one without its value, and for anything besides options.
 */
export function readFlags(argv: readonly string[]): Flags {
  const known = Object.fromEntries(KEYS.map((key) => [flagOf(key).slice(2), { type: 'string' as const }]));
  const more = {
    help: { type: 'boolean', short: 'h' },
    version: { type: 'boolean' },
    classic: { type: 'boolean' },
  } as const;
  let values: Record<string, string | boolean | undefined>;
  try {
    // A leading `--` is what `pnpm start -- --port 0` leaves in front.
    const args = argv[0] === '--' ? argv.slice(1) : [...argv];
    ({ values } = parseArgs({ args, options: { ...known, ...more }, strict: true }));
  } catch (error) {
    throw new OptionError(`Cannot start: ${why(error)}. See --help`, { cause: error });
  }
  const options: Record<string, unknown> = values['classic'] ? { ...CLASSIC } : {};
  for (const key of KEYS) {
    const value = values[flagOf(key).slice(2)];
    if (value !== undefined) options[key] = value;
  }
  return { help: values['help'] === true, version: values['version'] === true, options };
}

/** The first sentence of what `parseArgs` has to say, which names the flag. */
function why(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  const unknown = /^Unknown option '(.+?)'/.exec(text)?.[1] ?? /^Unexpected argument '(.+?)'/.exec(text)?.[1];
  return unknown === undefined
    ? text.split(/[.]\s/, 1).join('').replace(/[.]$/, '')
    : `${unknown} is no option`;
}

/** The text of `--help`. */
export function helpText(): string {
  const rows = KEYS.map((key) => {
    const { help, expected, loopback, exposed } = COMMAND_OPTIONS[key as keyof typeof COMMAND_OPTIONS];
    const defaults = exposed === undefined ? loopback : `${loopback}; exposed: ${exposed}`;
    return `  ${flagOf(key)}\n      ${help}\n      ${expected} (default: ${defaults})`;
  });
  return `proto-server: a TCP line server in which clients take turns

Usage: proto-server [options]

${rows.join('\n')}
  --classic
      for clients that send a sentence without a terminator and take one read as the answer: framing chunk, events
      off, order strict, 3 clients, quit all. One read is one message only as long as each side waits for the other:
      TCP keeps no boundaries, and two sentences sent at once arrive as one
  --help, --version

Bound to any address but a loopback one the server is exposed, and some defaults are stricter.
An option given by name always wins.

Exit codes: 0 after a quit or a signal handled, 64 a wrong option, 69 the port cannot be had,
130 and 143 a second SIGINT or SIGTERM.
`;
}
