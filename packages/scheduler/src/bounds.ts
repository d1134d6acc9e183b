/** The least that a cost, a weight or a quantum may be, and the most: sums of them stay exact enough. */
const LEAST = 1e-6;
export const MOST = 1e12;

/** Gives `value` back if it is within the bounds; a `RangeError` that names it if not. */
export function between(name: string, value: number, from: number, to: number, kind = 'a number'): number {
  if (value >= from && value <= to && (kind === 'a number' || Number.isInteger(value))) return value;
  throw new RangeError(`Cannot use ${name} ${value}: expected ${kind} from ${from} to ${to}`);
}

/** A whole number from 1. */
export function amount(name: string, value: number): number {
  return between(name, value, 1, Number.MAX_SAFE_INTEGER, 'an integer');
}

/** Milliseconds to wait: what a timer of Node and of browsers can, which take more for none. */
export function grace(value: number): void {
  between('graceMs', value, 0, 2 ** 31 - 1);
}

/** A cost, a weight or a quantum. */
export function share(name: string, value: number): number {
  return between(name, value, LEAST, MOST);
}
