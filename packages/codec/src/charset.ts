import { copy } from './bytes.ts';
import type { Check } from './check.ts';
import type { Charset, Content } from './frame.ts';
import { host } from './host.ts';
import { isPlainText } from './plain-text.ts';
import { Utf8Check } from './utf8.ts';

export type { Charset };

/** Whether a byte is HT or from 0x20 to 0x7E. */
function isText(byte: number): boolean {
  return (byte >= 0x20 && byte <= 0x7e) || byte === 0x09;
}

/** Whether a byte is allowed in a frame, no matter which bytes are next to it. */
export function isSingle(charset: Charset, byte: number): boolean {
  if (charset === 'text') return isText(byte);
  return byte < 0x80 || charset === 'latin1' || charset === 'bytes';
}

const TABLES: { [Name in Charset]?: Uint8Array } = {};

/** 1 for each byte that is allowed in a frame by itself. */
export function singles(charset: Charset): Uint8Array {
  return (TABLES[charset] ??= Uint8Array.from({ length: 256 }, (_, byte) => Number(isSingle(charset, byte))));
}

class SingleByteCheck implements Check {
  readonly pending = 0;
  readonly #charset: Charset;
  readonly #allowed: Uint8Array;

  constructor(charset: Charset) {
    this.#charset = charset;
    this.#allowed = singles(charset);
  }

  find(bytes: Uint8Array, from: number, to: number): number {
    if (this.#charset === 'latin1' || this.#charset === 'bytes') return to;
    if (this.#charset === 'ascii' && to - from > 256 && host.isAscii(bytes.subarray(from, to))) return to;
    const allowed = this.#allowed;
    let at = from;
    while (at < to && allowed[bytes[at]!] === 1) at++;
    return at;
  }

  reset(): void {}
}

/** A check for one stream. */
export function checkFor(charset: Charset): Check {
  return charset === 'utf8' ? new Utf8Check() : new SingleByteCheck(charset);
}

/**
 * Whether the bytes are only content and line ends, and decode the same as latin1. If so, lines can be cut from the
 * text.
 */
export function isCleanText(charset: Charset, bytes: Uint8Array): boolean {
  if (charset === 'latin1') return true;
  return charset === 'text' ? isPlainText(bytes) : host.isAscii(bytes);
}

/** Decodes bytes that were already checked as the content of a frame. Always a copy. */
export function decode(charset: Charset, bytes: Uint8Array, from: number, to: number): Content {
  if (charset === 'bytes') return copy(bytes, from, to);
  return charset === 'utf8' ? host.utf8(bytes, from, to) : host.latin1(bytes, from, to);
}
