/** What a server has done since it began: plain numbers that only grow. */
export interface Counts {
  /** Clients that were let in. */
  clients: number;
  /** Lines read, commands and lines at fault included. */
  linesIn: number;
  /** Lines put on their way, one for each client that gets it. */
  linesOut: number;
  /** Bytes read, those that are discarded included. */
  bytesIn: number;
  /** Bytes of the lines put on their way. */
  bytesOut: number;
  /** Strict order: turns that passed without a line. */
  skips: number;
}

/** Nothing has been done yet. */
export function noCounts(): Counts {
  return { clients: 0, linesIn: 0, linesOut: 0, bytesIn: 0, bytesOut: 0, skips: 0 };
}
