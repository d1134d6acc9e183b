import type { Clock } from '@proto/scheduler';
import type { ServerEvents } from '../../events/events.ts';
import type { Server } from '../../server.ts';
import { type Counted, countText, LineCount, type Unshown } from './line-count.ts';

/** Lines of clients that are shown one by one in a second, and all that is shown of them: answers and turns too. */
const LINES_A_SECOND = 50;
const ROWS_A_SECOND = 250;
/** They are shown again after a second with this part of it. */
const FEW = 0.5;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Shows an event of one line. */
export type LineRows = {
  readonly [Name in 'line' | 'send' | 'turn']: (event: ServerEvents[Name][0]) => void;
};

export interface FewLinesOptions {
  /** Left out: no line is ever shown, and those of clients are counted once a minute. */
  readonly rows?: LineRows;
  /** Gets what is said of lines that were not shown. */
  readonly say: (text: string) => void;
  readonly clock: Clock;
}

/**
 * Shows lines one by one while they are few. When they become many it stops listening to them, so that the server need
 * not tell each, and says once a second how many there were. After a second with few it listens again.
 */
export class FewLines {
  readonly #server: Server;
  readonly #rows: LineRows | undefined;
  readonly #say: (text: string) => void;
  readonly #clock: Clock;
  /** The second that is on: when it began, and what was shown in it. */
  #since = -Infinity;
  #linesShown = 0;
  #rowsShown = 0;
  /** Lines that had been sent before it listened, and those that it has shown since. */
  #sentBefore = 0;
  #sentShown = 0;
  #count: LineCount | undefined;
  #callOff: (() => void) | undefined;

  constructor(server: Server, { rows, say, clock }: FewLinesOptions) {
    this.#server = server;
    this.#rows = rows;
    this.#say = say;
    this.#clock = clock;
    if (rows) this.#show();
    else this.#hide({ linesIn: 0, linesOut: 0 });
  }

  /** Says what has been counted so far. */
  flush(): void {
    if (this.#count === undefined) return;
    this.#tell(this.#count.take(), true);
    this.#wait();
  }

  /** Says what has been counted, and shows nothing from now on. */
  stop(): void {
    this.flush();
    this.#callOff?.();
    this.#count?.close();
    this.#count = undefined;
    this.#deafen();
  }

  readonly #onLine = (line: ServerEvents['line'][0]): void => {
    if (this.#admits(1)) this.#rows?.line(line);
    else this.#hide({ linesIn: 1, linesOut: this.#unshown, from: line.client });
  };

  readonly #onSend = (send: ServerEvents['send'][0]): void => {
    if (!this.#admits(0)) return this.#hide({ linesIn: 0, linesOut: this.#unshown });
    this.#sentShown++;
    this.#rows?.send(send);
  };

  readonly #onTurn = (turn: ServerEvents['turn'][0]): void => {
    if (this.#admits(0)) this.#rows?.turn(turn);
    else this.#hide({ linesIn: 0, linesOut: this.#unshown });
  };

  /** Of lines on their way out, those that nobody has been shown: one write may hold several. */
  get #unshown(): number {
    return this.#server.counts.linesOut - this.#sentBefore - this.#sentShown;
  }

  #admits(lines: 0 | 1): boolean {
    const now = this.#clock.now();
    if (now - this.#since >= SECOND_MS) {
      this.#since = now;
      this.#linesShown = 0;
      this.#rowsShown = 0;
    }
    this.#linesShown += lines;
    this.#rowsShown++;
    return this.#linesShown <= LINES_A_SECOND && this.#rowsShown <= ROWS_A_SECOND;
  }

  #show(): void {
    this.#sentBefore = this.#server.counts.linesOut;
    this.#sentShown = 0;
    this.#server.on('line', this.#onLine).on('send', this.#onSend).on('turn', this.#onTurn);
  }

  #deafen(): void {
    this.#server.off('line', this.#onLine).off('send', this.#onSend).off('turn', this.#onTurn);
  }

  #hide(unshown: Unshown): void {
    this.#deafen();
    this.#count = new LineCount(this.#server, this.#clock, unshown);
    this.#wait();
  }

  #wait(): void {
    this.#callOff?.();
    this.#callOff = this.#clock.setTimeout(() => this.#look(), this.#rows ? SECOND_MS : MINUTE_MS);
  }

  #look(): void {
    const count = this.#count;
    if (count === undefined) return;
    const counted = count.take();
    this.#tell(counted);
    const few = (counted.ms / SECOND_MS) * FEW;
    const areFew = counted.linesIn <= LINES_A_SECOND * few && counted.linesOut <= ROWS_A_SECOND * few;
    if (!this.#rows || !areFew) return this.#wait();
    count.close();
    this.#count = undefined;
    this.#show();
  }

  #tell(counted: Counted, isWhole = false): void {
    // What clients are greeted with is not worth a line of its own.
    if (!this.#rows && counted.linesIn === 0) return;
    const text = countText(counted, isWhole);
    if (text !== undefined) this.#say(text);
  }
}
