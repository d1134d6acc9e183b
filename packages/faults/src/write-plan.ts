import { APART_MS, type InjectedFaults } from './injected-faults.ts';

/** One write of `bytes`, `pauseMs` milliseconds after the one before it. */
export interface TimedWrite {
  readonly bytes: Uint8Array;
  readonly pauseMs: number;
}

const LF = 0x0a;
const CR = 0x0d;
const SLASH = 0x2f;
const NO_TEXT = 0xff;
const PADDING = 0x2e;

/**
 * What happens to outgoing lines under the injected faults that are on. Pure: bytes in, timed writes out.
 *
 * 1. Without an injected fault, a write stays as it is.
 * 2. Only `garbage`, `long` and `split-crlf` change bytes. The others only change where a write ends.
 * 3. Commands and `quit` are never garbled, made longer or held back.
 *
 * Units: bytes of whole lines. The last line may lack its terminator.
 *
 * @example
 * ```ts
 * import { WritePlan } from '@proto/faults';
 *
 * const plan = new WritePlan(new Map([['cut', 2]]));
 * const writes = plan.push(Buffer.from('hello\n'));
 * console.log(writes.map(({ bytes, pauseMs }) => `${bytes.length} after ${pauseMs} ms`)); // [ '2 after 0 ms', '4 after 50 ms' ]
 * ```
 */
export class WritePlan {
  readonly #injected: InjectedFaults;
  #held: Uint8Array[] = [];

  /** Keeps the map: a fault that is turned on or off later counts from the next line on. */
  constructor(injected: InjectedFaults) {
    this.#injected = injected;
  }

  /** How many lines are held. */
  get held(): number {
    return this.#held.length;
  }

  /** Takes lines, and returns the writes that are due. */
  push(bytes: Uint8Array): TimedWrite[] {
    if (this.#injected.size === 0) return bytes.length === 0 ? [] : [{ bytes, pauseMs: 0 }];
    const most = this.#injected.get('coalesce');
    const writes: TimedWrite[] = [];
    for (const line of linesOf(bytes)) {
      const isMessage = !isCommand(line);
      this.#held.push(this.#terminated(isMessage ? this.#spoiled(line) : line));
      if (most !== undefined && (this.#held.length >= most || !isMessage)) writes.push(...this.end());
    }
    if (most === undefined) writes.push(...this.end());
    return writes;
  }

  /** Returns the writes that are held. */
  end(): TimedWrite[] {
    const lines = this.#held;
    this.#held = [];
    if (lines.length === 0) return [];
    const bytes = joined(lines);
    const ms = this.#injected.get('drip');
    if (ms !== undefined) return [...bytes].map((byte) => ({ bytes: Uint8Array.of(byte), pauseMs: ms }));
    const ends = [...this.#cuts(lines), bytes.length];
    return ends.map((end, index) => ({
      bytes: bytes.subarray(ends[index - 1] ?? 0, end),
      pauseMs: index === 0 ? 0 : APART_MS,
    }));
  }

  /** Where to cut the bytes of these lines, in ascending order. */
  #cuts(lines: readonly Uint8Array[]): number[] {
    const at = this.#injected.get('cut');
    const split = this.#injected.has('split-crlf');
    const cuts: number[] = [];
    let begin = 0;
    for (const line of lines) {
      if (at !== undefined && at < line.length) cuts.push(begin + at);
      const lf = line.length - 1;
      if (split && line[lf] === LF && at !== lf) cuts.push(begin + lf);
      begin += line.length;
    }
    return cuts;
  }

  #terminated(line: Uint8Array): Uint8Array {
    if (!this.#injected.has('split-crlf') || line.at(-1) !== LF) return line;
    return joined([line.subarray(0, -1), Uint8Array.of(CR, LF)]);
  }

  #spoiled(line: Uint8Array): Uint8Array {
    const ends = line.at(-1) === LF ? line.length - 1 : line.length;
    const parts = [line.subarray(0, ends)];
    if (this.#injected.has('garbage')) parts.unshift(Uint8Array.of(NO_TEXT));
    const missing = (this.#injected.get('long') ?? 0) - ends;
    if (missing > 0) parts.push(new Uint8Array(missing).fill(PADDING));
    return joined([...parts, line.subarray(ends)]);
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const all = new Uint8Array(parts.reduce((length, part) => length + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

/** The lines in these bytes, each with its LF. */
function linesOf(bytes: Uint8Array): Uint8Array[] {
  const lines: Uint8Array[] = [];
  for (let begin = 0; begin < bytes.length;) {
    const lf = bytes.indexOf(LF, begin);
    const end = lf === -1 ? bytes.length : lf + 1;
    lines.push(bytes.subarray(begin, end));
    begin = end;
  }
  return lines;
}

function isCommand(line: Uint8Array): boolean {
  if (line[0] === SLASH) return line[1] !== SLASH;
  return line.length <= 5 && /^quit\n?$/i.test(String.fromCharCode(...line));
}
