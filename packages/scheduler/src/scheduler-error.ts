/** Why the scheduler refused or gave up. Switch on this, not on the text. */
export type SchedulerErrorCode =
  /** The task was cleared before it was served. */
  | 'CANCELLED'
  /** Its participant left before the item was served. */
  | 'LEFT'
  /** Nobody with that id has joined. */
  | 'NOT_JOINED'
  /** The limit of the participant, or of the whole queue, is reached. */
  | 'QUEUE_FULL'
  /** The queue or the group is quitting and takes nothing more. */
  | 'QUIT'
  /** The task ran for longer than its timeout. */
  | 'TIMEOUT';

/**
 * The one error class of this package.
 *
 * Errors: `code` says which.
 */
export class SchedulerError extends Error {
  override readonly name = 'SchedulerError';
  /** Why: switch on it, not on the text. */
  readonly code: SchedulerErrorCode;

  /** `text` is the message. */
  constructor(code: SchedulerErrorCode, text: string, options?: ErrorOptions) {
    super(text, options);
    this.code = code;
  }
}
