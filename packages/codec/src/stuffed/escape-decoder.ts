import { NONE } from '../bytes.ts';
import type { Content, Frame, FrameFault } from '../frame.ts';
import { host } from '../host.ts';
import type { Limits } from '../limits.ts';
import { ABORT, END, ESCAPE, type EscapeRules, START } from './escape-rules.ts';
import { StuffedDecoder } from './stuffed-decoder.ts';

/**
 * Frames with escaped bytes. Bytes outside frames are one `FRAME_SKIPPED`, reported when the next frame begins. An
 * escape at the end of a chunk is held back, so a pair is always in one piece.
 */
export class EscapeDecoder extends StuffedDecoder {
  readonly #rules: EscapeRules;
  #inside: boolean;

  constructor(rules: EscapeRules, limits: Limits) {
    super(limits);
    this.#rules = rules;
    this.#inside = rules.beginsInside;
  }

  protected unstuff(wire: Uint8Array, content: Uint8Array): number {
    const { plain, escaped } = this.#rules;
    let at = 0;
    for (let length = 0; length < content.length; at++) {
      const meaning = plain[wire[at]!]!;
      content[length++] = meaning === ESCAPE ? escaped[wire[++at]!]! : meaning;
    }
    return at - 1;
  }

  protected scan(): Frame<Content> | undefined {
    return this.#inside ? this.#scanFrame() : this.#scanGap();
  }

  #scanFrame(): Frame<Content> | undefined {
    const { chunk, size } = this;
    const { plain, escaped } = this.#rules;
    let at = this.at;
    while (at < size) {
      let meaning = plain[chunk[at]!]!;
      let next = at + 1;
      if (meaning === ESCAPE) {
        if (next === size) return this.#waitForPair(at);
        meaning = escaped[chunk[next]!]!;
        next++;
      }
      if (meaning < 0) return this.#special(meaning, at, next);
      if (!this.discarding && ++this.count > this.limit) return this.overflow(next - 1);
      at = next;
    }
    this.keep(size);
    return undefined;
  }

  #waitForPair(at: number): undefined {
    this.keep(this.last ? this.size : at);
    if (!this.last) this.hold();
  }

  #special(meaning: number, at: number, next: number): Frame<Content> | undefined {
    if (meaning === END) return this.#end(at, next);
    if (meaning === START) return this.#startAgain(at, next);
    // An end after an escape still ends the frame.
    return this.malformed(next - 1, this.#rules.expected, meaning === ABORT ? next - 1 : next);
  }

  #end(at: number, next: number): Frame<Content> | undefined {
    const { shared, keepsEmpty } = this.#rules;
    if (shared && !keepsEmpty && this.base + at === this.begin) {
      this.startFrame(next);
      return undefined;
    }
    this.#inside = shared;
    return this.complete(at, next);
  }

  /** Another frame begins before this one has ended. */
  #startAgain(at: number, next: number): FrameFault | undefined {
    const fault = this.broken(at, true);
    this.startFrame(at);
    this.at = next;
    return fault;
  }

  /** Escapes mean nothing here: damage may have left one. */
  #scanGap(): FrameFault | undefined {
    const { chunk, size } = this;
    const { start, shared } = this.#rules;
    let at = host.indexOf(chunk, start[0]!, this.at);
    while (at !== -1 && start.length === 2 && chunk[at + 1] !== start[1]) {
      if (at + 1 === size) break;
      at = host.indexOf(chunk, start[0]!, at + 1);
    }
    this.at = at === -1 ? size : at;
    if (at === -1) return undefined;
    if (at + start.length > size) return this.last ? this.#skipRest() : this.hold();
    if (this.partialBytes > 0) {
      const skipped = this.#skipped();
      this.begin = this.base + at;
      return skipped;
    }
    this.#inside = true;
    if (shared) this.startFrame(at + start.length);
    else this.at += start.length;
    return undefined;
  }

  #skipRest(): undefined {
    this.at = this.size;
  }

  #skipped(): FrameFault {
    return { code: 'FRAME_SKIPPED', offset: this.begin, bytes: this.partialBytes };
  }

  protected override tail(): FrameFault | undefined {
    return this.#inside ? super.tail() : this.#skipped();
  }

  protected override unread(): Uint8Array | undefined {
    if (!this.#inside) return this.partialBytes === this.held ? NONE : undefined;
    const { start, shared } = this.#rules;
    const wire = super.unread(shared ? NONE : start);
    if (wire !== undefined) this.#inside = shared;
    return wire;
  }
}
