/**
 * Takes in lines, and says in one word how many there were, how long, and a hash: over every character when
 * `thorough`, else over the lengths, so that taking in does not become the figure.
 */
export class Digest {
  readonly #thorough: boolean;
  #count = 0;
  #characters = 0;
  #hash = 0;

  constructor(thorough: boolean) {
    this.#thorough = thorough;
  }

  add(line: string): void {
    const { length } = line;
    this.#count++;
    this.#characters += length;
    this.#hash = (Math.imul(this.#hash, 31) + length) | 0;
    if (this.#thorough) this.#read(line);
  }

  toString(): string {
    return `${this.#count} lines, ${this.#characters} characters, hash ${this.#hash}`;
  }

  #read(line: string): void {
    for (let at = 0; at < line.length; at++)
      this.#hash = (Math.imul(this.#hash, 31) + line.charCodeAt(at)) | 0;
  }
}
