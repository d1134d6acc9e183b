import { writeSync } from 'node:fs';
import type { Writable } from 'node:stream';
import { statsOf } from '../text/stats.ts';

const LF = 0x0a;

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
 * 4. A disk that is full, or a reader that is gone, loses lines, which are counted too. A file is written to again when
 *    there is space.
 */
export class Output {
  readonly #stream: Writable;
  /** Node's stream for a file is over after the first error. */
  readonly #file: number | undefined;
  readonly #lost: (lines: number) => string;
  readonly #maxUnreadBytes: number;
  #batch = '';
  /** Of the lost lines, those that a line in the batch reports. */
  #batchSays = 0;
  #unsaid = 0;
  /** The file ends within a line. */
  #isTorn = false;
  #linesLost = 0;
  #scheduled: NodeJS.Immediate | undefined;

  /** Makes a terminal non-blocking. The stream stays the caller's: it is never ended here. */
  constructor(stream: Writable, { lost, maxUnreadBytes = 1_048_576 }: OutputOptions) {
    this.#stream = stream;
    this.#file = fileOf(stream);
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
    const says = this.#batchSays;
    this.#batch = '';
    this.#batchSays = 0;
    if (batch === '') return;
    if (this.#file !== undefined) return this.#writeFile(this.#file, batch, says);
    if (!this.#stream.writable) return this.#isLost(batch, says);
    this.#stream.write(batch, (error) => {
      if (error) this.#isLost(batch, says);
      else this.#sayLost();
    });
  }

  #writeFile(file: number, batch: string, says: number): void {
    const bytes = Buffer.from(batch);
    let from = 0;
    try {
      if (this.#isTorn) writeSync(file, '\n');
      this.#isTorn = false;
      while (from < bytes.length) from += writeSync(file, bytes, from);
    } catch {
      if (from > 0) this.#isTorn = bytes[from - 1] !== LF;
      // A line that has begun is lost too.
      this.#isLost(bytes.toString('latin1', from), from === 0 ? says : 0);
    }
  }

  /** These lines were not taken. The first may be one that reports `says` others. */
  #isLost(lines: string, says: number): void {
    const own = lines.split('\n').length - 1 - (says > 0 ? 1 : 0);
    this.#unsaid += own + says;
    this.#linesLost += own;
  }

  #sayLost(): void {
    if (this.#unsaid === 0) return;
    const lines = this.#unsaid;
    this.#unsaid = 0;
    this.#batchSays = lines;
    this.#push(this.#lost(lines));
  }

  #push(line: string): void {
    this.#batch += `${line}\n`;
    this.#scheduled ??= setImmediate(() => this.flush());
  }
}

/** The file that a stream writes to, if it is one. */
function fileOf(stream: Writable): number | undefined {
  const { fd } = stream as { readonly fd?: unknown };
  try {
    return typeof fd === 'number' && statsOf(fd).isFile() ? fd : undefined;
  } catch {
    return undefined;
  }
}
