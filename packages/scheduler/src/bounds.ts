/** Gives `value` back if it is a whole number in the bounds; a `RangeError` that names it if not. */
export function wholeNumber(name: string, value: number, from: number, to: number): number {
  if (Number.isInteger(value) && value >= from && value <= to) return value;
  throw new RangeError(`Cannot use ${name} ${value}: expected an integer from ${from} to ${to}`);
}

/** The least and the most that a cost, a weight or a quantum may be: sums of them stay exact enough. */
export const LEAST = 1e-6;
export const MOST = 1e12;

/** Gives `value` back if it can be shared out by deficit; a `RangeError` that names it if not. */
export function share(name: string, value: number): number {
  if (value >= LEAST && value <= MOST) return value;
  throw new RangeError(`Cannot use ${name} ${value}: expected a number from ${LEAST} to ${MOST}`);
}

/** Gives `value` back if it can be added to a deficit; a `RangeError` that names it if not. */
export function difference(name: string, value: number): number {
  if (value >= -MOST && value <= MOST) return value;
  throw new RangeError(`Cannot use ${name} ${value}: expected a number from ${-MOST} to ${MOST}`);
}

/** Gives `value` back if it is a time to wait; a `RangeError` that names it if not. */
export function milliseconds(name: string, value: number): number {
  if (value >= 0 && value <= MOST) return value;
  throw new RangeError(`Cannot use ${name} ${value}: expected milliseconds from 0 to ${MOST}`);
}
