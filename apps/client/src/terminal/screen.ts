import { clearScreenDown, cursorTo, type Interface, moveCursor } from 'node:readline';
import type { Writable } from 'node:stream';
import { styleText } from 'node:util';
import type { Shown, Tone } from './wording.ts';

const COLOURS: Readonly<Record<Tone, Parameters<typeof styleText>[0]>> = {
  reply: 'green',
  relay: 'cyan',
  notice: 'dim',
  error: 'red',
  xray: 'yellow',
  read: 'magenta',
  write: 'yellow',
};

/** What a screen needs. */
export interface ScreenParts {
  readonly readline: Interface;
  readonly output: Writable;
  readonly colour: boolean;
}

/**
 * Shows lines above the line being typed. It clears what is being typed, writes the new lines, and redraws it with its
 * cursor: once per pass of the event loop, no matter how many lines came.
 */
export class Screen {
  readonly #readline: Interface;
  readonly #output: Writable;
  readonly #colour: boolean;
  #lines = '';
  #prompt = '';
  #scheduled = false;
  #closed = false;
  #isElsewhere = false;

  constructor({ readline, output, colour }: ScreenParts) {
    this.#readline = readline;
    this.#output = output;
    this.#colour = colour;
    // Before readline's own listener, which goes up by the rows that the cursor had at the old width, while the
    // terminal has already wrapped the line again.
    const rewrapped = (): void => {
      believe(readline, this.#isElsewhere ? 0 : readline.getCursorPos().rows);
      this.#isElsewhere = false;
    };
    output.prependListener('resize', rewrapped);
    readline.once('close', () => {
      this.#closed = true;
      output.off('resize', rewrapped);
    });
  }

  /** Shows a line. Resolves when the terminal has taken what came before it. */
  async show({ tone, text }: Shown): Promise<void> {
    // Whether there is colour was decided earlier: asking the stream for each line costs more than everything else.
    const styled = this.#colour ? styleText(COLOURS[tone], text, { validateStream: false }) : text;
    this.#lines += `${styled}\n`;
    this.redraw();
    if (!this.#output.writableNeedDrain) return;
    await new Promise((resolve) => {
      this.#output.once('drain', resolve);
    });
  }

  /**
   * Sets the prompt for the next drawing. Readline must not know it sooner, because it uses it to measure what is
   * drawn.
   */
  set prompt(prompt: string) {
    this.#prompt = prompt;
    this.redraw();
  }

  /** Draws soon: the waiting lines, and the prompt. */
  redraw(): void {
    if (this.#scheduled) return;
    this.#scheduled = true;
    setImmediate(() => this.flush());
  }

  /** Draws now. */
  flush(): void {
    this.#scheduled = false;
    const lines = this.#lines;
    this.#lines = '';
    if (this.#closed) {
      this.#output.write(lines);
      return;
    }
    this.#output.cork();
    const rows = this.#clearInput();
    // Readline goes up by the rows that it believes the cursor has. It must find that many below the new lines.
    this.#output.write(lines + '\n'.repeat(rows));
    this.#readline.setPrompt(this.#prompt);
    this.#readline.prompt(true);
    this.#output.uncork();
  }

  /** The line being typed was entered: the cursor is in a new row, and nothing is drawn there. */
  entered(): void {
    this.#isElsewhere = true;
  }

  /** Moves the cursor after the line being typed, so that what others write goes below it. */
  park(): void {
    this.flush();
    const { rows } = this.#readline.getCursorPos();
    const end = endOfInput(this.#readline);
    moveCursor(this.#output, 0, end.rows - rows);
    cursorTo(this.#output, end.cols);
  }

  /** Gives up the line being typed. It stays where it is, with `^C` behind it. */
  abandon(): void {
    this.park();
    this.#output.write('^C\n');
    const edited = this.#readline as { line: string; cursor: number } & Interface;
    edited.line = '';
    edited.cursor = 0;
    this.restart();
  }

  /** Draws now, from the cursor's row on: others have written below what was drawn. */
  restart(): void {
    cursorTo(this.#output, 0);
    this.entered();
    // Only processes in the foreground are told of another size. With this listener of Node's, `output` looks.
    process.emit('SIGWINCH', 'SIGWINCH');
    this.flush();
  }

  /** Draws for the last time. The line being typed is cleared, and what is shown from now on is only written. */
  finish(): void {
    if (!this.#closed) this.#clearInput();
    this.#closed = true;
    this.flush();
  }

  /** Moves the cursor to the start of the prompt; returns the row it was in, counted from there. */
  #clearInput(): number {
    if (this.#isElsewhere) believe(this.#readline, 0);
    const rows = this.#isElsewhere ? 0 : this.#readline.getCursorPos().rows;
    this.#isElsewhere = false;
    moveCursor(this.#output, 0, -rows);
    cursorTo(this.#output, 0);
    clearScreenDown(this.#output);
    return rows;
  }
}

/** Makes readline believe that the cursor is this many rows below the beginning of the prompt. */
function believe(readline: Interface, rows: number): void {
  (readline as Interface & { prevRows: number }).prevRows = rows;
}

/** Where the cursor is at the end of what is typed. */
function endOfInput(readline: Interface): { rows: number; cols: number } {
  const movable = readline as { cursor: number } & Interface;
  const { cursor, line } = readline;
  movable.cursor = line.length;
  const end = readline.getCursorPos();
  movable.cursor = cursor;
  return end;
}
