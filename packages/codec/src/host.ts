import { copy } from './bytes.ts';

/**
 * The four byte operations that matter for speed, taken from the host if it has them. Node's `Buffer` searches and
 * decodes at memory speed; browsers do without it. Each has a portable twin with the same result.
 */
export interface Host {
  /** Bytes `from` to `to` as text, one code unit each. `TextDecoder('latin1')` is windows-1252, so it can't be used. */
  latin1(bytes: Uint8Array, from: number, to: number): string;
  /** Well-formed UTF-8 as text. Keeps a byte order mark. */
  utf8(bytes: Uint8Array, from: number, to: number): string;
  /** Index of the first `byte` at or after `from`, or -1. */
  indexOf(bytes: Uint8Array, byte: number, from: number): number;
  /** Whether no byte is above 0x7F. */
  isAscii(bytes: Uint8Array): boolean;
}

type Slice = (this: Uint8Array, from: number, to: number) => string;

interface NodeGlobals {
  readonly Buffer?: { readonly prototype: { latin1Slice?: Slice; utf8Slice?: Slice; indexOf?: IndexOf } };
  readonly process?: {
    getBuiltinModule?(name: string): { isAscii?(this: void, bytes: Uint8Array): boolean } | undefined;
  };
}
type IndexOf = (this: Uint8Array, byte: number, from: number) => number;

// Node's `indexOf` counts with 32 bits: beyond this, positions are wrong or negative.
const MOST = 2 ** 31 - 1;

// Arguments of one call: engines accept 65,536 and more.
const ARGUMENTS = 4096;

function latin1(bytes: Uint8Array, from: number, to: number): string {
  let text = '';
  for (let at = from; at < to; at += ARGUMENTS) {
    const part = bytes.subarray(at, Math.min(at + ARGUMENTS, to));
    text += Reflect.apply(String.fromCharCode, undefined, part);
  }
  return text;
}

function isAscii(bytes: Uint8Array): boolean {
  let or = 0;
  for (const byte of bytes) or |= byte;
  return or < 0x80;
}

/** The portable host: needs only the language and `TextDecoder`. */
export const portable: Host = {
  latin1,
  // A copy: browsers don't decode bytes of a SharedArrayBuffer.
  utf8: (bytes, from, to) => new TextDecoder('utf-8', { ignoreBOM: true }).decode(copy(bytes, from, to)),
  // Not that of a Buffer, which is the one below.
  indexOf: (bytes, byte, from) => Uint8Array.prototype.indexOf.call(bytes, byte, from),
  isAscii,
};

/** The host found in `globals`: Node's own functions if all of them exist, otherwise the portable ones. */
export function findHost(globals: NodeGlobals): Host {
  const { latin1Slice, utf8Slice, indexOf } = globals.Buffer?.prototype ?? {};
  const native = globals.process?.getBuiltinModule?.('node:buffer')?.isAscii;
  if (latin1Slice === undefined || utf8Slice === undefined || indexOf === undefined || native === undefined) {
    return portable;
  }
  return {
    latin1: (bytes, from, to) => latin1Slice.call(bytes, from, to),
    utf8: (bytes, from, to) => utf8Slice.call(bytes, from, to),
    indexOf: (bytes, byte, from) =>
      bytes.length > MOST ? portable.indexOf(bytes, byte, from) : indexOf.call(bytes, byte, from),
    isAscii: native,
  };
}

/** The host this runs in. */
export const host: Host = findHost(globalThis);
