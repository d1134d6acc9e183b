const LF = 0x0a;

/** Finds the column of a byte of the input. It keeps the last chunk, and where the line that it continues began. */
export class InputPosition {
  /** Where the line began that was open when the last chunk came. In bytes of the input. */
  #lineAt = 0;
  #chunkAt = 0;
  #chunk: Uint8Array = new Uint8Array();

  /** Takes the next chunk of the input. */
  push(chunk: Uint8Array): void {
    this.#lineAt = this.#beginOfLine(this.#chunk.length);
    this.#chunkAt += this.#chunk.length;
    this.#chunk = chunk;
  }

  /** The column of the byte at this offset of the input, from 1. Its line is one that the last chunk holds or ends. */
  columnOf(offset: number): number {
    return offset - this.#beginOfLine(offset - this.#chunkAt) + 1;
  }

  /** Where the line begins that has, or would have, a byte at this index of the chunk; below 0: in an earlier chunk. */
  #beginOfLine(index: number): number {
    const before = index > 0 ? this.#chunk.lastIndexOf(LF, index - 1) : -1;
    return before === -1 ? this.#lineAt : this.#chunkAt + before + 1;
  }
}
