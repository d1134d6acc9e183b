import { nearest } from '@proto/protocol';
import { excerpt } from '../library/excerpt.ts';

/** What is wrong with a command line, in one line. */
export interface Wrong {
  readonly kind: 'wrong';
  readonly text: string;
}

export function wrong(text: string): Wrong {
  return { kind: 'wrong', text };
}

/**
 * For a command line that `parseArgs` throws at. `flags`: those it may have, without their dashes; `elsewhere`: those that
 * only `load` has.
 */
export function wrongFlag(
  error: unknown,
  flags: readonly string[],
  elsewhere: readonly string[] = [],
): Wrong {
  // After the first sentence, Node adds advice on how to write a positional that begins with a dash.
  const text = (error as Error).message.split('. ')[0] ?? '';
  const flag = /^Unknown option '(-[^']+)'/.exec(text)?.[1];
  if (flag === undefined) return wrong(`Cannot start: ${text}`);
  const names = flags.map((name) => `--${name}`);
  const meant = elsewhere.includes(flag.slice(2))
    ? ' It is one of load: proto-client load'
    : nearest(flag, names, '--');
  return wrong(`Cannot start: ${flag} is not an option${meant && `.${meant}`}`);
}

/** What to print of it: the text, and where more is said. */
export function withAdvice({ text }: Wrong, more: string): string {
  return `${text}${text.endsWith('?') ? '' : '.'} See ${more}`;
}

/** For an option whose value isn't what was expected. */
export function wrongValue(option: string, value: string | undefined, expected: string): Wrong {
  return wrong(`Cannot start with --${option} ${excerpt(value ?? '')}: expected ${expected}`);
}

/** An integer within bounds; `undefined` for anything else. */
export function integer(text: string, least: number, most: number): number | undefined {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : NaN;
  return value >= least && value <= most ? value : undefined;
}
