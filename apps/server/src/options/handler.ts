/** Who sent a line. */
export interface From {
  /** Its number in the room, from 1. */
  readonly seat: number;
  /** `-` for a client without a name. */
  readonly name: string;
  /** The room that the line came from. */
  readonly room: string;
}

/**
 * Transforms a line. Returns the resulting line, or `undefined` if there is nothing to say.
 *
 * Called with one line of a client at a time; in strict order, with one line of the room at a time. If it throws or
 * rejects, the client gets `ERR HANDLER`. The same happens if the result is longer than a line may be, or contains
 * bytes other than HT and 0x20 to 0x7E.
 */
export type Handler = (line: string, from: From) => string | undefined | Promise<string | undefined>;
