import process from 'node:process';
import type { ReadStream } from 'node:tty';

/** As many bytes as the kernel keeps of a line. */
const MOST_BYTES = 4096;

const CTRL_C = 0x03;
const CTRL_Z = 0x1a;

/**
 * Takes the keyboard before there is a prompt. What is typed is shown behind the prompt then; shown by the terminal as
 * well, it would be there twice. Ctrl-C and Ctrl-Z do what they do elsewhere. At most 4,096 bytes are kept.
 */
export class TypedAhead {
  readonly #input: ReadStream;
  readonly #typed: Buffer[] = [];
  #bytes = 0;

  constructor(input: ReadStream) {
    this.#input = input;
  }

  /** Takes the keyboard. In the background this process stops here, until it is in the foreground. */
  begin(): void {
    this.#input.setRawMode(true).on('data', this.#heard);
  }

  /** Gives the keyboard back. Who reads next reads what was typed. */
  end(): void {
    this.#input.off('data', this.#heard).pause();
    this.#input.setRawMode(false);
    if (this.#bytes > 0) this.#input.unshift(Buffer.concat(this.#typed));
  }

  readonly #heard = (chunk: Buffer): void => {
    if (chunk.includes(CTRL_C)) {
      this.#input.setRawMode(false);
      process.kill(process.pid, 'SIGINT');
      return;
    }
    if (chunk.includes(CTRL_Z)) this.#suspend();
    const kept = chunk.filter((byte) => byte !== CTRL_Z).subarray(0, MOST_BYTES - this.#bytes);
    this.#bytes += kept.length;
    this.#typed.push(Buffer.from(kept));
  };

  #suspend(): void {
    this.#input.setRawMode(false);
    // The process group, as the terminal does it. The call returns when this process has been continued.
    process.kill(0, 'SIGTSTP');
    this.#input.setRawMode(true);
  }
}
