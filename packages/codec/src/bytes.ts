/**
 * Bytes in memory of their own, as everything that is decoded and encoded here: they fit `Blob`, `fetch`, `crypto.subtle`
 * and `WebSocket`. `Uint8Array<ArrayBuffer>` where TypeScript knows that type (5.7), otherwise `Uint8Array`.
 */
export type Bytes = ReturnType<Uint8Array['slice']>;

/** No bytes. */
export const NONE: Uint8Array = new Uint8Array(0);

// The name of a typed array as the engine knows it: of any realm, and whatever a value says of itself.
const named = Object.getOwnPropertyDescriptor(
  Object.getPrototypeOf(Uint8Array.prototype),
  Symbol.toStringTag,
)!;

/** Whether a value is a `Uint8Array` (or a `Buffer`), from this realm or another. */
export function isBytes(value: unknown): value is Uint8Array {
  return named.get!.call(value) === 'Uint8Array';
}

/** A copy, always a plain `Uint8Array`. `Buffer.slice` would give neither. */
export function copy(bytes: Uint8Array, from?: number, to?: number): Bytes {
  return new Uint8Array(bytes.subarray(from, to));
}

/** Both, concatenated in a new array. */
export function join(first: Uint8Array, second: Uint8Array): Uint8Array {
  const joined = new Uint8Array(first.length + second.length);
  joined.set(first);
  joined.set(second, first.length);
  return joined;
}
