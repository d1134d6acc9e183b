import { type Clock, systemClock } from '@proto/scheduler';

/**
 * The machine's time. What falls due runs after everything that has arrived was read, so a process that stood still,
 * because of a long garbage collection or because it was stopped, doesn't blame its clients.
 */
export const loopClock: Clock = {
  now: () => systemClock.now(),
  setTimeout: (task, ms) => {
    let due: NodeJS.Immediate | undefined;
    // In a pass of the event loop, timers come before the sockets, immediates after them.
    const callOff = systemClock.setTimeout(() => {
      due = setImmediate(task);
    }, ms);
    return () => {
      callOff();
      clearImmediate(due);
    };
  },
};
