import { ClientError, type ClientErrorCode } from '../dial/client-error.ts';
import type { Client } from '../library/client.ts';
import type { Ending } from '../library/ending.ts';

/** The first wait, and the longest, ms. Each is up to twice the previous one. */
const FIRST_MS = 250;
const LONGEST_MS = 30_000;

/** How often to try in a row. */
const TRIES = 10;

/**
 * How long to wait before each try: twice as long each time, up to a limit, minus a random part of up to half, so that
 * the clients of a restarted server don't all come back at once.
 */
export class Backoff {
  readonly #random: () => number;
  #tries = 0;

  /** `random`: from 0, below 1. */
  constructor(random: () => number = Math.random) {
    this.#random = random;
  }

  /** The next wait, ms; `undefined`: no more tries. */
  next(): number | undefined {
    if (this.#tries === TRIES) return undefined;
    const most = Math.min(LONGEST_MS, FIRST_MS * 2 ** this.#tries++);
    return most * (1 - this.#random() / 2);
  }

  /** It succeeded: start over. */
  reset(): void {
    this.#tries = 0;
  }
}

/** What a reconnect needs. */
export interface ReconnectParts {
  /** Makes the connection, and sends on it what has to be sent first. The signal cancels it. */
  readonly open: (signal: AbortSignal) => Promise<Client>;
  /** Is told in one line what happened and when the next try is. */
  readonly note: (line: string) => void;
  /** Resolves after that time, or sooner if the signal is aborted. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<unknown>;
  /** Monotonic, ms. */
  readonly now: () => number;
  readonly backoff?: Backoff;
}

/** Errors that may not occur the next time. */
const PASSING: ReadonlySet<ClientErrorCode> = new Set(['UNREACHABLE', 'CUT', 'UNANSWERED']);

/** Connects, and connects again if the connection ends and this side didn't ask for it. */
export class Reconnect {
  /** As in its parts. If a terminal is drawn, it is told there. */
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
   * Connects, and keeps trying while there is no server.
   *
   * Errors: rejects with the last `ClientError` after the last try, or if trying again is useless.
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

  /** Stops retrying. A caller waiting for a connection is told why there is none. An open connection is closed. */
  stop(): void {
    this.#stopping.abort();
  }

  /** Whether to reconnect after this ending. */
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
