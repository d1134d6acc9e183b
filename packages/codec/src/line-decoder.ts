import { copy } from './bytes.ts';
import { type Charset, isCleanText, singles } from './charset.ts';
import { ContentDecoder } from './content-decoder.ts';
import type { Content, Frame } from './frame.ts';
import type { Run } from './framing.ts';
import { host } from './host.ts';
import type { Limits } from './limits.ts';

/** Where a line ends: at LF or CRLF, at LF with CR as content, at CRLF and nothing else. */
export type Terminator = 'either' | 'lf' | 'crlf';

const LF = 0x0a;
const CR = 0x0d;
// Text is decoded this far ahead. A line is a slice of it, so a line that is kept keeps at most so much.
const WINDOW = 4096;
// Where lines are longer than `SHORT` it is further, and a short line among them is decoded by itself.
const WIDE = 16_384;
const SHORT = 512;
// Up to here a loop over bytes is faster than the calls into the engine.
const DRIP = 64;
// Past any window, and still a small integer.
const FAR = 2 ** 30 - 1;
// From here on a line is decoded by itself.
const LONG = 2048;

/** Cuts lines. Clean text goes by windows (`read`), all else line by line (`#readLine`) or byte by byte (`#drip`). */
export class LineDecoder extends ContentDecoder {
  readonly #terminator: Terminator;
  readonly #strict: boolean;
  /** 1 for the bytes that are content and nothing else. */
  readonly #plain: Uint8Array;

  /** Text of the window, whether lines are cut from it, its stream offset, and its next line in it. */
  #window = '';
  #open = false;
  #windowAt = 0;
  #next = 0;
  /** The first CR in the window from `#next` on; past the window where there is none, or CR is content. */
  #cr = 0;
  /** Length of the line before, and whether for its sake the window is a wide one. */
  #length = 0;
  #wide = false;
  /** Stream offset up to which windows are of no use; end of the chunk judged as a whole, and the judgment. */
  #dirtyUntil = 0;
  #judgedUntil = 0;
  #clean = false;
  #long = false;
  /** Length up to which `push` may fill the carry; told anew whenever the decoder becomes idle. */
  #room = 0;

  constructor(terminator: Terminator, limits: Limits, plain: Uint8Array) {
    super(limits);
    this.#terminator = terminator;
    this.#strict = terminator === 'crlf';
    this.#plain = plain;
  }

  /** Carries a short chunk of nothing but content at once: where a line is dripped, this is where the time goes. */
  override push(chunk: Uint8Array): this {
    // Not `isBytes`, which would be a fifth of the time. `super` takes the arrays of other realms.
    if (!this.idle || !(chunk instanceof Uint8Array)) return super.push(chunk);
    const { carry } = this;
    const size = chunk.length;
    if (size > DRIP || carry.length + size > this.#room) return super.push(chunk);
    const { bytes } = carry;
    let { length } = carry;
    let at = 0;
    for (; at < size; at++) {
      const byte = chunk[at]!;
      if (byte < 0x20 || byte > 0x7e) break;
      bytes[length++] = byte;
    }
    carry.length = length;
    if (at === size) this.base += size;
    else this.enter(chunk, at);
    return this;
  }

  override read(): Frame<Content> | undefined {
    // No more than this, so that it costs nothing where chunks are short.
    return this.idle ? undefined : this.#readOn();
  }

  #readOn(): Frame<Content> | undefined {
    if (this.#open) {
      const line = this.#cut();
      if (line !== undefined) return line;
      this.#closeWindow();
    }
    const frame = super.read();
    if (frame === undefined) {
      this.#window = '';
      this.#room = this.#dripRoom();
    }
    return frame;
  }

  readRun(most: number): Run | undefined {
    if (this.#strict || (!this.#open && !(this.#isCutByWindows() && this.#openWindow()))) return undefined;
    const window = this.#window;
    const from = this.#next;
    const ends: number[] = [];
    let at = from;
    while (ends.length < most) {
      const lf = window.indexOf('\n', at);
      if (lf === -1 || lf > this.#cr || lf - at > this.limit) break;
      ends.push(lf - from);
      this.#length = lf - at;
      at = lf + 1;
    }
    this.#next = at;
    return ends.length === 0 ? undefined : { text: window.slice(from, at), ends };
  }

  override take(n: number): void {
    // The window is kept: lines behind the bytes taken may lie in it, too.
    this.#leaveWindow();
    super.take(n);
  }

  override get offset(): number {
    return this.#open ? this.#windowAt + this.#next : super.offset;
  }

  override get partialBytes(): number {
    return this.#open ? 0 : super.partialBytes;
  }

  protected scan(): Frame<Content> | undefined {
    const left = this.size - this.at;
    if (this.discarding) return this.#discard();
    if (left <= DRIP) return this.#drip();
    if (!this.#isCutByWindows() || !this.#openWindow()) return this.#readLine();
    const line = this.#cut();
    if (line !== undefined) return line;
    this.#closeWindow();
    // No line of this window can be cut from it: do not decode it again for each of them.
    this.#dirtyUntil = this.base + Math.min(this.at + (this.#wide ? WIDE : WINDOW), this.size);
    return this.#readLine();
  }

  /** Whether the next line begins here, and is likely to lie in a window whole. */
  #isCutByWindows(): boolean {
    return (
      this.size - this.at > DRIP &&
      !this.taking &&
      !this.discarding &&
      this.carry.length === 0 &&
      !this.#long &&
      this.base + this.at >= this.#dirtyUntil
    );
  }

  /** The next line of the window. `undefined`: there is none, or something is wrong with it. */
  #cut(): Content | undefined {
    const window = this.#window;
    const from = this.#next;
    const lf = window.indexOf('\n', from);
    if (lf === -1) return undefined;
    const cr = this.#cr;
    let to = lf;
    if (cr < lf) {
      if (cr !== lf - 1 || this.#terminator === 'lf') return undefined;
      to = cr;
    } else if (this.#strict) return undefined;
    if (to - from > this.limit) return undefined;
    if (to < lf) this.#cr = this.#findCr(lf + 1);
    this.#next = lf + 1;
    this.#length = to - from;
    if (this.#wide && to - from < SHORT)
      return host.latin1(this.chunk, this.#windowAt - this.base + from, this.#windowAt - this.base + to);
    return window.slice(from, to);
  }

  /** False: something is wrong in the next bytes, and they go line by line. */
  #openWindow(): boolean {
    this.#next = this.base + this.at - this.#windowAt;
    // After `take` the window of before may have this line, too.
    if (this.#window.indexOf('\n', this.#next) === -1) {
      if (!this.#decodeWindow(this.at)) return false;
      this.#next = 0;
      this.#cr = -1;
    }
    if (this.#cr < this.#next) this.#cr = this.#findCr(this.#next);
    this.#open = true;
    return true;
  }

  #decodeWindow(from: number): boolean {
    this.#wide = this.#length >= SHORT;
    const to = Math.min(from + (this.#wide ? WIDE : WINDOW), this.size);
    if (!this.#isClean(from, to)) {
      this.#dirtyUntil = this.base + to;
      return false;
    }
    this.#window = host.latin1(this.chunk, from, to);
    this.#windowAt = this.base + from;
    return true;
  }

  #closeWindow(): void {
    this.#leaveWindow();
    this.#window = '';
  }

  #leaveWindow(): void {
    if (!this.#open) return;
    this.begin = this.#windowAt + this.#next;
    this.at = this.begin - this.base;
    this.#open = false;
  }

  #findCr(from: number): number {
    const at = this.#plain[CR] === 1 ? -1 : this.#window.indexOf('\r', from);
    return at === -1 ? FAR : at;
  }

  // The whole chunk at once, since most are clean; by windows only when that fails.
  #isClean(from: number, to: number): boolean {
    if (this.charset === 'bytes') return false;
    const end = this.base + this.size;
    if (this.#judgedUntil !== end) {
      this.#judgedUntil = end;
      this.#clean = isCleanText(this.charset, this.chunk.subarray(from));
    }
    return this.#clean || isCleanText(this.charset, this.chunk.subarray(from, to));
  }

  /** Byte by byte while nothing is special. */
  #drip(): Frame<Content> | undefined {
    if (this.check.pending > 0) return this.#readLine();
    const { carry, chunk, at: from } = this;
    const to = Math.min(this.size, from + this.limit - carry.length);
    carry.reserve(to - from);
    const { bytes } = carry;
    let at = from;
    let { length } = carry;
    for (; at < to && this.#plain[chunk[at]!] === 1; at++) bytes[length++] = chunk[at]!;
    carry.length = length;
    this.at = at;
    if (at === this.size) return undefined;
    if (chunk[at] === LF && !this.#strict) return this.#finish(at, at + 1);
    return this.#readLine();
  }

  /** Up to what length bytes may be added to the carry with no question but whether they are printable. */
  #dripRoom(): number {
    return this.discarding || this.check.pending > 0 ? 0 : Math.min(this.limit, this.carry.bytes.length);
  }

  /** Reads up to the next LF, or to the end of the chunk. */
  #readLine(): Frame<Content> | undefined {
    const { chunk } = this;
    const lf = host.indexOf(chunk, LF, this.at);
    const to = lf === -1 ? this.size : lf;
    const cr = this.#terminator === 'lf' ? to : find(chunk, CR, this.at, to);
    // Content ends at `cr`. One CR before the LF belongs to the end; the last byte of a chunk may be that one.
    const open = lf === -1 && cr >= to - 1;
    const fault = this.judge(cr, !open);
    if (this.discarding) return fault;
    if (open) return this.#keepOpen(cr, to);
    if (cr < to - 1) return this.fault({ code: 'FRAME_BARE_CR', offset: this.base + cr }, cr + 1);
    if (cr === to && this.#strict) {
      return this.fault({ code: 'FRAME_BARE_LF', offset: this.base + lf }, lf + 1);
    }
    return this.#finish(cr, lf + 1);
  }

  #finish(to: number, next: number): Content {
    this.#long = this.carry.length + to - this.at > LONG;
    return this.finish(to, next);
  }

  /** The line goes on in the next chunk; a CR at the end waits for it. */
  #keepOpen(content: number, to: number): undefined {
    this.keep(content);
    if (this.last) this.at = to;
    else if (content < to) this.hold();
  }

  /** Throws bytes away up to the end of the line. */
  #discard(): Content | undefined {
    const { chunk, at: from } = this;
    const lf = host.indexOf(chunk, LF, from);
    const to = lf === -1 ? this.size : lf;
    const afterCr = to > from && chunk[to - 1] === CR;
    if (this.#strict && (lf === -1 ? afterCr && !this.last : !afterCr)) {
      this.at = lf === -1 ? to - 1 : lf + 1;
      return lf === -1 ? this.hold() : undefined;
    }
    this.at = to;
    return lf === -1 ? undefined : this.finishDiscarded(lf + 1);
  }
}

function find(bytes: Uint8Array, byte: number, from: number, to: number): number {
  if (to - from > 64) {
    const at = host.indexOf(bytes.subarray(from, to), byte, 0);
    return at === -1 ? to : from + at;
  }
  let at = from;
  while (at < to && bytes[at] !== byte) at++;
  return at;
}

/** 1 for each byte that is content of a line and nothing else. For all decoders of a framing: a table each is costly. */
export function plainBytes(charset: Charset, terminator: Terminator): Uint8Array {
  const plain = copy(singles(charset));
  plain[LF] = 0;
  if (terminator !== 'lf') plain[CR] = 0;
  return plain;
}
