import { type Clock, systemClock } from '@proto/scheduler';

/** The machine's time, for observers: its timers keep no process alive. */
export const backgroundClock: Clock = {
  now: () => systemClock.now(),
  setTimeout: (task, ms) => {
    const timer = setTimeout(task, ms).unref();
    return () => clearTimeout(timer);
  },
};
