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

/** Milliseconds to wait, up to the limit of timers in Node and browsers. They treat more than that as 1. */
export function grace(value: number): void {
  between('graceMs', value, 0, 2 ** 31 - 1);
}

/** A cost, a weight or a quantum. */
export function positive(name: string, value: number): number {
  return between(name, value, LEAST, MOST);
}

/** The reason of a quit. */
export function reasonText(value: string): string {
  if (typeof value === 'string') return value;
  throw unusable('reason', value, 'a string');
}

/** The options of a call. */
export function options<T extends object>(value: T): T {
  if (typeof value === 'object' && value !== null) return value;
  throw unusable('options', value, 'an object');
}
