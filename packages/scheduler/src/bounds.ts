/** Gives `value` back if it is within the bounds; a `RangeError` that names it if not. */
export function between(name: string, value: number, from: number, to: number): number {
  if (value >= from && value <= to) return value;
  throw new RangeError(`Cannot use ${name} ${value}: expected a number from ${from} to ${to}`);
}

/** A whole number from 1. */
export function amount(name: string, value: number): number {
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(
    `Cannot use ${name} ${value}: expected an integer from 1 to ${Number.MAX_SAFE_INTEGER}`,
  );
}

/** The least that a cost, a weight or a quantum may be, and the most: sums of them stay exact enough. */
const LEAST = 1e-6;
export const MOST = 1e12;

/** A cost, a weight or a quantum. */
export function share(name: string, value: number): number {
  return between(name, value, LEAST, MOST);
}
