import { show } from './show.ts';

/** The bounds of a cost, a weight or a quantum. Within them, sums stay exact enough. */
const LEAST = 1e-6;
export const MOST = 1e12;

/** The error for a value that can't be used: a `RangeError` if its type is right, otherwise a `TypeError`. */
export function unusable(name: string, value: unknown, expected: string, type?: 'number' | 'string'): Error {
  const text = `Cannot use ${name} ${show(value)}: expected ${expected}`;
  if (typeof value === type) return new RangeError(text);
  return new TypeError(type === undefined ? text : `${text}, not a value of type ${typeof value}`);
}

/** Returns `value` if it is a number within the bounds; throws an error that names it if not. */
export function between(name: string, value: number, from: number, to: number, kind = 'a number'): number {
  const isKind = typeof value === 'number' && (kind === 'a number' || Number.isInteger(value));
  if (isKind && value >= from && value <= to) return value;
  throw unusable(name, value, `${kind} from ${from} to ${to}`, 'number');
}

/** An integer from 1. */
export function amount(name: string, value: number): number {
  return between(name, value, 1, Number.MAX_SAFE_INTEGER, 'an integer');
}

/** The longest time that the timers of Node and of browsers can wait. They treat more than that as 1. */
export const MOST_MS: number = 2 ** 31 - 1;

/** Milliseconds to wait. */
export function grace(value: number): void {
  between('graceMs', value, 0, MOST_MS);
}

/** A cost, a weight or a quantum. */
export function positive(name: string, value: number): number {
  return between(name, value, LEAST, MOST);
}

/** Errors: `TypeError` for something else than a function. */
export function callable<T>(name: string, value: T): T {
  if (typeof value === 'function') return value;
  throw unusable(name, value, 'a function');
}

/** The names in ` one two`. */
type Names<Text extends string> = Text extends ` ${infer Name} ${infer Rest}`
  ? Name | Names<` ${Rest}`>
  : Text extends ` ${infer Name}`
    ? Name
    : never;

/** `Text`, if it names all options and nothing else. */
type AllOf<Options, Text extends string> = [keyof Options, Names<Text>] extends [Names<Text>, keyof Options]
  ? Text
  : never;

/**
 * The options of a call, if they are an object that holds only these. `known`: their names, each with a space before,
 * which the compiler compares with the interface. Errors: a `TypeError` that names what is wrong.
 *
 * Inherited names count too: an AbortSignal in place of `{ signal }` has other ones.
 */
export function options<T extends object, const Known extends string>(
  call: string,
  given: T,
  known: Known & AllOf<T, Known>,
): T {
  if (typeof given !== 'object' || given === null)
    throw unusable(`options of ${call}`, given, `an object with${known}`);
  for (const name in given) {
    if (!`${known} `.includes(` ${name} `)) throw unusable(`option of ${call}`, name, `one of${known}`);
  }
  return given;
}
