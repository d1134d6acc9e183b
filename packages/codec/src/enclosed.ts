import { ContentDecoder } from './content-decoder.ts';
import { contentToLatin1 } from './encode.ts';
import type { Content, Frame, FrameFault } from './frame.ts';
import { type Framing, framing } from './framing.ts';
import { host } from './host.ts';
import { checkLimits, type FramingOptions, type Limits } from './limits.ts';
import { type Mark, markBytes, Marks, refuseMarks } from './marks.ts';

export interface EnclosedOptions extends FramingOptions {
  /** What a frame begins with. */
  readonly start: Mark;
  /** What a frame ends with. */
  readonly end: Mark;
}

const END = 0;

/** Bytes outside of frames are one `FRAME_SKIPPED`, told when the next frame begins: then their number is certain. */
class EnclosedDecoder extends ContentDecoder {
  readonly #start: Uint8Array;
  readonly #starts: Marks;
  readonly #marks: Marks;
  #inside = false;

  constructor(start: Uint8Array, end: Uint8Array, limits: Limits) {
    super(limits);
    this.#start = start;
    this.#starts = new Marks([start]);
    this.#marks = new Marks([end, start]);
  }

  protected scan(): Frame<Content> | undefined {
    return this.#inside ? this.#scanFrame() : this.#scanGap();
  }

  #scanGap(): FrameFault | undefined {
    const starts = this.#starts;
    starts.find(this.chunk, this.at, this.last);
    this.at = starts.at;
    if (starts.found === Marks.UNDECIDED) return this.hold();
    if (starts.found === Marks.NONE) return undefined;
    const skipped = this.partialBytes;
    if (skipped > 0) {
      const offset = this.begin;
      this.begin = this.base + this.at;
      return { code: 'FRAME_SKIPPED', offset, bytes: skipped };
    }
    this.#inside = true;
    this.at += starts.length;
    return undefined;
  }

  #scanFrame(): Frame<Content> | undefined {
    const marks = this.#marks;
    marks.find(this.chunk, this.at, this.last);
    const isEnd = marks.found === END;
    if (!this.discarding) {
      const fault = this.judge(marks.at, marks.found >= 0);
      if (this.discarding) return fault;
      if (!isEnd) this.keep(marks.at);
    }
    if (marks.found >= 0 && !isEnd) return this.#cutByStart(marks.at);
    if (isEnd) {
      this.#inside = false;
      const next = marks.at + marks.length;
      return this.discarding ? this.finishDiscarded(next) : this.finish(marks.at, next);
    }
    this.at = marks.at;
    return marks.found === Marks.UNDECIDED ? this.hold() : undefined;
  }

  /** A frame begins before the end of this one. */
  #cutByStart(at: number): FrameFault | undefined {
    this.at = at;
    const fault = this.tail();
    this.#inside = false;
    this.startFrame(at);
    return fault;
  }

  protected override tail(): FrameFault | undefined {
    if (this.#inside) return super.tail();
    return { code: 'FRAME_SKIPPED', offset: this.begin, bytes: this.partialBytes };
  }

  protected override unread(): Uint8Array | undefined {
    if (!this.#inside) return undefined;
    const content = super.unread();
    if (content === undefined) return undefined;
    this.#inside = false;
    return Uint8Array.of(...this.#start, ...content);
  }
}

/**
 * Frames between a start and an end, such as STX and ETX. Bytes between frames are counted and reported as one
 * `FRAME_SKIPPED`. A start inside a frame means that the end of that frame was lost: it is `FRAME_INCOMPLETE`,
 * and the new frame begins.
 *
 * Units:  the limit counts neither start nor end.
 * Errors: `RangeError` for an option out of bounds, or an empty start or end.
 */
export function enclosed(options: EnclosedOptions & { readonly charset: 'bytes' }): Framing<Uint8Array>;
export function enclosed(
  options: EnclosedOptions & { readonly charset?: 'text' | 'ascii' | 'latin1' | 'utf8' },
): Framing;
export function enclosed(options: EnclosedOptions): Framing<Content>;
export function enclosed(options: EnclosedOptions): Framing | Framing<Uint8Array> | Framing<Content> {
  const checked = checkLimits(options);
  const start = markBytes('start', options.start);
  const end = markBytes('end', options.end);
  const startText = host.latin1(start, 0, start.length);
  const endText = host.latin1(end, 0, end.length);

  function encodeToLatin1(frame: Content): string {
    const content = contentToLatin1(frame, checked);
    refuseMarks(content, endText, [endText, startText]);
    return startText + content + endText;
  }
  return framing(() => new EnclosedDecoder(start, end, checked), encodeToLatin1);
}
