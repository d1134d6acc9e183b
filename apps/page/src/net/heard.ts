import { writeLine } from '@proto/watch';

/** What a page keeps of a session to save it. In characters. */
const MOST_CHARS = 16_777_216;

/** The text of a live session as it came, to be saved as a recording. */
export class Heard {
  readonly #texts: string[] = [];
  #chars = 0;
  #isFull = false;

  /** Keeps more. `t`: the moment it told of; a session that has become too long ends there. */
  keep(text: string, t: number): void {
    if (this.#isFull) return;
    this.#chars += text.length;
    this.#isFull = this.#chars > MOST_CHARS;
    this.#texts.push(
      this.#isFull
        ? writeLine({ k: 'stopped', t, why: `a page keeps at most ${MOST_CHARS} characters` })
        : text,
    );
  }

  get text(): string {
    return this.#texts.join('');
  }
}
