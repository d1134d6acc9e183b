/** Why a node can't go on, by exit code of `sysexits.h`. */
export const CLUSTER_EXITS = {
  /** The log can't be reached. */
  unreachable: 69,
  /** Nodes that applied the same entries did different things. */
  diverged: 70,
  /** The others went on without it. To be started again. */
  fenced: 75,
  /** It isn't like the nodes that are up. */
  unlike: 78,
} as const;

/** This node can't go on. */
export class ClusterError extends Error {
  override readonly name = 'ClusterError';
  readonly code: keyof typeof CLUSTER_EXITS;

  constructor(code: keyof typeof CLUSTER_EXITS, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
