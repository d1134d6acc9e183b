/**
 * Every code that can follow `* ERR`, and what kind of answer it is.
 *
 * `answer`: the only answer to a message, in the order of that client's lines.
 * `notice`: to a command or to the connection, at once. It doesn't count as an answer to a message.
 *
 * Source: docs/protocol.md, "Errors".
 */
export const ERROR_CODES = {
  FRAME_TOO_LONG: 'answer',
  FRAME_BAD_BYTE: 'answer',
  FRAME_BARE_CR: 'answer',
  FRAME_INCOMPLETE: 'answer',
  MESSAGE_MALFORMED: 'answer',
  NO_SEAT: 'answer',
  HANDLER: 'answer',
  UNKNOWN_COMMAND: 'notice',
  BAD_ARGUMENT: 'notice',
  NAME_TAKEN: 'notice',
  NOT_YOUR_TURN: 'notice',
  PASSED_OVER: 'notice',
  ROOMS_FULL: 'notice',
  SERVER_FULL: 'notice',
  SERVER_AWAY: 'notice',
  SERVER_BUSY: 'notice',
  ADDRESS_FULL: 'notice',
  ADDRESS_BUSY: 'notice',
  BANNED: 'notice',
  TOO_MANY_ERRORS: 'notice',
  LINE_ENDLESS: 'notice',
  LINE_TIMEOUT: 'notice',
  IDLE_TIMEOUT: 'notice',
  AUTH_REQUIRED: 'notice',
  AUTH_FAILED: 'notice',
  CERTIFICATE_REFUSED: 'notice',
} as const;

/** A code that can follow `* ERR`. */
export type ErrorCode = keyof typeof ERROR_CODES;

/** What was refused, and why: `* ERR code text`. */
export interface Refusal {
  readonly kind: 'refusal';
  /** Sent first: switch on it. */
  readonly code: ErrorCode;
  /** One sentence for people, without a full stop. It may change from version to version. */
  readonly text: string;
}

/** Creates a refusal. */
export function refuse(code: ErrorCode, text: string): Refusal {
  return { kind: 'refusal', code, text };
}
