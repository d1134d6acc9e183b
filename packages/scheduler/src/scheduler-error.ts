/** Why the scheduler refused or gave up. Switch on it, never on the text. */
export type SchedulerErrorCode =
  /** The task was cleared before it was served. */
  | 'CANCELLED'
  /** Its participant left with the item unserved. */
  | 'LEFT'
  /** Nobody of that name has joined. */
  | 'NOT_JOINED'
  /** The participant's bound, or that of the whole queue, is reached. */
  | 'QUEUE_FULL'
  /** The queue or the group is quitting and takes nothing more. */
  | 'QUIT';

/**
 * The one error class of this package.
 *
 * Errors: `code` says which.
 */
export class SchedulerError extends Error {
  override readonly name = 'SchedulerError';
  readonly code: SchedulerErrorCode;

  constructor(code: SchedulerErrorCode, text: string) {
    super(text);
    this.code = code;
  }
}
