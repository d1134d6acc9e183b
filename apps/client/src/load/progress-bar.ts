import { numberText } from './figures/number-text.ts';
import type { Run } from './run.ts';

/** Where a bar is drawn. */
export interface ProgressBarParts {
  readonly output: { write(text: string): unknown; readonly columns?: number };
  readonly run: Pick<Run, 'progress'>;
  /** How many clients are to get in before the run begins. */
  readonly clients: number;
  /** Lines in total; `Infinity`: unknown. */
  readonly lines: number;
  readonly durationMs: number | undefined;
}

const EVERY_MS = 200;
const BAR_CHARS = 24;

/** Draws the progress of a run, in place, until it is stopped. */
export class ProgressBar {
  readonly #parts: ProgressBarParts;
  readonly #timer: NodeJS.Timeout;
  /** When the run began; `undefined`: its clients still connect. */
  #begin: number | undefined;
  #last = { answered: 0, at: 0 };
  #width = 0;

  constructor(parts: ProgressBarParts) {
    this.#parts = parts;
    this.#timer = setInterval(() => this.#draw(), EVERY_MS);
  }

  /** The clients are in, and the run begins. */
  begin(): void {
    this.#begin = performance.now();
    this.#last = { answered: this.#parts.run.progress.answered, at: this.#begin };
  }

  /** Leaves the row as it is, with what the terminal shows of the key that was pressed, and goes on below. */
  interrupt(): void {
    this.#parts.output.write('\n');
    this.#width = 0;
  }

  /** Clears the line. */
  stop(): void {
    clearInterval(this.#timer);
    this.#parts.output.write(`\r${' '.repeat(this.#width)}\r`);
  }

  #draw(): void {
    const { run, clients, output } = this.#parts;
    const whole =
      this.#begin === undefined
        ? `connecting: ${numberText(run.progress.clients)} of ${numberText(clients)} clients are in`
        : this.#bar(this.#begin);
    // A terminal that doesn't know its width reports 0.
    const text = whole.slice(0, (output.columns || 80) - 1);
    output.write(`\r${text.padEnd(this.#width)}`);
    this.#width = text.length;
  }

  #bar(begin: number): string {
    const { run, lines, durationMs = Infinity } = this.#parts;
    const now = performance.now();
    const { answered, failures } = run.progress;
    const rate = ((answered - this.#last.answered) * 1000) / (now - this.#last.at);
    this.#last = { answered, at: now };
    const done = Math.min(1, Math.max(answered / lines, (now - begin) / durationMs));
    return barText({ done, rate, failures });
  }
}

/** One frame of the bar. */
export function barText({ done, rate, failures }: { done: number; rate: number; failures: number }): string {
  const full = Math.round(done * BAR_CHARS);
  const bar = `${'#'.repeat(full)}${'-'.repeat(BAR_CHARS - full)}`;
  const percent = `${Math.round(done * 100)}`.padStart(3);
  return `[${bar}] ${percent} %  ${numberText(rate)} lines/s  ${failures} wrong`;
}
