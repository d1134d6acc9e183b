import { setTimeout as sleep } from 'node:timers/promises';
import type { QuitMember } from '@proto/scheduler';

/** Does a task again and again. Told to quit, it ends the one that it has begun. */
export function every(intervalMs: number, task: () => Promise<void>): QuitMember {
  const stop = new AbortController();
  const { signal } = stop;
  const repeat = async (): Promise<void> => {
    while (!signal.aborted) {
      await sleep(intervalMs, undefined, { signal }).catch(() => {});
      if (!signal.aborted) await task().catch((error: unknown) => console.error(error));
    }
  };
  const repeated = repeat();
  return {
    drain: () => {
      stop.abort();
      return repeated;
    },
    destroy: () => stop.abort(),
  };
}
