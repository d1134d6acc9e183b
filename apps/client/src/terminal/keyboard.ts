import type { Interface } from 'node:readline';
import { Readable } from 'node:stream';
import { StringDecoder } from 'node:string_decoder';
import type { ReadStream, WriteStream } from 'node:tty';
import { Keys, MOST_PASTED_CHARS, type Stroke } from './keys.ts';
import { pasteNotice, type Paste } from './paste.ts';
import { failure, notice, type Shown } from './wording.ts';

/** How long an ESC waits for the rest of its sequence, ms. As long as in readline. */
const SEQUENCE_MS = 500;

/** How long a paste waits for more of it, ms. A terminal that doesn't end one must not take the keys away for good. */
const PASTE_MS = 2000;

/** Bracketed paste: the terminal marks what is pasted. One that doesn't know it ignores these. */
const BRACKETS_ON = '\u001b[?2004h';
const BRACKETS_OFF = '\u001b[?2004l';

/** What a keyboard needs. */
export interface KeyboardParts {
  readonly input: ReadStream;
  readonly output: WriteStream;
  /** Is told what to show of a paste, before its lines. */
  readonly show: (shown: Shown) => void;
}

/**
 * The keyboard, as readline's input.
 *
 * 1. Readline gets each key by itself, and text as a whole. Of keys that it reads at once, it puts all but the last at
 *    the end of the line, wherever the cursor is: `Interface[kInsertString]` in Node's lib/internal/readline/interface.js.
 * 2. A paste is text: tabs don't complete, and control characters do nothing. Each of its lines is entered by itself.
 *    What is behind the cursor stays behind it.
 * 3. While the mode is raw, bracketed paste is on. It is off afterwards, also after a crash.
 */
export class Keyboard extends Readable {
  readonly #parts: KeyboardParts;
  readonly #keys = new Keys();
  readonly #decoder = new StringDecoder('utf8');
  #readline: Interface | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isMarked = false;
  #isLost = false;

  constructor(parts: KeyboardParts) {
    super({ read() {} });
    this.#parts = parts;
    process.once('exit', this.#unmark);
  }

  /** Gives the keys to this readline, which has this keyboard as its input, until it is closed. */
  use(readline: Interface): void {
    const { input } = this.#parts;
    this.#readline = readline;
    readline.once('close', () => {
      this.#readline = undefined;
      clearTimeout(this.#timer);
      process.off('exit', this.#unmark);
      input.off('data', this.#read).pause();
    });
  }

  /** Reads the keys from now on: what was typed ahead stands behind the first prompt. */
  begin(): void {
    this.#parts.input.off('data', this.#read).on('data', this.#read).resume();
  }

  /** For readline, and for a suspension. */
  setRawMode(isRaw: boolean): void {
    const { input, output } = this.#parts;
    // First: in the background this process is stopped for it, and the brackets are the shell's.
    if (!this.#isLost) input.setRawMode(isRaw);
    if (!isRaw) return this.#unmark();
    output.write(BRACKETS_ON);
    this.#isMarked = true;
  }

  /** The terminal is somebody else's: leaves its mode alone from now on. This process would be stopped for trying. */
  lose(): void {
    this.#isLost = true;
  }

  readonly #unmark = (): void => {
    if (this.#isMarked) this.#parts.output.write(BRACKETS_OFF);
    this.#isMarked = false;
  };

  readonly #read = (chunk: Buffer): void => {
    clearTimeout(this.#timer);
    for (const stroke of this.#keys.push(this.#decoder.write(chunk))) this.#strike(stroke);
    const { awaits } = this.#keys;
    if (awaits === 'nothing') return;
    this.#timer = setTimeout(
      () => {
        for (const stroke of this.#keys.expire()) this.#strike(stroke);
      },
      awaits === 'paste' ? PASTE_MS : SEQUENCE_MS,
    );
  };

  #strike(stroke: Stroke): void {
    switch (stroke.kind) {
      case 'text':
        return this.#readline?.write(stroke.text);
      case 'key':
        // Not pushed: it must reach readline before the text behind it does.
        return void this.emit('data', Buffer.from(stroke.sequence));
      case 'paste':
        return this.#paste(stroke.paste);
      default: {
        const most = MOST_PASTED_CHARS.toLocaleString('en');
        const todo = 'Nothing of it was sent; send it as a file: proto-client < FILE';
        return this.#parts.show(failure(`Cannot paste: more than ${most} characters. ${todo}`));
      }
    }
  }

  #paste(paste: Paste): void {
    const said = pasteNotice(paste);
    if (said !== undefined) this.#parts.show(notice(said));
    const { line = '', cursor = 0 } = this.#readline ?? {};
    const behind = paste.lines.length === 0 ? '' : line.slice(cursor);
    if (behind !== '') this.#readline?.write(null, { ctrl: true, name: 'k' });
    // Entering a line can close the readline.
    for (const each of paste.lines) this.#readline?.write(`${each}\n`);
    if (behind !== '') {
      this.#readline?.write(behind);
      this.#readline?.write(null, { ctrl: true, name: 'a' });
    }
    this.#readline?.write(paste.rest);
  }
}
