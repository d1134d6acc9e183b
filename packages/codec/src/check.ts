/** Finds the first byte that isn't allowed. Keeps state between the pieces of a frame. */
export interface Check {
  /**
   * Index of the first bad byte at or after `from`; `to` if there is none. Less than `from` if the previous piece is at
   * fault.
   */
  find(bytes: Uint8Array, from: number, to: number): number;
  /** Bytes of an unfinished character. They are bad if the frame ends here. */
  readonly pending: number;
  /** Starts over: the next piece begins another frame. */
  reset(): void;
}
