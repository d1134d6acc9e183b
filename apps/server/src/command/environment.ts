import { COMMAND_OPTIONS } from './command-options.ts';
import { nearest } from '../text/nearest.ts';
import { FORMER_NAMES, renamed } from '../options/option-rows.ts';

const PREFIX = 'PROTO_';
const CONFIG = 'PROTO_CONFIG';

/** An option as it is called in the environment: `maxLineBytes` is `PROTO_MAX_LINE_BYTES`. */
export function variableOf(key: string): string {
  return PREFIX + key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

const KEYS = new Map(
  [...Object.keys(COMMAND_OPTIONS), ...FORMER_NAMES.keys()].map((key) => [variableOf(key), key]),
);

export interface Environment {
  /** The file with more options. */
  readonly config: string | undefined;
  /** Options by their key, as they were written. */
  readonly options: Readonly<Record<string, unknown>>;
  /** One line for each variable that looks like ours and is not. Others share the prefix, so it is no error. */
  readonly warnings: readonly string[];
}

/** Reads the options out of environment variables. An empty variable is one that is not set. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const options: Record<string, unknown> = {};
  const warnings: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || name === CONFIG || value === undefined || value === '') continue;
    const key = KEYS.get(name);
    if (key === undefined)
      warnings.push(`${name} is no option, and ignored.${nearest(name, [...KEYS.keys()], PREFIX)}`);
    else options[key] = value;
  }
  return { config: env[CONFIG] || undefined, options: renamed(options), warnings };
}
