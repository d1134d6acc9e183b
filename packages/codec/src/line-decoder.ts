import { copy } from './bytes.ts';
import { type Charset, singles } from './charset.ts';
import { ContentDecoder } from './content-decoder.ts';
import type { Content, Frame } from './frame.ts';
import type { Run } from './framing.ts';
import { host } from './host.ts';
import type { Limits } from './limits.ts';
import { type Terminator, TextWindow } from './text-window.ts';

const LF = 0x0a;
const CR = 0x0d;
// More bytes than any line has.
const ANY = 2 ** 30 - 1;
// Up to this length, a loop over bytes is faster than calls into the engine.
const DRIP = 64;
// From this length on, a line is decoded by itself.
const LONG = 2048;

/** The options of lines, checked, with the defaults filled in. */
export interface LineRules extends Limits {
  readonly terminator: Terminator;
}

/**
 * Cuts lines. Clean text is cut from windows (`read`), everything else line by line (`#readLine`) or byte by byte
 * (`#drip`).
 */
export class LineDecoder extends ContentDecoder {
  readonly #strict: boolean;
  /** In how many bytes before a line end a CR isn't content: all, the last one, or none. */
  protected crSpan: number;
  /** 1 for bytes that can only be content. */
  readonly #plain: Uint8Array;

  readonly #window: TextWindow;
  /** The previous line was longer than `LONG`. */
  #long = false;
  /** How many frames `decode` makes an array for: somewhat more than the previous chunk had. */
  #expected = 0;
  /** Length up to which `push` may fill the carry. Set again whenever the decoder becomes idle. */
  #room = 0;

  constructor(rules: LineRules, plain: Uint8Array) {
    super(rules);
    const { terminator } = rules;
    this.#strict = terminator === 'crlf';
    this.crSpan = terminator === 'lf' ? 0 : ANY;
    this.#plain = plain;
    this.#window = new TextWindow(terminator, rules);
  }

  /** Carries a short chunk of pure content at once. When a line arrives byte by byte, this is where the time goes. */
  override push(chunk: Uint8Array): this {
    // Not `isBytes`, which would take a fifth of the time. `super` handles arrays of other realms.
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

  override decode(chunk: Uint8Array): Frame<Content>[] {
    this.push(chunk);
    const window = this.#window;
    const frames: Frame<Content>[] = [];
    // In an array that grows, a short line costs a third more.
    frames.length = Math.min(this.#expected, chunk.length);
    let count = 0;
    for (;;) {
      // Whole windows, as long as nothing is wrong in them. `read` has the rest.
      while (window.isOpen || this.#openWindow()) {
        const more = window.drain(frames, count);
        if (more === count) break;
        count = more;
        this.#leaveWindow();
      }
      const frame = this.read();
      if (frame === undefined) break;
      frames[count++] = frame;
    }
    frames.length = count;
    this.#expected = Math.ceil(1.1 * count);
    return frames;
  }

  // A loop over a decoder is fast if the engine inlines `next`, `read` and `cut` in it. V8 does up to 460 bytes of bytecode,
  // of which they have 320. What is rarer is in `#readOn`.
  override read(): Frame<Content> | undefined {
    const window = this.#window;
    const line = window.isOpen ? window.cut(this.chunk, this.base) : undefined;
    if (line !== undefined) return line;
    return this.idle ? undefined : this.#readOn();
  }

  /** Its own, so that what the engine learns here is about lines. */
  override next(): IteratorResult<Frame<Content>> {
    const value = this.read();
    return { done: value === undefined, value } as IteratorResult<Frame<Content>>;
  }

  /** Reads what can't be cut from the window. */
  #readOn(): Frame<Content> | undefined {
    if (this.#window.isOpen) {
      this.#leaveWindow();
      this.#window.clear();
    }
    const frame = super.read();
    if (frame === undefined) {
      this.#window.clear();
      this.#room = this.#dripRoom();
    }
    return frame;
  }

  readRun(most: number): Run | undefined {
    return this.#window.isOpen || this.#openWindow() ? this.#window.run(most) : undefined;
  }

  override take(n: number): void {
    // The window is kept: lines after the bytes taken may be in it too.
    this.#leaveWindow();
    super.take(n);
  }

  override get offset(): number {
    return this.#window.isOpen ? this.#window.offset : super.offset;
  }

  override get partialBytes(): number {
    return this.#window.isOpen ? 0 : super.partialBytes;
  }

  protected scan(): Frame<Content> | undefined {
    if (this.discarding) return this.#discard();
    if (this.size - this.at <= DRIP) return this.#drip();
    if (!this.#openWindow()) return this.#readLine();
    const line = this.#window.cut(this.chunk, this.base);
    if (line !== undefined) return line;
    this.#leaveWindow();
    this.#window.giveUp();
    return this.#readLine();
  }

  /** False: the next line doesn't begin here, or probably doesn't fit in a window. */
  #openWindow(): boolean {
    return (
      this.size - this.at > DRIP &&
      !this.taking &&
      !this.discarding &&
      this.carry.length === 0 &&
      !this.#long &&
      this.#window.open(this.chunk, this.at, this.base)
    );
  }

  #leaveWindow(): void {
    if (!this.#window.isOpen) return;
    this.#window.isOpen = false;
    this.begin = this.#window.offset;
    this.at = this.begin - this.base;
  }

  /** Goes byte by byte while no byte is special. */
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

  /** The carry length up to which bytes need no check except whether they are printable. */
  #dripRoom(): number {
    return this.discarding || this.check.pending > 0 ? 0 : Math.min(this.limit, this.carry.bytes.length);
  }

  /** Reads up to the next line end, or to the end of the chunk. */
  #readLine(): Frame<Content> | undefined {
    const end = this.findEnd();
    const to = end === -1 ? this.size : end;
    const isTail = end === -1 && this.limits.onTail === 'frame' && this.last;
    // Content ends at `cr`. One CR before the LF belongs to the line end. The last byte of a chunk may be that CR.
    const span = isTail && this.crSpan === 1 ? 0 : this.crSpan;
    const cr = find(this.chunk, CR, Math.max(this.at, to - span), to);
    const open = end === -1 && cr >= to - (isTail ? 0 : 1);
    const fault = this.judge(cr, !open);
    if (this.discarding) return fault;
    if (open) return this.#keepOpen(cr, to);
    if (end === -1 || cr < to - 1)
      return this.fault({ code: 'FRAME_BARE_CR', offset: this.base + cr }, cr + 1);
    if (cr === to && this.#strict) {
      return this.fault({ code: 'FRAME_BARE_LF', offset: this.base + end }, end + 1);
    }
    return this.#finish(cr, this.after(end));
  }

  /** Index of the next byte that ends a line. -1: there is none. */
  protected findEnd(): number {
    return host.indexOf(this.chunk, LF, this.at);
  }

  /** Index of what follows the line end at `end`. */
  protected after(end: number): number {
    return end + 1;
  }

  #finish(to: number, next: number): Content {
    this.#long = this.carry.length + to - this.at > LONG;
    return this.finish(to, next);
  }

  /** The line continues in the next chunk. A CR at the end waits for it. */
  #keepOpen(content: number, to: number): undefined {
    this.keep(content);
    if (this.last) this.at = to;
    else if (content < to) this.hold();
  }

  /** Discards bytes up to the end of the line. */
  #discard(): Content | undefined {
    const { chunk, at: from } = this;
    const end = this.findEnd();
    const to = end === -1 ? this.size : end;
    const afterCr = to > from && chunk[to - 1] === CR;
    if (this.#strict && (end === -1 ? afterCr && !this.last : !afterCr)) {
      this.at = end === -1 ? to - 1 : end + 1;
      return end === -1 ? this.hold() : undefined;
    }
    this.at = to;
    return end === -1 ? undefined : this.finishDiscarded(to, this.after(end));
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

/**
 * 1 for each byte that can only be content of a line. Shared by all decoders of a framing: a table each would be
 * costly.
 */
export function plainBytes(charset: Charset, terminator: Terminator): Uint8Array {
  const plain = copy(singles(charset));
  plain[LF] = 0;
  if (terminator !== 'lf') plain[CR] = 0;
  return plain;
}
