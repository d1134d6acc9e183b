import { SchedulerError, type SchedulerErrorCode } from '../scheduler-error.ts';
import { show } from '../show.ts';

/** The error for a task of that key that can't run, or can't be waited for. */
export function refusal(code: SchedulerErrorCode, key: unknown, state: string): SchedulerError {
  return new SchedulerError(code, `Cannot run task of ${show(key)}: ${state}`);
}
