import { type Clock, systemClock } from '@proto/scheduler';

/**
 * The time of the machine. What falls due runs after what has arrived has been read: a process that stood still, in a
 * long collection or because it was stopped, does not blame its clients for it.
 */
export const loopClock: Clock = {
  now: () => systemClock.now(),
  setTimeout: (task, ms) => {
    let due: NodeJS.Immediate | undefined;
    // Timers come before the sockets in a pass of the event loop, immediates after them.
    const callOff = systemClock.setTimeout(() => {
      due = setImmediate(task);
    }, ms);
    return () => {
      callOff();
      clearImmediate(due);
    };
  },
};
