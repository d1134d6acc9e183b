import type { ErrorCode } from '@proto/protocol';

/**
 * Why a client's promise was rejected, or its connection failed.
 *
 * | code | is |
 * |---|---|
 * | `UNREACHABLE` | there is no connection: no server is listening, or the name doesn't resolve; `cause` says more |
 * | `INSECURE` | there is a server, but no TLS connection that can be trusted: because of its certificate, its name, or our certificate |
 * | `DENIED` | the server requires a token or a certificate, or refused the one it got |
 * | `ABORTED` | the caller's signal; `cause` is its reason |
 * | `REFUSED` | the answer to this line is an `ERR`; `answer` is its code |
 * | `UNANSWERED` | the connection ended in order, before the answer |
 * | `CUT` | the stream ended without `* BYE`, in the middle of a line, or by a reset |
 * | `CLOSED` | `close()` was called, or the connection had ended already |
 * | `NOT_OURS` | the first thing received isn't this protocol |
 * | `BAD_LINE` | a line from the server is too long or contains a byte that isn't allowed; answers after it can't be counted |
 */
export type ClientErrorCode =
  | 'UNREACHABLE'
  | 'INSECURE'
  | 'DENIED'
  | 'ABORTED'
  | 'REFUSED'
  | 'UNANSWERED'
  | 'CUT'
  | 'CLOSED'
  | 'NOT_OURS'
  | 'BAD_LINE';

/** What else is known. */
export interface ClientErrorFacts {
  /** The error of the socket, of TLS or of the name lookup; with `ABORTED`, the reason of the signal. */
  readonly cause?: unknown;
  /** With `REFUSED`: the code that followed `ERR`. */
  readonly answer?: ErrorCode | (string & {});
}

/** The only error class of this package. Switch on `code`, not on the text. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  /** Why: see `ClientErrorCode`. */
  readonly code: ClientErrorCode;
  /** With `REFUSED`: the code that followed `ERR`, possibly one of a newer server. Otherwise `undefined`. */
  readonly answer: ErrorCode | (string & {}) | undefined;

  /** For programs that fake a client. Errors of a real one come from `connect` and its client. */
  constructor(code: ClientErrorCode, message: string, { answer, ...options }: ClientErrorFacts = {}) {
    super(message, options);
    this.code = code;
    this.answer = answer;
  }
}
