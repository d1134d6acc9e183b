import { NONE } from '../bytes.ts';
import { ContentDecoder } from '../content-decoder.ts';
import type { Content, Frame, FrameFault } from '../frame.ts';
import type { Limits } from '../limits.ts';
import { Marks } from './marks.ts';

interface MarkedRules extends Limits {
  /** Whether the mark that ends a frame belongs to the frame. The limit doesn't count it. */
  readonly keepDelimiter?: boolean;
}

/**
 * Frames up to the first of several marks. With a `start`, each begins at one. Bytes outside frames are one
 * `FRAME_SKIPPED`, reported when the next frame begins, because only then is their number known.
 */
export class MarkedDecoder extends ContentDecoder {
  readonly #start: Uint8Array | undefined;
  readonly #starts: Marks;
  readonly #marks: Marks;
  /** How many of the marks end a frame. A start inside a frame doesn't. */
  readonly #ends: number;
  readonly #keepsEnd: boolean;
  #inside: boolean;

  constructor(ends: readonly Uint8Array[], rules: MarkedRules, start?: Uint8Array) {
    super(rules);
    const starts = start === undefined ? [] : [start];
    this.#start = start;
    this.#starts = new Marks(starts);
    this.#marks = new Marks([...ends, ...starts]);
    this.#ends = ends.length;
    this.#keepsEnd = rules.keepDelimiter === true;
    this.#inside = start === undefined;
  }

  protected scan(): Frame<Content> | undefined {
    const marks = this.#inside ? this.#marks : this.#starts;
    marks.find(this.chunk, this.at, this.size, this.last);
    const found = this.#inside ? this.#scanFrame(marks) : this.#scanGap(marks);
    if (found === undefined && marks.found === Marks.UNDECIDED) this.hold();
    return found;
  }

  #scanGap(marks: Marks): FrameFault | undefined {
    this.at = marks.at;
    if (marks.found < 0) return undefined;
    if (this.partialBytes > 0) {
      const skipped = this.#skipped();
      this.begin = this.base + this.at;
      return skipped;
    }
    this.#inside = true;
    this.at += marks.length;
    return undefined;
  }

  #scanFrame(marks: Marks): Frame<Content> | undefined {
    const { at, found } = marks;
    const isEnd = found >= 0 && found < this.#ends;
    if (!this.discarding) {
      const fault = this.judge(at, found >= 0);
      if (this.discarding) return fault;
      if (!isEnd) this.keep(at);
    }
    if (isEnd) {
      this.#inside = this.#start === undefined;
      const next = at + marks.length;
      const to = this.#keepsEnd ? next : at;
      if (!this.discarding) return this.finish(to, next);
      this.at = at;
      return this.finishDiscarded(to, next);
    }
    this.at = at;
    return found >= 0 ? this.#cutByStart() : undefined;
  }

  /** Another frame begins before this one has ended. */
  #cutByStart(): Frame<Content> | undefined {
    const fault = this.tail();
    this.#inside = false;
    this.startFrame(this.at);
    return fault;
  }

  #skipped(): FrameFault {
    return { code: 'FRAME_SKIPPED', offset: this.begin, bytes: this.partialBytes };
  }

  protected override tail(): Frame<Content> | undefined {
    return this.#inside ? super.tail() : this.#skipped();
  }

  protected override unread(): Uint8Array | undefined {
    if (!this.#inside) return this.partialBytes === this.held ? NONE : undefined;
    const content = super.unread(this.#start);
    if (content !== undefined) this.#inside = this.#start === undefined;
    return content;
  }
}
