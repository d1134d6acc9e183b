import { writeLine } from '@proto/watch';

/** How much of a session a page keeps for saving. In characters. */
const MOST_CHARS = 16_777_216;

/** The text of a live session as it arrived, for saving as a recording. */
export class Heard {
  readonly #texts: string[] = [];
  #chars = 0;
  #isFull = false;

  /** Keeps more text. `t`: the moment of its last message. A session that is too long ends there. */
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
