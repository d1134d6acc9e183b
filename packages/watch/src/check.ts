/** Says in words what was expected; `undefined` if the value is right. */
export type Check<T> = ((value: unknown) => string | undefined) & { readonly of?: T };

/** A check for each field. An optional field has a check made by `maybe`. */
export type Checks<T> = { readonly [Key in keyof T]-?: Check<T[Key]> };

const MAYBE = Symbol('maybe');

export const text: Check<string> = (value) => (typeof value === 'string' ? undefined : 'text');

/** Text with one code unit per byte. */
export const bytes: Check<string> = (value) =>
  typeof value === 'string' && !/[^\0-\xff]/.test(value) ? undefined : 'text of code units up to 255';

export const truth: Check<boolean> = (value) => (typeof value === 'boolean' ? undefined : 'true or false');

/** A count, from 0. */
export const whole: Check<number> = (value) =>
  Number.isSafeInteger(value) && (value as number) >= 0 ? undefined : 'an integer from 0';

/** A time, from 0. */
export const time: Check<number> = (value) =>
  Number.isFinite(value) && (value as number) >= 0 ? undefined : 'a number from 0';

/** One of these values. */
export function only<const T extends string | number | boolean>(...values: readonly T[]): Check<T> {
  return (value) => (values.includes(value as T) ? undefined : values.join(' or '));
}

/** A value that passes either of two checks. */
export function either<A, B>(one: Check<A>, other: Check<B>): Check<A | B> {
  return (value) => {
    const wrong = [one(value), other(value)];
    return wrong.includes(undefined) ? undefined : wrong.join(' or ');
  };
}

/** An optional field. */
export function maybe<T>(check: Check<T>): Check<T> {
  return Object.assign((value: unknown) => check(value), { [MAYBE]: true });
}

/** A list whose items all pass one check. */
export function list<T>(check: Check<T>): Check<readonly T[]> {
  return (value) => {
    if (!Array.isArray(value)) return 'a list';
    for (const item of value) {
      const expected = check(item);
      if (expected !== undefined) return `a list, each item ${expected}`;
    }
    return undefined;
  };
}

/** An object with these fields; other fields are ignored. */
export function object<T>(checks: Checks<T>): Check<T> {
  return (value) => {
    if (!isObject(value)) return 'an object';
    const expected = whyNotFields(value, checks);
    return expected === undefined ? undefined : `an object with ${expected}`;
  };
}

/** The first field that fails its check: `seat: an integer from 0`. */
export function whyNotFields<T>(
  value: Readonly<Record<string, unknown>>,
  checks: Checks<T>,
): string | undefined {
  for (const [key, check] of Object.entries<Check<unknown>>(checks)) {
    if (value[key] === undefined && MAYBE in check) continue;
    const expected = check(value[key]);
    if (expected !== undefined) return `${key}: ${expected}`;
  }
  return undefined;
}

/** Whether this is a JSON object. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
