import { nearest } from '@proto/protocol';
import { COMMAND_OPTIONS } from './command-options.ts';
import { FORMER_NAMES, renamed } from '../options/option-rows.ts';

const PREFIX = 'PROTO_';
const CONFIG = 'PROTO_CONFIG';

/** The name of an option in the environment: `maxLineBytes` is `PROTO_MAX_LINE_BYTES`. */
export function variableOf(key: string): string {
  return PREFIX + key.replace(/[A-Z]/g, (letter) => `_${letter}`).toUpperCase();
}

const KEYS = new Map(
  [...Object.keys(COMMAND_OPTIONS), ...FORMER_NAMES.keys()].map((key) => [variableOf(key), key]),
);

export interface Environment {
  /** The file with more options. */
  readonly config: string | undefined;
  /** Options by key, as written. */
  readonly options: Readonly<Record<string, unknown>>;
  /** One line for each variable that looks like ours but isn't. Others may use the prefix too, so it isn't an error. */
  readonly warnings: readonly string[];
}

/** Reads the options from environment variables. An empty variable counts as not set. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const options: Record<string, unknown> = {};
  const warnings: string[] = [];
  for (const [name, value] of Object.entries(env)) {
    if (!name.startsWith(PREFIX) || name === CONFIG || value === undefined || value === '') continue;
    const key = KEYS.get(name);
    if (key === undefined)
      warnings.push(`${name} is not an option, and is ignored.${nearest(name, [...KEYS.keys()], PREFIX)}`);
    else options[key] = value;
  }
  return { config: env[CONFIG] || undefined, options: renamed(options), warnings };
}
