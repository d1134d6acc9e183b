import type { Writable } from 'node:stream';

/** What happens to lines that nobody reads. */
export interface OutputOptions {
  /** The text about dropped lines, shown once there is capacity again. */
  readonly lost: (lines: number) => string;
  /** Bytes that may wait for the stream's reader. @default 1_048_576 */
  readonly maxUnreadBytes?: number;
}

/** Node's terminal stream, with the switch that its type leaves out. */
interface Terminal {
  readonly isTTY?: boolean;
  readonly _handle?: { setBlocking?(isBlocking: boolean): void };
}

/**
 * Lines for a stream that may have no reader.
 *
 * 1. It waits for nobody: lines collect, and are written once per pass of the event loop. Writing to a terminal doesn't
 *    block either: one that is stopped with Ctrl-S doesn't stop the process.
 * 2. It holds at most `maxUnreadBytes` and one line. What comes after that is counted, but not kept.
 * 3. As soon as the stream accepts data again, it says in their place how many lines were lost.
 */
export class Output {
  readonly #stream: Writable;
  readonly #lost: (lines: number) => string;
  readonly #maxUnreadBytes: number;
  #batch = '';
  #unsaid = 0;
  #linesLost = 0;
  #scheduled: NodeJS.Immediate | undefined;

  /** Makes a terminal non-blocking. The stream stays the caller's: it is never ended here. */
  constructor(stream: Writable, { lost, maxUnreadBytes = 1_048_576 }: OutputOptions) {
    this.#stream = stream;
    const { isTTY, _handle } = stream as Terminal;
    if (isTTY) _handle?.setBlocking?.(false);
    this.#lost = lost;
    this.#maxUnreadBytes = maxUnreadBytes;
  }

  /** How many lines were dropped in total. */
  get linesLost(): number {
    return this.#linesLost;
  }

  /** Writes one line and its line end. */
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
