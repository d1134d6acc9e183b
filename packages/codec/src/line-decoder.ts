import { Carry } from './carry.ts';
import { type Charset, checkFor, decode, isCleanText, singles } from './charset.ts';
import type { Check } from './check.ts';
import type { Content, Frame, FrameFault } from './frame.ts';
import { host } from './host.ts';
import type { Limits } from './limits.ts';
import { StreamDecoder } from './stream-decoder.ts';

/** Where a line ends: at LF or CRLF, at LF with CR as content, at CRLF and nothing else. */
export type Terminator = 'either' | 'lf' | 'crlf';

const LF = 0x0a;
const CR = 0x0d;
// Text is decoded this far ahead. A line is a slice of it, so a line that is kept keeps at most so much.
const WINDOW = 4096;
// Up to here a loop over bytes is faster than the calls into the engine.
const DRIP = 32;
// From here on a line is decoded by itself.
const LONG = 2048;

/** Cuts lines. Clean text goes by windows (`read`), all else line by line (`#readLine`) or byte by byte (`#drip`). */
export class LineDecoder extends StreamDecoder {
  readonly #terminator: Terminator;
  readonly #charset: Charset;
  readonly #limit: number;
  readonly #check: Check;
  readonly #carry: Carry;
  /** 1 for the bytes that are content and nothing else. */
  readonly #plain: Uint8Array;
  /** A fault was reported, or the content cut: bytes are thrown away up to the end of the line. */
  #discarding = false;
  #truncated = false;

  #window = '';
  #windowAt = 0;
  #next = 0;
  /** The first CR in the window from `#next` on; past the window where there is none, or CR is content. */
  #cr = 0;
  /** Stream offset up to which windows are of no use; end of the chunk judged as a whole, and the judgment. */
  #dirtyUntil = 0;
  #judgedUntil = 0;
  #clean = false;
  #long = false;

  constructor(terminator: Terminator, limits: Limits) {
    super(limits);
    this.#terminator = terminator;
    this.#charset = limits.charset;
    this.#limit = limits.maxFrameBytes;
    this.#check = checkFor(limits.charset);
    this.#carry = new Carry(limits.maxFrameBytes);
    this.#plain = plainBytes(limits.charset, terminator);
  }

  override read(): Frame<Content> | undefined {
    if (this.#window !== '') {
      const line = this.#cut();
      if (line !== undefined) return line;
      this.#closeWindow();
    }
    return super.read();
  }

  override take(n: number): void {
    this.#closeWindow();
    super.take(n);
  }

  override get offset(): number {
    return this.#window === '' ? super.offset : this.base + this.#windowAt + this.#next;
  }

  override get partialBytes(): number {
    return this.#window === '' ? super.partialBytes : 0;
  }

  protected scan(): Frame<Content> | undefined {
    const left = this.size - this.at;
    if (this.#discarding) return this.#discard();
    if (left <= DRIP) return this.#drip();
    if (this.#carry.length > 0 || this.#long || this.base + this.at < this.#dirtyUntil)
      return this.#readLine();
    return this.#openWindow() ?? this.#readLine();
  }

  protected tail(): FrameFault | undefined {
    return this.#discarding && !this.#truncated ? undefined : this.incomplete();
  }

  protected unread(): Uint8Array | undefined {
    if (this.#discarding) return undefined;
    this.#check.reset();
    return this.#carry.flush();
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
    } else if (this.#terminator === 'crlf') return undefined;
    if (to - from > this.#limit) return undefined;
    if (to < lf) this.#cr = this.#findCr(lf + 1);
    this.#next = lf + 1;
    return window.slice(from, to);
  }

  #openWindow(): Content | undefined {
    const from = this.at;
    const to = Math.min(from + WINDOW, this.size);
    if (!this.#isClean(from, to)) {
      this.#dirtyUntil = this.base + to;
      return undefined;
    }
    this.#window = host.latin1(this.chunk, from, to);
    this.#windowAt = from;
    this.#next = 0;
    this.#cr = this.#findCr(0);
    const line = this.#cut();
    if (line !== undefined) return line;
    this.#closeWindow();
    // No line of this window can be cut from it: do not decode it again for each of them.
    this.#dirtyUntil = this.base + to;
    return undefined;
  }

  #closeWindow(): void {
    if (this.#window === '') return;
    this.at = this.#windowAt + this.#next;
    this.begin = this.base + this.at;
    this.#window = '';
  }

  #findCr(from: number): number {
    const at = this.#plain[CR] === 1 ? -1 : this.#window.indexOf('\r', from);
    return at === -1 ? Number.MAX_SAFE_INTEGER : at;
  }

  // The whole chunk at once, since most are clean; by windows only when that fails.
  #isClean(from: number, to: number): boolean {
    if (this.#charset === 'bytes') return false;
    const end = this.base + this.size;
    if (this.#judgedUntil !== end) {
      this.#judgedUntil = end;
      this.#clean = isCleanText(this.#charset, this.chunk.subarray(from));
    }
    return this.#clean || isCleanText(this.#charset, this.chunk.subarray(from, to));
  }

  /** Byte by byte while nothing is special. */
  #drip(): Frame<Content> | undefined {
    if (this.#check.pending > 0) return this.#readLine();
    this.at = this.#takePlain(this.chunk, this.at, this.size);
    const { at } = this;
    if (at === this.size) return undefined;
    if (this.chunk[at] === LF && this.#terminator !== 'crlf') return this.#finish(at, at, at + 1);
    return this.#readLine();
  }

  protected override eat(chunk: Uint8Array): number {
    return chunk.length > DRIP || this.#discarding || this.#check.pending > 0
      ? 0
      : this.#takePlain(chunk, 0, chunk.length);
  }

  /** Carries the bytes from `from` on that are content and nothing else; returns where they end. */
  #takePlain(chunk: Uint8Array, from: number, to: number): number {
    const carry = this.#carry;
    if (carry.length + DRIP > carry.bytes.length) carry.reserve(Math.min(DRIP, this.#limit - carry.length));
    const { bytes } = carry;
    const room = Math.min(to, from + this.#limit - carry.length);
    let at = from;
    let { length } = carry;
    while (at < room && this.#plain[chunk[at]!] === 1) bytes[length++] = chunk[at++]!;
    carry.length = length;
    return at;
  }

  /** Reads up to the next LF, or to the end of the chunk. */
  #readLine(): Frame<Content> | undefined {
    const { chunk, at: from } = this;
    const lf = host.indexOf(chunk, LF, from);
    const to = lf === -1 ? this.size : lf;
    const cr = this.#terminator === 'lf' ? to : find(chunk, CR, from, to);
    const overflow = from + this.#limit - this.#carry.length;
    const checked = Math.min(cr, overflow);
    const bad = this.#check.find(chunk, from, checked);
    if (bad < checked) return this.#badByte(bad);
    if (cr > overflow) return this.#overflow(overflow);
    // Content ends at `cr`. One CR before the LF belongs to the end; the last byte of a chunk may be that one.
    if (lf === -1 && cr >= to - 1) return this.#keep(cr, to);
    if (this.#check.pending > 0) return this.#badByte(cr - this.#check.pending);
    if (cr < to - 1) return this.#fault({ code: 'FRAME_BARE_CR', offset: this.base + cr }, cr + 1);
    if (cr === to && this.#terminator === 'crlf') {
      return this.#fault({ code: 'FRAME_BARE_LF', offset: this.base + lf }, lf + 1);
    }
    return this.#finish(from, cr, lf + 1);
  }

  /** The line is whole: what is carried, and the chunk up to `to`. */
  #finish(from: number, to: number, next: number): Content {
    const carry = this.#carry;
    this.#long = carry.length + to - from > LONG;
    let content: Content;
    if (carry.length === 0) {
      content = decode(this.#charset, this.chunk, from, to);
    } else {
      if (to > from) carry.append(this.chunk, from, to);
      content = decode(this.#charset, carry.bytes, 0, carry.length);
    }
    this.#startLine(next);
    return content;
  }

  #startLine(next: number): void {
    this.#carry.length = 0;
    this.#check.reset();
    this.#discarding = false;
    this.#truncated = false;
    this.at = next;
    this.begin = this.base + next;
  }

  /** The line goes on in the next chunk. */
  #keep(content: number, to: number): undefined {
    this.#carry.append(this.chunk, this.at, content);
    this.at = this.last ? to : content;
    if (this.at < to) this.hold();
  }

  #badByte(at: number): FrameFault {
    const { chunk } = this;
    // Of a character cut in two, the first byte is in the carry.
    const byte = at < this.at ? this.#carry.bytes[this.#carry.length + at - this.at]! : chunk[at]!;
    return this.#fault({ code: 'FRAME_BAD_BYTE', offset: this.base + at, byte }, Math.max(at + 1, this.at));
  }

  #overflow(at: number): FrameFault | undefined {
    if (!this.limits.truncate) {
      return this.#fault({ code: 'FRAME_TOO_LONG', offset: this.base + at, limit: this.#limit }, at + 1);
    }
    this.#carry.append(this.chunk, this.at, at);
    this.#carry.length -= this.#check.pending;
    this.#truncated = true;
    this.#discarding = true;
    this.at = at;
    return undefined;
  }

  #fault(fault: FrameFault, next: number): FrameFault {
    this.#carry.length = 0;
    this.#discarding = true;
    this.at = next;
    return fault;
  }

  /** Throws bytes away up to the end of the line; a line cut to the limit is returned then. */
  #discard(): Content | undefined {
    const { chunk, at: from } = this;
    const lf = host.indexOf(chunk, LF, from);
    const to = lf === -1 ? this.size : lf;
    const afterCr = to > from && chunk[to - 1] === CR;
    if (this.#terminator === 'crlf' && (lf === -1 ? afterCr && !this.last : !afterCr)) {
      this.at = lf === -1 ? to - 1 : lf + 1;
      return lf === -1 ? this.hold() : undefined;
    }
    this.at = to;
    if (lf === -1) return undefined;
    if (this.#truncated) return this.#finish(to, to, lf + 1);
    this.#startLine(lf + 1);
    return undefined;
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

function plainBytes(charset: Charset, terminator: Terminator): Uint8Array {
  const plain = singles(charset).slice();
  plain[LF] = 0;
  if (terminator !== 'lf') plain[CR] = 0;
  return plain;
}
