import type { ApiError, JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import { lastForgotten, type Log, type LogReader, type Position, type Snapshot } from '../log.ts';
import { InOrder, type Source } from './in-order.ts';
import { connectTo } from './nats/connect.ts';
import { fetchMany } from './nats/fetch-many.ts';
import type { NatsOptions } from './nats/options.ts';
import { Snapshots } from './nats/snapshots.ts';
import { forgetBefore, type Names, namesOf } from './nats/streams.ts';
import { isNoStream, refusalText } from './nats/texts.ts';

/** How long an append may take. In milliseconds. */
const APPEND_MS = 2_000;

/** How many entries are fetched one by one, at a time. */
const FETCHED = 128;

/** From how many on they are fetched together. */
const MANY = 1_000;

/** A log in JetStream: a stream, whose entries come by core NATS, and are fetched from it where they don't. */
export class NatsLog implements Log, Source {
  readonly window = 64;
  readonly #connection: NatsConnection;
  readonly #manager: JetStreamManager;
  readonly #names: Names['log'];
  readonly #snapshots: Snapshots;
  readonly #warn: (text: string) => void;
  readonly #warned = new Set<string>();
  readonly #readings = new Set<InOrder>();
  #isConnected = true;
  #isClosed = false;

  /** Errors: rejects with a `ClusterError` that says what to do. */
  static async open(options: NatsOptions): Promise<NatsLog> {
    const { connection, manager } = await connectTo(options);
    return new NatsLog(connection, manager, options);
  }

  private constructor(connection: NatsConnection, manager: JetStreamManager, options: NatsOptions) {
    const names = namesOf(options.cluster);
    this.#connection = connection;
    this.#manager = manager;
    this.#warn = options.warn;
    this.#names = names.log;
    this.#snapshots = new Snapshots(connection, manager, names.snapshots);
    void this.#watch();
  }

  async append(entry: string): Promise<void> {
    if (this.#isClosed) throw new Error('Cannot append: the log is closed');
    // What would be sent later would pile up.
    if (!this.#isConnected) throw new Error('Cannot append: no server answers');
    const answer = await this.#connection.request(this.#names.subject, Buffer.from(entry, 'latin1'), {
      timeout: APPEND_MS,
    });
    const { error } = answer.json<{ error?: ApiError }>();
    if (error === undefined) return;
    const text = refusalText(error);
    this.#warnOnce(`The log takes no entry: ${text}`);
    throw new Error(`Cannot append: ${text}`);
  }

  async read(after: Position, reader: LogReader): Promise<void> {
    const reading = new InOrder(after, reader, this);
    this.#readings.add(reading);
    this.#connection.subscribe(this.#names.live, {
      callback: (error, { headers, data }) => {
        if (error !== null)
          return this.#warnOnce(`The log may not be read as it grows, and is slow: ${error.message}`);
        // Others may publish there too.
        if (headers?.get('Nats-Stream') !== this.#names.stream) return;
        reading.offer(Number(headers.get('Nats-Sequence')), latin1(data));
      },
    });
    reading.look();
    await Promise.resolve();
  }

  save(snapshot: Snapshot): Promise<void> {
    return this.#snapshots.save(snapshot);
  }

  newest(): Promise<Snapshot | undefined> {
    return this.#snapshots.newest();
  }

  async trim(upTo: number): Promise<void> {
    const { last } = await this.bounds();
    await forgetBefore(this.#manager, this.#names.stream, lastForgotten(upTo, last) + 1);
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    for (const reading of this.#readings) reading.close();
    await this.#connection.close();
  }

  async bounds(): Promise<{ first: Position; last: Position }> {
    try {
      const { state } = await this.#manager.streams.info(this.#names.stream);
      return { first: Math.max(1, state.first_seq), last: state.last_seq };
    } catch (error) {
      if (!isNoStream(error)) throw error;
      this.#warnOnce(`The stream ${this.#names.stream} is gone from NATS. Was it deleted?`);
      return { first: 1, last: 0 };
    }
  }

  async fetch(from: Position, upTo: Position): Promise<string[]> {
    if (upTo - from >= MANY) {
      const entries = await this.#fetchMany(from, upTo).catch(() => []);
      if (entries.length > 0) return entries.map(latin1);
    }
    const count = Math.min(FETCHED, upTo - from + 1);
    // One answer that is lost must not cost the others.
    const found = await Promise.all(
      Array.from({ length: count }, (_, n) => this.#get(from + n).catch(() => undefined)),
    );
    const end = found.indexOf(undefined);
    return found.slice(0, end === -1 ? count : end) as string[];
  }

  #fetchMany(from: Position, upTo: Position): Promise<Uint8Array[]> {
    return fetchMany(this.#connection, this.#manager, this.#names.stream, { from, upTo });
  }

  /**
   * An entry, as the leader of the stream has it; `undefined`: it doesn't have it, or not yet. Another server may answer with what it had
   * stored before it died, and the leader has something else there.
   */
  async #get(seq: Position): Promise<string | undefined> {
    const found = await this.#manager.streams.getMessage(this.#names.stream, { seq });
    return found?.seq === seq ? latin1(found.data) : undefined;
  }

  async #watch(): Promise<void> {
    for await (const { type } of this.#connection.status()) {
      if (type === 'disconnect') this.#isConnected = false;
      if (type === 'reconnect') {
        this.#isConnected = true;
        for (const reading of this.#readings) reading.back();
      }
    }
  }

  #warnOnce(text: string): void {
    if (this.#warned.has(text)) return;
    this.#warned.add(text);
    this.#warn(text);
  }
}

function latin1(data: Uint8Array): string {
  return Buffer.from(data.buffer, data.byteOffset, data.byteLength).toString('latin1');
}
