import { SchedulerError, type SchedulerErrorCode } from '../scheduler-error.ts';
import { show } from '../show.ts';

/** What stopped a task of that key from being run, or from being waited for. */
export function refusal(code: SchedulerErrorCode, key: unknown, state: string): SchedulerError {
  return new SchedulerError(code, `Cannot run task of ${show(key)}: ${state}`);
}
