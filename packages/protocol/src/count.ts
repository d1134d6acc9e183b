/**
 * A number of things, for people: `1 line`, `2 lines`.
 *
 * Shape:  the number, then `one` of it or `many`, which may be more than a noun: `1 line waits`, `2 lines wait`.
 *         @default many is `one` with an `s`
 *
 * @example
 * ```ts
 * import { count } from '@proto/protocol';
 *
 * console.log(count(1, 'client'), count(3, 'client')); // 1 client 3 clients
 * ```
 */
export function count(number: number, one: string, many = `${one}s`): string {
  return `${number} ${number === 1 ? one : many}`;
}
