import { SchedulerError, type SchedulerErrorCode } from '../scheduler-error.ts';
import { show } from '../show.ts';

/** A task of that key, in an error. */
export function taskName(key: unknown): string {
  return `task of ${show(key)}`;
}

/** The error for a task of that key that can't run, or can't be waited for. */
export function refusal(
  code: SchedulerErrorCode,
  key: unknown,
  state: string,
  options?: ErrorOptions,
): SchedulerError {
  return new SchedulerError(code, `Cannot run ${taskName(key)}: ${state}`, options);
}
