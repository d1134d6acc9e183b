import { type Clock, systemClock } from '@proto/scheduler';

/**
 * The same time, but what falls due runs after everything that has arrived was read, so a process that stood still, because
 * of a long garbage collection or because it was stopped, doesn't blame its clients.
 */
export function afterReading(clock: Clock): Clock {
  return {
    now: () => clock.now(),
    setTimeout: (task, ms) => {
      let due: NodeJS.Immediate | undefined;
      // In a pass of the event loop, timers come before the sockets, immediates after them.
      const callOff = clock.setTimeout(() => {
        due = setImmediate(task);
      }, ms);
      return () => {
        callOff();
        clearImmediate(due);
      };
    },
  };
}

/** The machine's time, for a server. */
export const loopClock: Clock = afterReading(systemClock);
