import { ClientError, type ClientErrorCode } from '../dial/client-error.ts';
import type { Client } from '../library/client.ts';
import type { Ending } from '../library/ending.ts';

/** The first wait, and the longest, ms. Each is up to twice the one before it. */
const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/** How often in a row it is tried. */
const TRIES = 10;

/**
 * How long to wait before each next try: twice as long each time, up to a bound, less a random part of up to a
 * half, so that the clients of a server that comes back do not come all at once.
 */
export class Backoff {
  readonly #random: () => number;
  #tries = 0;

  /** `random`: from 0, below 1. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** The next wait, ms; `undefined`: it was tried often enough. */
  next(): number | undefined {
    if (this.#tries === TRIES) return undefined;
    const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#tries++);
    return most * (1 - this.#random() / 2);
  }

  /** It went well: begins anew. */
  reset(): void {
    this.#tries = 0;
  }
}

/** What a reconnect is made of. */
export interface ReconnectParts {
  /** Makes the connection, and says on it what is to be said first. The signal gives it up. */
  readonly open: (signal: AbortSignal) => Promise<Client>;
  /** Is told in one line what happened and when it is tried again. */
  readonly note: (line: string) => void;
  /** Resolves after that time, or sooner when the signal says so. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Monotonic, ms. */
  readonly now: () => number;
  readonly backoff?: Backoff;
}

/** What may be otherwise the next time. */
const PASSING: ReadonlySet<ClientErrorCode> = new Set(['UNREACHABLE', 'CUT', 'UNANSWERED']);

/** Connects, and connects again when the connection ends and nobody here asked for it. */
export class Reconnect {
  /** As in its parts: where a terminal is drawn, it is told there. */
  note: (line: string) => void;
  readonly #parts: ReconnectParts;
  readonly #stopping = new AbortController();
  readonly #backoff: Backoff;
  #since = 0;

  constructor(parts: ReconnectParts) {
    this.#parts = parts;
    this.note = parts.note;
    this.#backoff = parts.backoff ?? new Backoff();
  }

  /**
   * Connects, and goes on trying while nobody is there.
   *
   * Errors: rejects with the last `ClientError` when it was tried often enough, or is of no use.
   */
  async connect(): Promise<Client> {
    for (;;) {
      try {
        const client = await this.#parts.open(this.#stopping.signal);
        this.#since = this.#parts.now();
        return client;
      } catch (error) {
        if (!(error instanceof ClientError) || !PASSING.has(error.code)) throw error;
        if (!(await this.#wait(error.message))) throw error;
      }
    }
  }

  /** Tries no more: who waits for a connection is told why there is none. One that is there is closed. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Whether a connection that ended so is to be made again. */
  wants({ asked, error }: Ending): boolean {
    return !asked && (error === undefined || PASSING.has(error.code));
  }

  /**
   * Connects again after an end.
   *
   * Errors: as `connect`.
   */
  async again({ error, bye }: Ending): Promise<Client> {
    if (this.#parts.now() - this.#since > LONGEST_MS) this.#backoff.reset();
    const why =
      error?.message ??
      `Cannot go on: the server ended the connection${bye === undefined ? '' : ` and said "${bye}"`}`;
    if (!(await this.#wait(why))) throw error ?? new ClientError('UNREACHABLE', why);
    return this.connect();
  }

  async #wait(why: string): Promise<boolean> {
    const ms = this.#backoff.next();
    if (ms === undefined) return false;
    this.note(`${why}. Trying again in ${(ms / 1000).toFixed(1)} s`);
    const { signal } = this.#stopping;
    await this.#parts.sleep(ms, signal);
    return !signal.aborted;
  }
}
