/** Takes in lines, and says in one word how many there were, how long, and a hash over all of them. */
export class Digest {
  #count = 0;
  #bytes = 0;
  #hash = 0;

  // Three characters of each line: enough to see a line cut, lost or moved, little enough not to be the figure.
  add(line: string): void {
    const { length } = line;
    this.#count++;
    this.#bytes += length;
    const mix =
      length === 0
        ? 0
        : line.charCodeAt(0) + line.charCodeAt(length - 1) * 7 + line.charCodeAt(length >> 1) * 49;
    this.#hash = (Math.imul(this.#hash, 31) + mix + length) | 0;
  }

  toString(): string {
    return `${this.#count} lines, ${this.#bytes} bytes, hash ${this.#hash}`;
  }
}
