import type { Clock } from '@proto/scheduler';
import type { Position } from './log.ts';

/** When a snapshot is due. */
export const SNAPSHOTS = { bytes: 67_108_864, everyMs: 300_000, lookMs: 5_000 } as const;

export interface SnapshotsOptions {
  readonly clock: Clock;
  /** Whether this node is the one that takes them: the oldest that is up. Another one does if it doesn't. */
  readonly isTurn: () => boolean;
  readonly position: () => Position;
  /** Takes one, if there is none that is newer than `since`. */
  readonly take: (upTo: Position, since: Position) => Promise<void>;
  readonly warn: (text: string) => void;
}

/** Asks for a snapshot when enough was read since it did so last, or when enough time has passed. One at a time. */
export class Snapshots {
  readonly #options: SnapshotsOptions;
  #bytes = 0;
  #at: number;
  #position: Position;
  #isTaking = false;
  #callOff: () => void;

  constructor(options: SnapshotsOptions) {
    this.#options = options;
    this.#at = options.clock.now();
    this.#position = options.position();
    this.#callOff = options.clock.setTimeout(() => this.#look(), SNAPSHOTS.lookMs);
  }

  /** An entry was read. */
  read(bytes: number): void {
    this.#bytes += bytes;
  }

  stop(): void {
    this.#callOff();
  }

  #look(): void {
    const { clock, isTurn, position } = this.#options;
    this.#callOff = clock.setTimeout(() => this.#look(), SNAPSHOTS.lookMs);
    // If the one whose turn it is fails again and again, the log must not grow for ever.
    const times = isTurn() ? 1 : 2;
    const isDue =
      this.#bytes >= times * SNAPSHOTS.bytes || clock.now() - this.#at >= times * SNAPSHOTS.everyMs;
    if (!isDue || this.#isTaking || position() === this.#position) return;
    const since = this.#position;
    this.#bytes = 0;
    this.#at = clock.now();
    this.#position = position();
    void this.#take(this.#position, since);
  }

  async #take(upTo: Position, since: Position): Promise<void> {
    this.#isTaking = true;
    try {
      await this.#options.take(upTo, since);
    } catch (error) {
      this.#options.warn(`No snapshot was taken: ${error instanceof Error ? error.message : String(error)}`);
    } finally {
      this.#isTaking = false;
    }
  }
}
