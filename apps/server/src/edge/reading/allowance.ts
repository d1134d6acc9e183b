import type { Clock } from '@proto/scheduler';
import type { Settings } from '../../options/options.ts';
import { Bucket } from '../../transport/bucket.ts';

/** What a client has used up: lines that it says, or bytes that it causes. */
export type Excess = 'lines' | 'bytes';

/** Used up means: less than this is left. */
const LEAST = 1;

/** How much a client may say and cause. A client that has used that up isn't read until some of it has come back. */
export class Allowance {
  readonly #lines: Bucket | undefined;
  readonly #bytes: Bucket | undefined;

  private constructor(lines: Bucket | undefined, bytes: Bucket | undefined) {
    this.#lines = lines;
    this.#bytes = bytes;
  }

  /** `undefined`: nothing is limited. */
  static of(
    options: Pick<Settings, 'maxLinesPerSecond' | 'maxCausedBytesPerSecond'>,
    clock: Clock,
  ): Allowance | undefined {
    const { maxLinesPerSecond, maxCausedBytesPerSecond } = options;
    if (maxLinesPerSecond === 'none' && maxCausedBytesPerSecond === 'none') return undefined;
    const [lines, bytes] = [maxLinesPerSecond, maxCausedBytesPerSecond].map((rate) =>
      rate === 'none' ? undefined : new Bucket(rate, clock),
    );
    return new Allowance(lines, bytes);
  }

  /** Takes over what was used up of another one, at most what may be used at once. */
  takeOver(owed: Allowance): void {
    if (owed.#lines) this.#lines?.takeOver(owed.#lines);
    if (owed.#bytes) this.#bytes?.takeOver(owed.#bytes);
  }

  /** What was used up of another one counts here too. */
  add(other: Allowance): void {
    if (other.#lines) this.#lines?.add(other.#lines);
    if (other.#bytes) this.#bytes?.add(other.#bytes);
  }

  /** Nothing of it is used, or all has come back. */
  get isFull(): boolean {
    return this.#lines?.isFull !== false && this.#bytes?.isFull !== false;
  }

  /** Lines were read. */
  said(lines: number): void {
    this.#lines?.take(lines);
  }

  /** What was read, in this many lines, causes this many bytes. Below 0: fewer than was said before. */
  caused(bytes: number, lines = 1): void {
    this.#bytes?.take(bytes, lines);
  }

  /** How many lines may be read now, at least one, if each causes at most `bytes`. Ask only while nothing is used up. */
  capacity(bytes: number): number {
    const lines = this.#lines?.left ?? Infinity;
    const causes = bytes === 0 ? Infinity : (this.#bytes?.left ?? Infinity) / bytes;
    return Math.max(1, Math.floor(Math.min(lines, causes)));
  }

  /** Which is used up, and how long until some of it is back, in ms; `undefined`: none. */
  get excess(): { readonly of: Excess; readonly ms: number } | undefined {
    const linesMs = this.#lines?.waitMs(LEAST) ?? 0;
    const bytesMs = this.#bytes?.waitMs(LEAST) ?? 0;
    if (linesMs === 0 && bytesMs === 0) return undefined;
    return bytesMs > linesMs ? { of: 'bytes', ms: bytesMs } : { of: 'lines', ms: linesMs };
  }
}
