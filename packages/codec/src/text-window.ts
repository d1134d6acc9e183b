import { type Charset, isCleanText, isSingle } from './charset.ts';
import type { Content, Frame } from './frame.ts';
import type { Run } from './framing.ts';
import { host } from './host.ts';
import type { Limits } from './limits.ts';

/** Where a line ends: at LF or CRLF; at LF, with CR as content; or only at CRLF. */
export type Terminator = 'either' | 'lf' | 'crlf';

// Text is decoded this far ahead. A line is a slice of it, so keeping a line keeps at most this much.
const WINDOW = 4096;
// If lines are longer than `SHORT`, it is this far, and a short line among them is decoded by itself.
const WIDE = 16_384;
const SHORT = 512;
// Beyond any window, and still a small integer.
const FAR = 2 ** 30 - 1;

/**
 * Text decoded ahead. Whole lines are cut from it as long as nothing is wrong with them.
 */
export class TextWindow {
  /** Whether lines are cut from it. */
  isOpen = false;
  readonly #strict: boolean;
  readonly #limit: number;
  readonly #terminator: Terminator;
  readonly #charset: Charset;
  readonly #isCrContent: boolean;
  /** The text, its stream offset, and its next line in it. */
  #text = '';
  #at = 0;
  #next = 0;
  /** The first CR from `next` on; beyond the text if there is none, or if CR is content. */
  #cr = 0;
  /** Length of the previous line, and whether the window is wide because of it. */
  #length = 0;
  #wide = false;
  /**
   * Stream offset up to which a window is useless; the end of the chunk that was checked as a whole, and the result.
   */
  #uselessUntil = 0;
  #judgedUntil = 0;
  #clean = false;

  constructor(terminator: Terminator, limits: Limits) {
    this.#terminator = terminator;
    this.#strict = terminator === 'crlf';
    this.#limit = limits.maxFrameBytes;
    this.#charset = limits.charset;
    this.#isCrContent = terminator === 'lf' && isSingle(limits.charset, 0x0d);
  }

  /** Stream offset of the next line. */
  get offset(): number {
    return this.#at + this.#next;
  }

  /** Opens it at `from` of a chunk that begins at `base`. False: something is wrong there. */
  open(chunk: Uint8Array, from: number, base: number): boolean {
    const offset = base + from;
    if (offset < this.#uselessUntil) return false;
    this.#next = offset - this.#at;
    // After `take`, the earlier text may contain this line too.
    if (this.#text.indexOf('\n', this.#next) === -1) {
      if (!this.#decode(chunk, from, base)) return false;
      this.#at = offset;
      this.#next = 0;
      this.#cr = -1;
    }
    if (this.#cr < this.#next) this.#cr = this.#findCr(this.#next);
    this.isOpen = true;
    return true;
  }

  /** The next line in that chunk. `undefined`: there is none, or something is wrong with it. */
  cut(chunk: Uint8Array, base: number): string | undefined {
    const text = this.#text;
    const from = this.#next;
    const cr = this.#cr;
    const lf = text.indexOf('\n', from);
    if (lf === -1) return undefined;
    let to = lf;
    if (cr < lf) {
      if (cr !== lf - 1 || this.#terminator === 'lf') return undefined;
      to = cr;
    } else if (this.#strict) return undefined;
    const length = to - from;
    if (length > this.#limit) return undefined;
    if (to < lf) this.#cr = this.#findCr(lf + 1);
    this.#next = lf + 1;
    this.#length = length;
    return this.#wide && length < SHORT ? this.#alone(chunk, base, from, to) : text.slice(from, to);
  }

  /**
   * Adds its lines to `frames`, from `count` on, up to one that is for `cut`: something is wrong with it, or could be with
   * its length. Returns the new count.
   */
  drain(frames: Frame<Content>[], count: number): number {
    const text = this.#text;
    const strict = this.#strict;
    let from = this.#next;
    let cr = this.#cr;
    if (this.#wide || text.length - from > this.#limit) return count;
    let to = count;
    for (let lf = text.indexOf('\n', from); lf !== -1; lf = text.indexOf('\n', from)) {
      let end = lf;
      if (cr < lf) {
        if (cr !== lf - 1 || this.#terminator === 'lf') break;
        end = cr;
        cr = this.#findCr(lf + 1);
      } else if (strict) break;
      frames[to++] = text.slice(from, end);
      this.#length = end - from;
      from = lf + 1;
    }
    this.#next = from;
    return to;
  }

  /** The next lines, at most `most`. `undefined`: there is none without a CR. */
  run(most: number): Run | undefined {
    if (this.#strict) return undefined;
    const text = this.#text;
    const from = this.#next;
    const ends: number[] = [];
    let at = from;
    while (ends.length < most) {
      const lf = text.indexOf('\n', at);
      if (lf === -1 || lf > this.#cr || lf - at > this.#limit) break;
      ends.push(lf - from);
      this.#length = lf - at;
      at = lf + 1;
    }
    this.#next = at;
    return ends.length === 0 ? undefined : { text: text.slice(from, at), ends };
  }

  /** No line can be cut from the rest of it. Keeps it from being decoded again for each line. */
  giveUp(): void {
    this.#uselessUntil = this.#at + this.#text.length;
  }

  /** Releases the text. */
  clear(): void {
    this.#text = '';
  }

  #decode(chunk: Uint8Array, from: number, base: number): boolean {
    this.#wide = this.#length >= SHORT;
    const to = Math.min(from + (this.#wide ? WIDE : WINDOW), chunk.length);
    if (!this.#isClean(chunk, from, to, base)) {
      this.#uselessUntil = base + to;
      return false;
    }
    this.#text = host.latin1(chunk, from, to);
    return true;
  }

  // The whole chunk at once, since most are clean; window by window only if that fails.
  #isClean(chunk: Uint8Array, from: number, to: number, base: number): boolean {
    if (this.#charset === 'bytes') return false;
    const end = base + chunk.length;
    if (this.#judgedUntil !== end) {
      this.#judgedUntil = end;
      this.#clean = isCleanText(this.#charset, chunk.subarray(from));
    }
    return this.#clean || isCleanText(this.#charset, chunk.subarray(from, to));
  }

  /** A short line among long ones: decoded by itself, so that keeping it doesn't keep all this text. */
  #alone(chunk: Uint8Array, base: number, from: number, to: number): string {
    const start = this.#at - base;
    return host.latin1(chunk, start + from, start + to);
  }

  #findCr(from: number): number {
    const at = this.#isCrContent ? -1 : this.#text.indexOf('\r', from);
    return at === -1 ? FAR : at;
  }
}
