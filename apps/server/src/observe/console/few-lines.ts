import type { Clock } from '@proto/scheduler';
import type { ServerEvents } from '../../events/events.ts';
import type { Client } from '../../room/records.ts';
import { turnsOf } from '../../room/rounds.ts';
import type { Server } from '../../server.ts';
import { type Counted, countText, LineCount, type Lines, linesOf } from './line-count.ts';

/**
 * How many lines of clients are shown one by one in a second, and how many rows in total, answers and turns included.
 */
const LINES_A_SECOND = 50;
const ROWS_A_SECOND = 250;
/** They are shown again after a second with at most this fraction of it. */
const FEW = 0.5;
const SECOND_MS = 1_000;
const MINUTE_MS = 60_000;

/** Shows an event of one line. */
export type LineRows = {
  readonly [Name in 'line' | 'send' | 'turn']: (event: ServerEvents[Name][0]) => void;
};

export interface FewLinesOptions {
  /** If left out, no line is ever shown, and lines of clients are counted once a minute. */
  readonly rows?: LineRows;
  /** Gets the text about lines that weren't shown. */
  readonly say: (text: string) => void;
  readonly clock: Clock;
}

/**
 * Shows lines one by one while there are few. When there are many, it stops listening to them, so that the server
 * needn't report each one, and says once a second how many there were. After a second with few, it listens again.
 */
export class FewLines {
  readonly #server: Server;
  readonly #rows: LineRows | undefined;
  readonly #say: (text: string) => void;
  readonly #clock: Clock;
  /** The current second: when it began, and what was shown in it. */
  #since = -Infinity;
  #linesShown = 0;
  #rowsShown = 0;
  /** Of the lines that the server has counted, those that it has shown, or that came before it listened. */
  #seen: Lines = { linesIn: 0, linesOut: 0 };
  /** Lines shown whose answers may still come. */
  #open = 0;
  #count: LineCount | undefined;
  #callOff: (() => void) | undefined;

  constructor(server: Server, { rows, say, clock }: FewLinesOptions) {
    this.#server = server;
    this.#rows = rows;
    this.#say = say;
    this.#clock = clock;
    if (rows) this.#show();
    else this.#begin(new LineCount(server, clock));
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
    if (this.#count !== undefined) return this.#count.sentBy(line.client);
    if (!this.#admits(1)) return this.#hide(line.client);
    this.#seen.linesIn++;
    this.#open++;
    this.#rows?.line(line);
  };

  // A read may bring more lines than are shown. The answers to those that are come in the same call.
  readonly #onSend = (send: ServerEvents['send'][0]): void => {
    if (this.#count !== undefined && this.#open === 0) return;
    if (!this.#admits(0)) return this.#hide();
    this.#open = Math.max(0, this.#open - 1);
    this.#seen.linesOut++;
    this.#count?.isShown();
    this.#rows?.send(send);
  };

  readonly #onTurn = (turn: ServerEvents['turn'][0]): void => {
    if (this.#admits(0)) this.#rows?.turn(turn);
    else this.#hide();
  };

  readonly #onRounds = (rounds: ServerEvents['rounds'][0]): void => {
    for (const turn of turnsOf(rounds)) this.#onTurn(turn);
  };

  #admits(lines: 0 | 1): boolean {
    const now = this.#clock.now();
    if (now - this.#since >= SECOND_MS) {
      this.#since = now;
      this.#linesShown = 0;
      this.#rowsShown = 0;
    }
    if (this.#linesShown + lines > LINES_A_SECOND || this.#rowsShown >= ROWS_A_SECOND) return false;
    this.#linesShown += lines;
    this.#rowsShown++;
    return true;
  }

  #show(): void {
    this.#seen = linesOf(this.#server.counts);
    this.#open = 0;
    this.#server.on('line', this.#onLine).on('send', this.#onSend);
    this.#server.on('turn', this.#onTurn).on('rounds', this.#onRounds);
  }

  #deafen(): void {
    this.#server.off('line', this.#onLine).off('send', this.#onSend);
    this.#server.off('turn', this.#onTurn).off('rounds', this.#onRounds);
  }

  /** From the end of this call on nothing is listened to, and all is counted. */
  #hide(from?: Client): void {
    if (this.#count === undefined) {
      this.#begin(new LineCount(this.#server, this.#clock, this.#seen));
      queueMicrotask(() => this.#deafen());
    }
    if (from !== undefined) this.#count?.sentBy(from);
  }

  #begin(count: LineCount): void {
    this.#count = count;
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
    // The greeting of a client isn't worth a separate line.
    if (!this.#rows && counted.linesIn === 0) return;
    const text = countText(counted, isWhole);
    if (text !== undefined) this.#say(text);
  }
}
