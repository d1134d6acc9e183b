import type { Message } from './messages.ts';
import { parseMessage } from './parse.ts';

/** The longest line that is read, in code units: 64 KiB of bytes, each escaped as `\u00HH`, and 64 KiB more. */
export const MOST_LINE_UNITS = 458_752;

/** One message, or any other JSON object, as a line with its line end. */
export function writeLine(value: object): string {
  return `${JSON.stringify(value)}\n`;
}

/** A line that could not be read. */
export interface Damage {
  /** From 1. */
  readonly line: number;
  /** One sentence: `Line 7 is damaged: this is not JSON`. */
  readonly text: string;
}

/** The result of reading some text. */
export interface MessagesRead {
  /** In the order in which they came. */
  readonly messages: readonly Message[];
  /** Lines that were passed over, in order. */
  readonly damages: readonly Damage[];
}

/**
 * Reads messages from text that comes in chunks, cut anywhere. A line that cannot be read is reported, and reading
 * continues with the next one. Messages of an unknown kind are skipped. After a `hello` of another version, everything is
 * skipped until a `hello` that can be read.
 *
 * @example
 * ```ts
 * import { MessageReader, writeLine } from '@proto/watch';
 *
 * const reader = new MessageReader();
 * const line = writeLine({ k: 'warning', t: 0, text: 'no TLS' });
 * console.log(reader.push(line.slice(0, 9)).messages.length); // 0
 * console.log(reader.push(line.slice(9)).messages[0]?.k); // warning
 * ```
 */
export class MessageReader {
  #rest = '';
  #line = 0;
  #isTooLong = false;
  #isForeign = false;

  /** Takes the next text and returns what it completes. */
  push(text: string): MessagesRead {
    const messages: Message[] = [];
    const damages: Damage[] = [];
    const lines = (this.#rest + text).split('\n');
    this.#rest = lines.pop() ?? '';
    for (const line of lines) this.#read(line, messages, damages);
    if (this.#rest.length > MOST_LINE_UNITS) {
      this.#rest = '';
      this.#isTooLong = true;
    }
    return { messages, damages };
  }

  /** The text is over. A last line without its line end counts if it is a whole message; otherwise it was cut off. */
  end(): MessagesRead {
    const messages: Message[] = [];
    const damages: Damage[] = [];
    const rest = this.#rest;
    this.#rest = '';
    if (rest === '' && !this.#isTooLong) return { messages, damages };
    const isWhole = !this.#isTooLong && parseMessage(rest).is !== 'wrong';
    if (isWhole) this.#read(rest, messages, damages);
    else damages.push({ line: ++this.#line, text: `Line ${this.#line} is cut off: the text ends within it` });
    return { messages, damages };
  }

  #read(line: string, messages: Message[], damages: Damage[]): void {
    const number = ++this.#line;
    const damaged = (why: string): void => {
      damages.push({ line: number, text: `Line ${number} is damaged: ${why}` });
    };
    if (this.#isTooLong || line.length > MOST_LINE_UNITS) {
      this.#isTooLong = false;
      return damaged(`it is longer than ${MOST_LINE_UNITS} characters`);
    }
    if (line === '') return;
    const parsed = parseMessage(line);
    if (parsed.is === 'known' && parsed.value.k === 'hello') this.#isForeign = false;
    if (this.#isForeign) return;
    if (parsed.is === 'known') messages.push(parsed.value);
    if (parsed.is !== 'wrong') return;
    if (parsed.version !== true) return damaged(parsed.why);
    this.#isForeign = true;
    damages.push({ line: number, text: `Line ${number} cannot be read: ${parsed.why}` });
  }
}
