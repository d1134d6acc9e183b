import { count, type Event } from '@proto/protocol';
import type { Incoming } from '../library/client.ts';
import type { Later } from '../mode/later.ts';
import type { PipeOutput } from './pipe-output.ts';

/** How long lines may wait without any answer before the reason is said. ms */
const WAITED_MS = 3_000;

/** What a note about waiting needs. */
export interface WaitingParts {
  /** How many lines have no answer yet. */
  readonly owed: () => number;
  /** Gets the note: one line. */
  readonly say: (line: string) => void;
  readonly later: Later;
}

/**
 * Says what a pipe waits for: the clients still missing, whose turn it is, or only the answers. It says so once lines
 * have waited for 3 s without any answer, and again only when the reason changes.
 */
export class Waiting {
  readonly #parts: WaitingParts;
  #seat: number | undefined;
  #have = 0;
  #want = 0;
  /** Whose turn it is, as far as this client knows. */
  #turn: number | undefined;
  #said = '';
  #hasMoved = false;
  #callOff: (() => void) | undefined;

  constructor(parts: WaitingParts) {
    this.#parts = parts;
  }

  /** Passes everything on to an output, and watches it. */
  watch(out: PipeOutput): PipeOutput {
    return {
      sent: (line) => {
        this.#wait();
        return out.sent(line);
      },
      came: (incoming) => {
        this.#came(incoming);
        return out.came(incoming);
      },
    };
  }

  /** Says nothing from now on. */
  stop(): void {
    this.#callOff?.();
  }

  #came(incoming: Incoming): void {
    if (incoming.kind === 'answer') {
      this.#hasMoved = true;
      // Most of what comes by far: it costs nothing.
      if (this.#turn === undefined) return;
    }
    const before = this.#reason();
    if (incoming.kind === 'answer') this.#turn = undefined;
    if (incoming.kind === 'event') this.#happened(incoming.event);
    if (this.#reason() === before) return;
    this.#hasMoved = true;
    this.#wait();
  }

  #happened(event: Event): void {
    switch (event.verb) {
      case 'WELCOME':
        this.#seat = event.seat;
        this.#have = this.#want = 0;
        this.#turn = undefined;
        return;
      case 'WAIT':
        this.#have = event.have;
        this.#want = event.want;
        return;
      case 'JOIN':
        this.#have = Math.min(this.#want, this.#have + 1);
        return;
      case 'LEAVE':
        // Once it has begun, a room waits for nobody.
        if (this.#have < this.#want) this.#have--;
        if (event.seat === this.#turn) this.#turn = undefined;
        return;
      case 'SKIP':
        if (event.seat === this.#turn) this.#turn = undefined;
        return;
      case 'TURN':
        this.#have = this.#want;
        this.#turn = event.seat === this.#seat ? undefined : event.seat;
    }
  }

  #reason(): string {
    if (this.#have < this.#want) return `${this.#have} of ${this.#want} clients are here`;
    return this.#turn === undefined ? '' : `it is the turn of client ${this.#turn}`;
  }

  #wait(): void {
    this.#callOff ??= this.#parts.later(WAITED_MS, () => this.#look());
  }

  #look(): void {
    this.#callOff = undefined;
    const owed = this.#parts.owed();
    if (owed === 0) return;
    if (this.#hasMoved) {
      this.#hasMoved = false;
      this.#wait();
      return;
    }
    const reason = this.#reason();
    const key = reason || 'an answer';
    if (key === this.#said) return;
    this.#said = key;
    const lines = `${count(owed, 'line has', 'lines have')} no answer yet`;
    this.#parts.say(`waiting: ${reason === '' ? '' : `${reason}; `}${lines}`);
  }
}
