import type { Check } from './check.ts';

/**
 * Finds ill-formed UTF-8, no matter how the bytes were cut. The bad byte is the first one of the ill-formed sequence.
 *
 * Source: The Unicode Standard, table 3-7, Well-Formed UTF-8 Byte Sequences.
 */
export class Utf8Check implements Check {
  /** Bytes seen of the unfinished character. */
  pending = 0;
  #missing = 0;
  #low = 0x80;
  #high = 0xbf;

  find(bytes: Uint8Array, from: number, to: number): number {
    for (let at = from; at < to; at++) {
      const byte = bytes[at]!;
      if (this.#missing > 0) {
        if (byte < this.#low || byte > this.#high) return at - this.pending;
        this.#low = 0x80;
        this.#high = 0xbf;
        this.#missing--;
        this.pending = this.#missing === 0 ? 0 : this.pending + 1;
      } else if (byte >= 0x80) {
        if (!this.#begin(byte)) return at;
      }
    }
    return to;
  }

  #begin(lead: number): boolean {
    if (lead < 0xc2 || lead > 0xf4) return false;
    this.pending = 1;
    this.#missing = lead < 0xe0 ? 1 : lead < 0xf0 ? 2 : 3;
    // After these, fewer second bytes are allowed: overlong forms, surrogates, above U+10FFFF.
    this.#low = lead === 0xe0 ? 0xa0 : lead === 0xf0 ? 0x90 : 0x80;
    this.#high = lead === 0xed ? 0x9f : lead === 0xf4 ? 0x8f : 0xbf;
    return true;
  }

  reset(): void {
    this.pending = 0;
    this.#missing = 0;
  }
}
