/** Who said a line. */
export interface From {
  readonly seat: number;
  /** `-` for a client that has taken none. */
  readonly name: string;
  readonly room: string;
}

/**
 * What is done with a line. Gives the line it has become, or `undefined` for nothing to say.
 *
 * Called with one line of a client at a time, in strict order with one line of the room at a time. What it throws, or
 * rejects with, is answered `ERR HANDLER`, as is a result that is longer than a line may be or holds other bytes than
 * HT and 0x20 to 0x7E.
 */
export type Handler = (line: string, from: From) => string | undefined | Promise<string | undefined>;
