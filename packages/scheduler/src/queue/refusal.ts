import { SchedulerError, type SchedulerErrorCode } from '../scheduler-error.ts';

/** What stopped a task of that key from being run, or from being waited for. */
export function refusal(
  code: SchedulerErrorCode,
  key: unknown,
  state: string,
  options?: ErrorOptions,
): SchedulerError {
  return new SchedulerError(code, `Cannot run task of ${String(key)}: ${state}`, options);
}

/** Its signal stopped it. */
export function aborted(key: unknown, { reason }: AbortSignal): SchedulerError {
  return refusal('CANCELLED', key, 'it was aborted', { cause: reason });
}
