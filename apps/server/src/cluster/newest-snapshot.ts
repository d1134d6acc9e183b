import type { Clock } from '@proto/scheduler';
import type { Log, Snapshot } from './log.ts';

/** How soon it's asked for again. In milliseconds. */
const AGAIN_MS = 250;

export interface SnapshotWanted {
  readonly log: Pick<Log, 'newest'>;
  readonly clock: Clock;
  readonly willDo: (snapshot: Snapshot | undefined) => boolean;
  /** Nobody wants it any more. */
  readonly isOver: () => boolean;
  readonly withinMs: number;
}

/**
 * The newest snapshot of a log, as soon as it's one that will do. Where the log is kept several times, one of the copies may lag behind,
 * or not answer yet.
 *
 * Errors: rejects if there is none in time.
 */
export async function newestSnapshot(wanted: SnapshotWanted): Promise<Snapshot | undefined> {
  const { log, clock, willDo, isOver, withinMs } = wanted;
  const until = clock.now() + withinMs;
  for (;;) {
    let why: unknown = new Error('no snapshot is new enough');
    try {
      const newest = await log.newest();
      if (willDo(newest)) return newest;
    } catch (error) {
      why = error;
    }
    if (clock.now() >= until || isOver()) throw why;
    await new Promise<void>((resolve) => void clock.setTimeout(resolve, AGAIN_MS));
  }
}
