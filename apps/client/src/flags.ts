import { DEFAULTS } from './connect.ts';
import type { Place } from './dial.ts';
import { excerpt } from './escape.ts';

/** What is wrong with a command line, in one line. */
export interface Wrong {
  readonly kind: 'wrong';
  readonly text: string;
}

export function wrong(text: string): Wrong {
  return { kind: 'wrong', text };
}

/** For an option whose value is not what was expected. */
export function wrongValue(option: string, value: string | undefined, expected: string): Wrong {
  return wrong(`Cannot start with --${option} ${excerpt(value ?? '')}: expected ${expected}`);
}

/** A whole number within bounds; `undefined` for anything else. */
export function integer(text: string, least: number, most: number): number | undefined {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}

/**
 * Reads where the server is: what is left of a command line without its options.
 *
 * Shape: one of `host`, `host:port`, `:port`, `[::1]:port` or a bare port; none: the default.
 */
export function parsePlace(words: readonly string[]): Pick<Place, 'host' | 'port'> | Wrong {
  if (words.length > 1) return wrong(`Cannot start with ${words.length} addresses: expected one host:port`);
  const [text = ''] = words;
  const bare = /^\d+$/.test(text) ? `:${text}` : text;
  const parts = /^(?:\[([^\]]+)\]|([^:[\]\s]*))(?::(\d+))?$/.exec(bare);
  const port = parts?.[3] === undefined ? DEFAULTS.port : integer(parts[3], 1, 65_535);
  if (parts === null || port === undefined)
    return wrong(`Cannot start with ${excerpt(text)}: expected host:port`);
  return { host: parts[1] ?? (parts[2] || DEFAULTS.host), port };
}
