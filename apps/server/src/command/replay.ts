import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { OptionError } from '../options/options.ts';
import type { Configuration } from './configuration.ts';
import { lessonOf } from './command-options.ts';
import { readFlags } from './flags.ts';

/** Where a page is served that was asked for by `--replay`. */
const HTTP = '127.0.0.1:6678';

/**
 * Adds what `--replay` stands for: the address of the page and, for a lesson, the page and the flags of the lesson. What
 * the user has said wins.
 *
 * Errors: `OptionError` if the lessons are not in the folder of the page.
 */
export function withReplay(configuration: Configuration, pageFolder: string): Configuration {
  const { options, nameOf, sourceOf, ask } = configuration;
  const replay = options['replay'];
  // Any other value is left to the check of options.
  if (typeof replay !== 'string' || replay === 'none' || ask === 'help' || ask === 'version')
    return configuration;
  const number = lessonOf(replay);
  const added =
    number === undefined ? { http: HTTP } : { http: HTTP, page: 'join', ...flagsOf(number, pageFolder) };
  const isAdded = (key: string): boolean => options[key] === undefined && Object.hasOwn(added, key);
  const name = `${nameOf('replay')} ${replay}`;
  return {
    ...configuration,
    options: { ...added, ...options },
    sourceOf: (key) => (isAdded(key) ? name : sourceOf(key)),
  };
}

/** The options of a lesson, as written in `lessons.json`. */
function flagsOf(number: number, pageFolder: string): Readonly<Record<string, unknown>> {
  let flags: readonly string[] | undefined;
  let cause: unknown;
  try {
    const lessons = JSON.parse(readFileSync(join(pageFolder, 'lessons.json'), 'utf8')) as {
      readonly number: number;
      readonly flags: readonly string[];
    }[];
    flags = lessons.find((lesson) => lesson.number === number)?.flags;
  } catch (error) {
    cause = error;
  }
  if (flags === undefined) {
    const state = `lesson:${number}: it is not in ${join(pageFolder, 'lessons.json')}. Build the page, or leave out the option`;
    throw new OptionError(state, { key: 'replay', cause });
  }
  const { options, preset } = readFlags(flags);
  return { ...preset, ...options };
}
