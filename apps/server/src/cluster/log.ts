/** The number of an entry in the log: 1, 2, 3, without a gap. */
export type Position = number;

/** The state of the rooms after the first `position` entries. */
export interface Snapshot {
  readonly position: Position;
  readonly state: string;
}

/** Reads the entries of a log. What it throws ends the process as an uncaught error, and it's told nothing more. */
export interface LogReader {
  /** The next entry. */
  entry(position: Position, entry: string): void;
  /** The entry to read next was trimmed: only a snapshot leads on. */
  lost(): void;
  /** Entries that were read are no longer in the log: it was put back to an earlier state. */
  wentBack(): void;
}

/**
 * One order of entries for several nodes.
 *
 * 1. Every reader gets every entry once, in the order of their positions, without a gap.
 * 2. What a reader has got stays.
 * 3. An append that has settled is there for good. One that has failed may come later, or twice.
 *
 * Nothing else is asked of an engine: no duplicates removed, no order of one writer's retries, no time.
 */
export interface Log {
  /** How many entries of one node are worth having on their way. */
  readonly window: number;
  /**
   * Appends an entry: ASCII text, at most 64 KiB.
   *
   * Errors: rejects if it's not known whether the entry is there.
   */
  append(entry: string): Promise<void>;
  /** Reads on from `after`, for ever. Reconnects by itself. */
  read(after: Position, reader: LogReader): Promise<void>;
  save(snapshot: Snapshot): Promise<void>;
  newest(): Promise<Snapshot | undefined>;
  /** Forgets the entries up to a position, as `lastForgotten` says. */
  trim(upTo: number): Promise<void>;
  close(): Promise<void>;
}

/** The last entry that a trim forgets: 0 for none, so also for no number, and never one after `last`: those aren't there yet. */
export function lastForgotten(upTo: number, last: Position): Position {
  return upTo >= 1 ? Math.min(Math.floor(upTo), last) : 0;
}

/** The longest entry. */
export const MOST_ENTRY_BYTES = 65_536;
