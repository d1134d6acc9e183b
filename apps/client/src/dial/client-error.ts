import type { ErrorCode } from '@proto/protocol';

/**
 * Why a client's promise was rejected or its connection came to nothing.
 *
 * | code | is |
 * |---|---|
 * | `UNREACHABLE` | there is no connection: nobody listens, the name does not resolve; `cause` says more |
 * | `INSECURE` | there is a server and no TLS with it that can be trusted: its certificate, its name, or ours |
 * | `DENIED` | the server wants a token or a certificate, or refused the one it got |
 * | `ABORTED` | the caller's signal; `cause` is its reason |
 * | `REFUSED` | the answer to this line is an `ERR`; `answer` is its code |
 * | `UNANSWERED` | the connection ended, in good order, before the answer |
 * | `CUT` | the stream ended without `* BYE`, in the middle of a line, or by a reset |
 * | `CLOSED` | `close()` was called, or the connection had ended already |
 * | `NOT_OURS` | what came first is not of this protocol |
 * | `BAD_LINE` | a line of the server is over the limit or holds a byte that no line may; answers cannot be counted after it |
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

/** What is known besides the code. */
export interface ClientErrorFacts {
  readonly cause?: unknown;
  /** With `REFUSED`: the code that followed `ERR`. */
  readonly answer?: ErrorCode | (string & {});
}

/** The one error class of this package. Switch on `code`, never on the text. */
export class ClientError extends Error {
  override readonly name = 'ClientError';
  readonly code: ClientErrorCode;
  readonly answer: ErrorCode | (string & {}) | undefined;

  constructor(code: ClientErrorCode, message: string, { answer, ...options }: ClientErrorFacts = {}) {
    super(message, options);
    this.code = code;
    this.answer = answer;
  }
}
