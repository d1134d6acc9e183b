import type { WorldClock } from './clock.ts';

export interface PipeOptions {
  readonly clock: WorldClock;
  /** How long the next segment takes. In milliseconds. */
  readonly latencyMs: () => number;
  /** The most bytes of the next segment, if this many wait to be sent. */
  readonly segmentBytes: (waiting: number) => number;
  /** What the sender's kernel holds until it has arrived, and the receiver's until it is read. In bytes. */
  readonly sendBytes: number;
  readonly receiveBytes: number;
}

/** One direction of a TCP connection: bytes in order, cut anywhere, with a kernel at each end. */
export class Pipe {
  readonly #options: PipeOptions;
  /** Taken from the sender, and not on its way. */
  readonly #written: Buffer[] = [];
  #writtenBytes = 0;
  #flyingBytes = 0;
  readonly #arrived: Buffer[] = [];
  #arrivedBytes = 0;
  #lastArrival = 0;
  #isEnding = false;
  #hasEnded = false;
  /** The sender's FIN is there, behind the bytes. */
  isEnded = false;
  /** A reset is there. Bytes that came before it can still be read. */
  isReset = false;
  /** Nothing gets through. */
  isDead = false;
  /** Something is there to be read, or the end of it. */
  onArrival: () => void = () => {};
  /** The sender's kernel takes more. */
  onTaken: () => void = () => {};

  constructor(options: PipeOptions) {
    this.#options = options;
  }

  /** Bytes that are there to be read. */
  get readable(): number {
    return this.#arrivedBytes;
  }

  /** Takes what it can. Returns how many bytes that was. */
  write(bytes: Buffer): number {
    const free = this.#options.sendBytes - this.#writtenBytes - this.#flyingBytes;
    const taken = Math.max(0, Math.min(free, bytes.length));
    if (taken === 0) return 0;
    this.#written.push(bytes.subarray(0, taken));
    this.#writtenBytes += taken;
    this.#pump();
    return taken;
  }

  /** FIN, behind what was written. */
  end(): void {
    this.#isEnding = true;
    this.#pump();
  }

  /** RST: overtakes what was not sent yet. */
  reset(): void {
    this.#written.length = 0;
    this.#writtenBytes = 0;
    if (this.#hasEnded && this.isReset) return;
    this.#hasEnded = true;
    this.#fly(() => {
      this.isReset = true;
      this.onArrival();
    });
  }

  /** At most this many bytes; `undefined`: none are there. */
  read(most: number): Buffer | undefined {
    if (this.#arrivedBytes === 0) return undefined;
    const all = this.#arrived.length === 1 ? this.#arrived[0]! : Buffer.concat(this.#arrived);
    this.#arrived.length = 0;
    const chunk = all.length <= most ? all : all.subarray(0, most);
    if (chunk !== all) this.#arrived.push(all.subarray(most));
    this.#arrivedBytes -= chunk.length;
    this.#pump();
    return chunk;
  }

  #pump(): void {
    const { receiveBytes, segmentBytes } = this.#options;
    while (this.#writtenBytes > 0) {
      const window = receiveBytes - this.#flyingBytes - this.#arrivedBytes;
      if (window <= 0) return;
      const first = this.#written[0]!;
      const segment = first.subarray(0, Math.max(1, Math.min(window, segmentBytes(this.#writtenBytes))));
      if (segment.length === first.length) this.#written.shift();
      else this.#written[0] = first.subarray(segment.length);
      this.#writtenBytes -= segment.length;
      this.#flyingBytes += segment.length;
      this.#fly(() => {
        this.#flyingBytes -= segment.length;
        this.#arrived.push(segment);
        this.#arrivedBytes += segment.length;
        this.onArrival();
        this.onTaken();
      });
    }
    if (!this.#isEnding || this.#hasEnded) return;
    this.#hasEnded = true;
    this.#fly(() => {
      this.isEnded = true;
      this.onArrival();
    });
  }

  /** Segments of one direction stay in order. */
  #fly(arrive: () => void): void {
    const { clock, latencyMs } = this.#options;
    this.#lastArrival = Math.max(this.#lastArrival, clock.time + latencyMs());
    clock.at(() => {
      if (!this.isDead) arrive();
    }, this.#lastArrival);
  }
}
