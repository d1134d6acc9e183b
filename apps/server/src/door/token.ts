import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { count, isContent, tokenIn } from '@proto/protocol';
import { readText, whyUnread } from '../text/file-text.ts';
import { OptionError } from '../options/options.ts';

const MAX_FILE_BYTES = 65_536;
const SHORT = 16;

/** What a client has to send to be let in. Only a keyed hash of it is kept, and it prints as nothing. */
export class Token {
  /** One line for each thing that works, although the configuration is unsafe. */
  readonly warnings: readonly string[];
  /** Short enough to be guessed. */
  readonly isShort: boolean;
  readonly #key = randomBytes(32);
  readonly #hash: Buffer;

  private constructor(text: string, warnings: readonly string[]) {
    this.#hash = this.#hashOf(text);
    this.isShort = text.length < SHORT;
    this.warnings = warnings;
  }

  /**
   * Reads a token from a file, without the newline at its end.
   *
   * `maxBytes`: how much of it a client can send in a line. `key`: the option that names the file.
   *
   * Errors: rejects with an `OptionError` if it can't be read, is empty, or could never be sent.
   */
  static async read(path: string, maxBytes: number, key = 'tokenFile'): Promise<Token> {
    const cannot = (state: string, cause?: unknown): OptionError =>
      new OptionError(`${path}: ${state}`, { key, cause });
    const { text, isOpenToAll } = await readText(path, MAX_FILE_BYTES).catch((error: unknown) => {
      throw cannot(whyUnread(error), error);
    });
    const token = tokenIn(text);
    if (token === '') throw cannot('it is empty. Write a token into it');
    if (!isContent(token)) {
      throw cannot('expected one line of ASCII: a client could not send its content');
    }
    if (token.length > maxBytes) {
      throw cannot(`it has ${count(token.length, 'byte')}, but a client can send only ${maxBytes} in a line`);
    }
    const warning = `Anyone on this machine can read the token in ${path}: chmod 600 it`;
    return new Token(token, isOpenToAll ? [warning] : []);
  }

  /** Compares in constant time, which doesn't reveal how much was right. */
  is(shown: string): boolean {
    return timingSafeEqual(this.#hashOf(shown), this.#hash);
  }

  #hashOf(text: string): Buffer {
    return createHmac('sha256', this.#key).update(text, 'latin1').digest();
  }
}
