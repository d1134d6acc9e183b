import type { Writable } from 'node:stream';

export interface OutputOptions {
  /** What is said, once there is capacity again, of the lines that were not kept. */
  readonly lost: (lines: number) => string;
  /** Bytes that may wait for whoever reads the stream. @default 1_048_576 */
  readonly maxUnreadBytes?: number;
}

/** A terminal of Node's, with the switch that its type leaves out. */
interface Terminal {
  readonly isTTY?: boolean;
  readonly _handle?: { setBlocking?(isBlocking: boolean): void };
}

/**
 * Lines for a stream that perhaps nobody reads.
 *
 * 1. It waits for nobody: lines collect, and are written once for each pass of the event loop. A terminal too is written
 *    to as it takes what is written: stopped with Ctrl-S, it does not stop the process.
 * 2. It holds `maxUnreadBytes` at most, and one line: what comes then is counted and not kept.
 * 3. How many lines were lost is said in their place, as soon as the stream takes something again.
 */
export class Output {
  readonly #stream: Writable;
  readonly #lost: (lines: number) => string;
  readonly #maxUnreadBytes: number;
  #batch = '';
  #unsaid = 0;
  #linesLost = 0;
  #scheduled: NodeJS.Immediate | undefined;

  constructor(stream: Writable, { lost, maxUnreadBytes = 1_048_576 }: OutputOptions) {
    this.#stream = stream;
    const { isTTY, _handle } = stream as Terminal;
    if (isTTY) _handle?.setBlocking?.(false);
    this.#lost = lost;
    this.#maxUnreadBytes = maxUnreadBytes;
  }

  /** Lines that were not kept, in all. */
  get linesLost(): number {
    return this.#linesLost;
  }

  /** Puts one line on its way; its end is added. */
  readonly write = (line: string): void => {
    if (this.#stream.writableLength + this.#batch.length > this.#maxUnreadBytes) {
      this.#unsaid++;
      this.#linesLost++;
      return;
    }
    this.#sayLost();
    this.#push(line);
  };

  /** Writes what has collected. */
  flush(): void {
    clearImmediate(this.#scheduled);
    this.#scheduled = undefined;
    const batch = this.#batch;
    this.#batch = '';
    if (batch !== '' && this.#stream.writable) this.#stream.write(batch, () => this.#sayLost());
  }

  #sayLost(): void {
    if (this.#unsaid === 0) return;
    const lines = this.#unsaid;
    this.#unsaid = 0;
    this.#push(this.#lost(lines));
  }

  #push(line: string): void {
    this.#batch += `${line}\n`;
    this.#scheduled ??= setImmediate(() => this.flush());
  }
}
