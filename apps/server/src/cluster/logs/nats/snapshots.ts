import type { JetStreamManager } from '@nats-io/jetstream';
import type { NatsConnection } from '@nats-io/transport-node';
import type { Snapshot } from '../../log.ts';
import { forgetBefore, type Names } from './streams.ts';
import { refusalText } from './texts.ts';

/** The longest part of a snapshot: in base64, it's shorter than the longest message. */
const PART_BYTES = 524_288;

/** How long a part may take. In milliseconds. */
const STORE_MS = 10_000;

/** How many snapshots are kept: somebody may be reading the last but one. */
const KEPT = 2;

/** What is written once all parts are there. `parts`: where they are in the stream. */
interface Whole {
  readonly position: number;
  readonly parts: readonly number[];
}

/** Snapshots in a stream of their own, cut into parts. */
export class Snapshots {
  readonly #connection: NatsConnection;
  readonly #manager: JetStreamManager;
  readonly #names: Names['snapshots'];

  constructor(connection: NatsConnection, manager: JetStreamManager, names: Names['snapshots']) {
    this.#connection = connection;
    this.#manager = manager;
    this.#names = names;
  }

  async save({ position, state }: Snapshot): Promise<void> {
    const { part, whole } = this.#names;
    const bytes = Buffer.from(state);
    const parts: number[] = [];
    for (let at = 0; at < bytes.length || at === 0; at += PART_BYTES) {
      parts.push(await this.#store(part, bytes.subarray(at, at + PART_BYTES)));
    }
    await this.#store(whole, JSON.stringify({ position, parts } satisfies Whole));
    await this.#forgetOld();
  }

  async newest(): Promise<Snapshot | undefined> {
    for (const { position, parts } of await this.#wholes()) {
      const chunks = await Promise.all(parts.map((part) => this.#load({ seq: part })));
      // A part that is gone: a newer one was saved meanwhile, or that snapshot was never read in time.
      if (!chunks.includes(undefined)) {
        return { position, state: Buffer.concat(chunks.map((chunk) => chunk!.data)).toString() };
      }
    }
    return undefined;
  }

  async #store(subject: string, data: Uint8Array | string): Promise<number> {
    const answer = await this.#connection.request(subject, data, { timeout: STORE_MS });
    const { seq, error } = answer.json<{ seq: number; error?: Parameters<typeof refusalText>[0] }>();
    if (error !== undefined) throw new Error(`Cannot save a snapshot: ${refusalText(error)}`);
    return seq;
  }

  /** Those that are whole, the highest position first. */
  async #wholes(): Promise<Whole[]> {
    const wholes: Whole[] = [];
    for (let seq = 0; ;) {
      const found = await this.#load({ seq, next_by_subj: this.#names.whole });
      if (found === undefined) break;
      wholes.push(JSON.parse(Buffer.from(found.data).toString()) as Whole);
      seq = found.seq + 1;
    }
    return wholes.toSorted((one, other) => other.position - one.position);
  }

  /** What is older than the parts of the newest ones. */
  async #forgetOld(): Promise<void> {
    const kept = (await this.#wholes()).slice(0, KEPT).flatMap(({ parts }) => parts);
    await forgetBefore(this.#manager, this.#names.stream, Math.min(...kept));
  }

  async #load(query: {
    seq: number;
    next_by_subj?: string;
  }): Promise<{ seq: number; data: Uint8Array } | undefined> {
    return (await this.#manager.streams.getMessage(this.#names.stream, query)) ?? undefined;
  }
}
