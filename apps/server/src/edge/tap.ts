import type { Counts } from '../events/counts.ts';
import type { Chunk } from '../events/events.ts';
import type { Telling } from '../events/telling.ts';
import type { Place } from '../room/records.ts';

/** A connection, as its tap sees it. */
export interface Tapping {
  /** `undefined`: it has no seat yet, and nothing is reported. */
  readonly place: Place | undefined;
  /** Bytes read and written so far. The tap counts them. */
  bytesRead: number;
  bytesWritten: number;
  /** Bytes of the unfinished line. */
  readonly openBytes: number;
}

/**
 * Counts the bytes of all connections, and reports what TCP did. Each event is one literal, because one is created per
 * chunk.
 */
export class Tap {
  readonly #counts: Counts;
  readonly #telling: Telling;

  constructor(counts: Counts, telling: Telling) {
    this.#counts = counts;
    this.#telling = telling;
  }

  read(connection: Tapping, bytes: Uint8Array): void {
    this.#counts.bytesIn += bytes.length;
    const from = connection.bytesRead;
    connection.bytesRead += bytes.length;
    const { place } = connection;
    if (place === undefined || !this.#telling.wants('chunk')) return;
    const { client, room, seat } = place;
    const { openBytes: open } = connection;
    const { length } = bytes;
    const [atMs, epochMs] = [performance.now(), Date.now()];
    const direction = 'read';
    this.#telling.tell('chunk', { client, room, seat, direction, from, atMs, epochMs, open, length, bytes });
  }

  /** `batch`: whole lines, one code unit per byte. */
  written(connection: Tapping, batch: string): void {
    const from = connection.bytesWritten;
    connection.bytesWritten += batch.length;
    const { place } = connection;
    if (place === undefined || !this.#telling.wants('chunk')) return;
    this.#telling.tell('chunk', new Written(place, from, batch));
  }

  ended(
    connection: Tapping,
    direction: 'read' | 'write',
    { how, by }: { readonly how: 'FIN' | 'RST'; readonly by: 'peer' | 'server' },
  ): void {
    const { place } = connection;
    if (place === undefined) return;
    const { client, room, seat } = place;
    const from = direction === 'read' ? connection.bytesRead : connection.bytesWritten;
    const [atMs, epochMs] = [performance.now(), Date.now()];
    this.#telling.tell('chunkEnd', { client, room, seat, direction, from, atMs, epochMs, how, by });
  }
}

/** One write. Most listeners ask for the bytes of few. */
class Written implements Chunk {
  readonly client: number;
  readonly room: string;
  readonly seat: number;
  readonly direction = 'write';
  readonly from: number;
  readonly atMs = performance.now();
  readonly epochMs = Date.now();
  readonly open = 0;
  readonly length: number;
  readonly #batch: string;

  constructor({ client, room, seat }: Place, from: number, batch: string) {
    this.client = client;
    this.room = room;
    this.seat = seat;
    this.from = from;
    this.length = batch.length;
    this.#batch = batch;
  }

  get bytes(): Uint8Array {
    return Buffer.from(this.#batch, 'latin1');
  }
}
