/** Why a server can't share its rooms with others, and the exit code of the command, from `sysexits.h`. */
export const CLUSTER_EXITS = {
  /** The log can't be reached, or can't be used. */
  unreachable: 69,
  /** Servers that applied the same entries did different things. */
  diverged: 70,
  /** The others went on without it. It can be started again. */
  fenced: 75,
  /** It isn't like the servers that are up. */
  unlike: 78,
} as const;

/** What to do about a log of a newer release. */
export const OTHER_RELEASE = 'Use the release of the other servers, or another --cluster';

/** This server can't share its rooms with the others, or no longer. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: keyof typeof CLUSTER_EXITS;

  constructor(code: keyof typeof CLUSTER_EXITS, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }

  /** The exit code of the command. */
  get exit(): number {
    return CLUSTER_EXITS[this.code];
  }
}
