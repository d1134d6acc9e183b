/** What a server has done since it started: plain numbers that only grow. */
export interface Counts {
  /** Clients that were let in. */
  clients: number;
  /** Lines read, including commands and lines at fault. */
  linesIn: number;
  /** Of the lines read, those that were malformed: no `line` event tells them. */
  malformed: number;
  /** Lines sent, counted once for each recipient. */
  linesOut: number;
  /** Bytes read, including discarded ones. */
  bytesIn: number;
  /** Bytes of the lines sent. */
  bytesOut: number;
  /** Strict order: turns that passed without a line. */
  skips: number;
  /** Connections that ended before they said a line: they were no clients. */
  probes: number;
  /** Commands of telnet, which were refused or ignored. */
  telnetCommands: number;
  /** How often memory became tight, and the clients that held most were no longer read. */
  pushbacks: number;
}

/** Nothing has been done yet. */
export function noCounts(): Counts {
  return {
    clients: 0,
    linesIn: 0,
    malformed: 0,
    linesOut: 0,
    bytesIn: 0,
    bytesOut: 0,
    skips: 0,
    probes: 0,
    telnetCommands: 0,
    pushbacks: 0,
  };
}
