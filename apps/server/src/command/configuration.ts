import { escape } from '@proto/xray';
import { COMMAND_OPTIONS, type CommandSettings } from './command-options.ts';
import { readConfigFile } from './config-file.ts';
import { readEnvironment, variableOf } from './environment.ts';
import { flagOf, readFlags } from './flags.ts';
import { takenByNpm } from './taken-by-npm.ts';
import { OptionError } from '../options/options.ts';
import { isExposed } from '../options/settings.ts';
import { withoutPassword } from '../text/without-password.ts';

/** Everything the command is told, from any source. */
export interface Configuration {
  /** What to do instead of running a server. */
  readonly ask: 'help' | 'version' | 'config' | undefined;
  /** Options by key, as written; for each, the value that wins. */
  readonly options: Readonly<Record<string, unknown>>;
  /** The name of an option where it was written: `--port`, `PROTO_PORT`, `proto.json: port`. */
  readonly nameOf: (key: string) => string;
  /** The source of its value, in words. */
  readonly sourceOf: (key: string) => string;
  readonly warnings: readonly string[];
}

/**
 * Reads flags, environment and config file. A flag overrides a variable, and a variable overrides the file.
 *
 * `inherited`: where a socket passed to this process is bound. Options can't change that.
 *
 * Errors: `OptionError` for what can't be read or isn't an option. `commandSettings` checks the values later.
 */
export function configure(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  inherited: Readonly<Record<string, unknown>> = {},
): Configuration {
  const taken = takenByNpm(Object.keys(COMMAND_OPTIONS).map(flagOf), argv, env);
  if (taken !== undefined) throw new OptionError(`Cannot start: ${taken}`);
  const flags = readFlags(argv);
  const environment = readEnvironment(env);
  const path = flags.config ?? environment.config;
  const isAnswered = flags.help || flags.version;
  const inFile = (key: string): string => `${path}: ${key}`;
  // From the weakest to the strongest.
  const sources = [
    { options: path === undefined || isAnswered ? {} : readConfigFile(path), nameOf: inFile },
    { options: environment.options, nameOf: variableOf },
    { options: flags.preset, nameOf: () => '--classic' },
    { options: flags.options, nameOf: flagOf },
    { options: inherited, nameOf: () => 'LISTEN_FDS' },
  ];
  const names = new Map<string, string>();
  for (const { options, nameOf } of sources) {
    for (const key of Object.keys(options)) names.set(key, nameOf(key));
  }
  const options = Object.assign({}, ...sources.map((source) => source.options)) as Record<string, unknown>;
  return {
    ask: flags.help ? 'help' : flags.version ? 'version' : flags.printConfig ? 'config' : undefined,
    options,
    nameOf: (key) => names.get(key) ?? flagOf(key),
    sourceOf: (key) => names.get(key) ?? defaultOf(key, options),
    warnings: environment.warnings,
  };
}

function defaultOf(key: string, options: Readonly<Record<string, unknown>>): string {
  if (!('exposed' in COMMAND_OPTIONS[key as keyof CommandSettings])) return 'default';
  return isExposed(options) ? 'default, exposed' : 'default, loopback';
}

/** The text of `--print-config`: each option, its value and its source. Passwords in addresses are left out. */
export function configText(
  settings: Readonly<Record<string, unknown>>,
  sourceOf: (key: string) => string,
): string {
  const rows = Object.keys(COMMAND_OPTIONS).map(
    (key) => [key, visible(withoutPassword(String(settings[key]))), visible(sourceOf(key))] as const,
  );
  const width = (column: 0 | 1): number => Math.max(...rows.map((row) => row[column].length));
  const [keys, values] = [width(0), width(1)];
  return rows
    .map(([key, value, source]) => `${key.padEnd(keys)}  ${value.padEnd(values)}  ${source}`)
    .join('\n');
}

/** A path keeps its letters, but nothing in it moves the cursor or begins a line. */
function visible(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]/gu, (char) => escape(char));
}
