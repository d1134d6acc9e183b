import type { ClientError, ClientErrorCode } from '../dial/client-error.ts';

/** The exit codes of the command. The numbers from 64 are those of BSD's sysexits.h. */
export const EXIT: {
  readonly ok: 0;
  readonly unanswered: 1;
  readonly usage: 64;
  readonly noInput: 66;
  readonly unavailable: 69;
  readonly noOutput: 73;
  readonly protocol: 76;
  readonly denied: 77;
  readonly forced: 130;
} = {
  ok: 0,
  unanswered: 1,
  usage: 64,
  noInput: 66,
  unavailable: 69,
  noOutput: 73,
  protocol: 76,
  denied: 77,
  forced: 130,
};

/** The same for `--help`. */
export const EXIT_HELP: readonly (readonly [number, string])[] = [
  [EXIT.ok, 'every line was answered, or nobody reads the replies any more (| head -1)'],
  [
    EXIT.unanswered,
    'a line was not sent, got no answer or a wrong one, the connection was cut, the output cannot be written, or with --strict-answers the server sent an ERR',
  ],
  [EXIT.usage, 'invalid option'],
  [EXIT.noInput, 'a given file cannot be read'],
  [EXIT.unavailable, 'no server at that address'],
  [EXIT.noOutput, 'a given file cannot be written'],
  [EXIT.protocol, 'the server there does not speak this protocol'],
  [EXIT.denied, 'a certificate or a token was refused, by either side'],
  [129, 'the terminal was closed (SIGHUP)'],
  [EXIT.forced, 'Ctrl-C twice'],
  [143, 'it was told to end (SIGTERM)'],
];

const AFTER_ERROR: Readonly<Partial<Record<ClientErrorCode, number>>> = {
  UNREACHABLE: EXIT.unavailable,
  INSECURE: EXIT.denied,
  DENIED: EXIT.denied,
  NOT_OURS: EXIT.protocol,
  BAD_LINE: EXIT.protocol,
};

/** The exit code for this error. */
export function exitCodeOf(error: ClientError): number {
  return AFTER_ERROR[error.code] ?? EXIT.unanswered;
}
