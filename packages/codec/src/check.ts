/** Looks for the first byte that does not belong. Keeps state between the pieces of a frame. */
export interface Check {
  /** Index of the first bad byte from `from`, or `to`. Less than `from` when the piece before is at fault. */
  find(bytes: Uint8Array, from: number, to: number): number;
  /** Bytes of a character begun and not finished: bad if the frame ends here. */
  readonly pending: number;
  /** Forgets the frame: the next piece begins another. */
  reset(): void;
}
