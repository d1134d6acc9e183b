import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { DEFAULT_PORT, nearest } from '@proto/protocol';
import { escape } from '@proto/xray';
import { COMMAND_OPTIONS } from './command-options.ts';
import { whyUnread } from '../text/file-text.ts';
import { renamed } from '../options/option-rows.ts';
import { OptionError } from '../options/options.ts';

/** The most of a key that an error quotes, in characters. */
const MOST_SHOWN = 64;

/**
 * Reads the options from a JSON file: one object, with keys as in `ServerOptions`. Paths are relative to its folder.
 *
 * Errors: `OptionError` for a file that can't be read, isn't JSON, isn't an object, or has a key that isn't an option.
 */
export function readConfigFile(path: string): Readonly<Record<string, unknown>> {
  const read = parse(path, text(path));
  if (typeof read !== 'object' || read === null || Array.isArray(read)) {
    throw cannot(path, `expected an object, as in { "port": ${DEFAULT_PORT} }`);
  }
  const options: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(renamed(read as Record<string, unknown>))) {
    if (!Object.hasOwn(COMMAND_OPTIONS, key)) {
      throw cannot(
        path,
        `"${escape(key.slice(0, MOST_SHOWN))}" is not an option.${nearest(key, Object.keys(COMMAND_OPTIONS))} See --help`,
      );
    }
    options[key] = located(key as keyof typeof COMMAND_OPTIONS, value, path);
  }
  return options;
}

function text(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    throw cannot(path, whyUnread(error), error);
  }
}

function parse(path: string, json: string): unknown {
  try {
    return JSON.parse(json);
  } catch (error) {
    throw cannot(path, `it is not JSON${whyNotJson(error as SyntaxError)}`);
  }
}

/** Where it breaks, without a quotation: the file may be another one, such as that of the token. */
function whyNotJson({ message }: SyntaxError): string {
  const [place] = /^Unexpected token '.'|position \d+(?: \(line \d+ column \d+\))?/.exec(message) ?? [];
  return place === undefined ? '' : `: ${escape(place)}`;
}

function located(key: keyof typeof COMMAND_OPTIONS, value: unknown, path: string): unknown {
  const words = COMMAND_OPTIONS[key].fileUnless;
  if (words === undefined || typeof value !== 'string' || value === '' || words.includes(value)) return value;
  return resolve(dirname(path), value);
}

function cannot(path: string, state: string, cause?: unknown): OptionError {
  return new OptionError(`Cannot start with ${path}: ${state}`, { cause });
}
