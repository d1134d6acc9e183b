import { excerpt } from '../library/excerpt.ts';

/** What is wrong with a command line, in one line. */
export interface Wrong {
  readonly kind: 'wrong';
  readonly text: string;
}

export function wrong(text: string): Wrong {
  return { kind: 'wrong', text };
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
