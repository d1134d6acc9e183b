import { ClusterError } from '../cluster-error.ts';
import { lastForgotten, type Log, type LogReader, type Position, type Snapshot } from '../log.ts';
import { InOrder, type Source } from './in-order.ts';
import { codeOf, Link } from './postgres/link.ts';
import {
  APPEND,
  BEGIN,
  BOUNDS,
  FETCH,
  FORBIDDEN,
  FORGET,
  MISSING,
  NEWEST,
  SAVE,
  TABLES,
  TRIM,
  TRIMMED,
} from './postgres/statements.ts';
import { mayPass, refusal, stateText } from './postgres/texts.ts';

export interface PostgresOptions {
  /** Addresses as `postgres://[USER[:PASSWORD]@]HOST[:PORT]/DATABASE`. One that can be written to is taken. */
  readonly urls: readonly URL[];
  readonly cluster: string;
  readonly warn: (text: string) => void;
  /** For how long it tries. In milliseconds. */
  readonly openMs: number;
}

/** How long it waits before it tries again. In milliseconds. */
const AGAIN_MS = 250;

/** How many entries are fetched at a time. */
const FETCHED = 128;

/** A log in PostgreSQL: a table, and a row of which each append takes the lock and the next position. */
export class PostgresLog implements Log, Source {
  /** They wait for each other's lock, so more on their way bring nothing. */
  readonly window = 2;
  readonly #cluster: string;
  readonly #channel: string;
  readonly #warn: (text: string) => void;
  readonly #warned = new Set<string>();
  readonly #url: URL;
  readonly #writing: Link;
  readonly #reading: Link;
  readonly #readings = new Set<InOrder>();
  #isClosed = false;

  /** Errors: rejects with a `ClusterError` that says what to do. */
  static async open(options: PostgresOptions): Promise<PostgresLog> {
    const log = new PostgresLog(options);
    const until = Date.now() + options.openMs;
    for (;;) {
      try {
        await log.#begin();
        return log;
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        const code = codeOf(error);
        if (Date.now() + AGAIN_MS >= until || (options.urls.length === 1 && !mayPass(code, message))) {
          await log.close();
          const shown = options.urls.map(({ protocol, host, pathname }) => `${protocol}//${host}${pathname}`);
          const state = stateText(options.urls[0]!, code, message);
          throw new ClusterError('unreachable', `Cannot join ${shown.join(',')}: ${state}`, { cause: error });
        }
      }
      await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
    }
  }

  private constructor({ urls, cluster, warn }: PostgresOptions) {
    this.#cluster = cluster;
    this.#channel = `proto_${cluster}`;
    this.#warn = warn;
    this.#url = urls[0]!;
    this.#writing = new Link({ urls });
    this.#reading = new Link({
      urls,
      channel: this.#channel,
      // Any user of the database may notify, so what it says doesn't count.
      heard: () => {
        for (const reading of this.#readings) reading.hear();
      },
      connected: () => {
        for (const reading of this.#readings) reading.back();
      },
    });
  }

  async append(entry: string): Promise<void> {
    if (this.#isClosed) throw new Error('Cannot append: the log is closed');
    try {
      const values = [this.#cluster, Buffer.from(entry, 'latin1'), this.#channel];
      const { rowCount } = await this.#writing.query(APPEND, values, 'append');
      if (rowCount !== 1) throw new Error('its row in proto_head is gone');
    } catch (error) {
      const message = error instanceof Error ? error.message : String(error);
      const code = codeOf(error);
      if (!mayPass(code, message))
        this.#warnOnce(`The log takes no entry: ${stateText(this.#url, code, message)}`);
      throw new Error(`Cannot append: ${message}`, { cause: error });
    }
  }

  async read(after: Position, reader: LogReader): Promise<void> {
    const reading = new InOrder(after, reader, this);
    this.#readings.add(reading);
    reading.look();
    await Promise.resolve();
  }

  async save({ position, state }: Snapshot): Promise<void> {
    await this.#reading.query(SAVE, [this.#cluster, position, Buffer.from(state)]);
    await this.#reading.query(FORGET, [this.#cluster]);
  }

  async newest(): Promise<Snapshot | undefined> {
    const { rows } = await this.#reading.query<{ position: string; state: Buffer }>(NEWEST, [this.#cluster]);
    return rows[0] && { position: Number(rows[0].position), state: rows[0].state.toString() };
  }

  async trim(upTo: number): Promise<void> {
    // The row first: it's locked no longer than an append locks it. It knows the last entry.
    await this.#reading.query(TRIM, [this.#cluster, lastForgotten(upTo, Number.MAX_SAFE_INTEGER)]);
    await this.#reading.query(TRIMMED, [this.#cluster]);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const reading of this.#readings) reading.close();
    await this.#writing.close();
    await this.#reading.close();
  }

  async bounds(): Promise<{ first: Position; last: Position }> {
    const { rows } = await this.#reading.query<{ trimmed: string; last: string }>(
      BOUNDS,
      [this.#cluster],
      'bounds',
    );
    return { first: Number(rows[0]?.trimmed ?? 0) + 1, last: Number(rows[0]?.last ?? 0) };
  }

  async fetch(from: Position, upTo: Position): Promise<string[]> {
    const { rows } = await this.#reading.query<{ position: string; entry: Buffer }>(
      FETCH,
      [this.#cluster, from, Math.min(upTo, from + FETCHED - 1)],
      'fetch',
    );
    const end = rows.findIndex(({ position }, index) => Number(position) !== from + index);
    return rows.slice(0, end === -1 ? rows.length : end).map(({ entry }) => entry.toString('latin1'));
  }

  /** Connects, makes the tables where there are none, and sees whether they can be written to. */
  async #begin(): Promise<void> {
    if (!this.#writing.isConnected) await this.#writing.connect();
    const { rows } = await this.#writing.query<{ missing: string | null }>(MISSING);
    if (rows[0]?.missing !== null) await this.#writing.query(TABLES);
    const { rows: others } = await this.#writing.query<{ forbidden: string | null }>(FORBIDDEN);
    const forbidden = others[0]?.forbidden ?? undefined;
    if (forbidden !== undefined) throw refusal('42501', `permission denied for table ${forbidden}`);
    await this.#writing.query(BEGIN, [this.#cluster]);
    if (!this.#reading.isConnected) await this.#reading.connect();
  }

  #warnOnce(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.#warn(text);
  }
}
