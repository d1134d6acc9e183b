import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { isContent, tokenIn } from '@proto/protocol';
import { readText, whyUnread } from '../text/file-text.ts';
import { OptionError } from '../options/options.ts';

const MAX_FILE_BYTES = 65_536;

/** What a client has to show to be let in. It is kept as a keyed hash only, and prints as nothing. */
export class Token {
  /** One line for each thing that works and should not be so. */
  readonly warnings: readonly string[];
  readonly #key = randomBytes(32);
  readonly #hash: Buffer;

  private constructor(text: string, warnings: readonly string[]) {
    this.#hash = this.#hashOf(text);
    this.warnings = warnings;
  }

  /**
   * Reads a token from a file, without the newline at its end.
   *
   * `maxBytes`: what a client can send of it in a line.
   *
   * Errors: rejects with an `OptionError` if it cannot be read, is empty, or could never be sent.
   */
  static async read(path: string, maxBytes: number): Promise<Token> {
    const cannot = (state: string, cause?: unknown): OptionError =>
      new OptionError(`${path}: ${state}`, { key: 'tokenFile', cause });
    const { text, isOpenToAll } = await readText(path, MAX_FILE_BYTES).catch((error: unknown) => {
      throw cannot(whyUnread(error), error);
    });
    const token = tokenIn(text);
    if (token === '') throw cannot('it is empty. Write a token into it');
    if (!isContent(token)) {
      throw cannot('expected one line of ASCII: a client could not send what is in it');
    }
    if (token.length > maxBytes) {
      throw cannot(`it holds ${token.length} bytes, and a client can send ${maxBytes} in a line`);
    }
    const warning = `Everybody on this machine can read the token in ${path}: chmod 600 it`;
    return new Token(token, isOpenToAll ? [warning] : []);
  }

  /** Compares in a time that says nothing of how much was right. */
  is(shown: string): boolean {
    return timingSafeEqual(this.#hashOf(shown), this.#hash);
  }

  #hashOf(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text, 'latin1').digest();
  }
}
