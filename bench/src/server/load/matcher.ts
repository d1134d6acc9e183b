/** What one connection should receive: units of one length, a block of them over and over. */
export interface Expected {
  readonly units: readonly Buffer[];
  /** The first byte of a line that may stand between two units and is not counted. */
  readonly noise?: number;
}

const LF = 0x0a;
/** What a socket gives at most in one read. */
export const READ_BYTES = 65_536;

/** Compares a stream with what it should be, whatever the chunks. */
export class Matcher {
  /** Called with the line, its LF included, for each that is not counted. */
  onNoise: (() => void) | undefined;
  readonly #want: Buffer;
  readonly #block: number;
  readonly #unit: number;
  readonly #noise: number;
  #at = 0;
  #inNoise = false;

  constructor({ units, noise = -1 }: Expected) {
    const block = Buffer.concat(units);
    this.#block = block.length;
    this.#unit = block.length / units.length;
    this.#noise = noise;
    this.#want = Buffer.concat(Array.from({ length: 2 + Math.ceil(READ_BYTES / block.length) }, () => block));
  }

  /** Gives the number of blocks that are whole with these bytes. Errors: throws where a byte differs. */
  feed(bytes: Buffer, length: number): number {
    if (!this.#inNoise && this.#isNext(bytes, 0, length)) return this.#advance(length);
    let blocks = 0;
    for (let from = 0; from < length;) {
      if (this.#inNoise || (this.#at % this.#unit === 0 && bytes[from] === this.#noise)) {
        from = this.#skip(bytes, from, length);
        continue;
      }
      const block = Math.min(length, from + this.#block - this.#at);
      const unit = Math.min(length, from + this.#unit - (this.#at % this.#unit));
      const to = this.#isNext(bytes, from, block) ? block : unit;
      if (to === unit && !this.#isNext(bytes, from, unit)) this.#differs(bytes, from, unit);
      blocks += this.#advance(to - from);
      from = to;
    }
    return blocks;
  }

  #isNext(bytes: Buffer, from: number, to: number): boolean {
    return bytes.compare(this.#want, this.#at, this.#at + to - from, from, to) === 0;
  }

  #advance(bytes: number): number {
    const at = this.#at + bytes;
    this.#at = at % this.#block;
    return (at - this.#at) / this.#block;
  }

  #skip(bytes: Buffer, from: number, length: number): number {
    const lf = bytes.indexOf(LF, from);
    this.#inNoise = lf === -1 || lf >= length;
    if (this.#inNoise) return length;
    this.onNoise?.();
    return lf + 1;
  }

  #differs(bytes: Buffer, from: number, to: number): never {
    const want = this.#want.toString('latin1', this.#at, this.#at + to - from);
    const got = bytes.toString('latin1', from, to);
    throw new Error(`Cannot go on: expected ${JSON.stringify(want)}, got ${JSON.stringify(got)}`);
  }
}
