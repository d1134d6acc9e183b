import type { ServerResponse } from 'node:http';
import { shuffledDeck } from './deck.ts';
import { Game, type Move } from './game.ts';

const NAMES = ['Ann', 'Bob', 'Cy'];

/** Three players. Each has a stream of server-sent events: `waiting`, with who is here, or `view`. */
export class Table {
  readonly #streams = new Map<string, ServerResponse>();
  #game: Game | undefined;

  /** Whether there is a seat. Nobody joins a game that has begun. */
  get isOpen(): boolean {
    return this.#game === undefined && this.#streams.size < NAMES.length;
  }

  /** Gives the player a name. With the last one, the game begins. */
  join(stream: ServerResponse): string {
    const name = NAMES.find((each) => !this.#streams.has(each));
    if (name === undefined) throw new Error('Cannot join: the table is full');
    this.#streams.set(name, stream);
    if (this.#streams.size === NAMES.length) this.#game = new Game(NAMES, shuffledDeck());
    return name;
  }

  choose(name: string, move: Move): void {
    this.#game?.choose(name, move);
    this.show();
  }

  leave(name: string): void {
    this.#streams.delete(name);
    this.#game?.leave(name);
    this.show();
  }

  /** Tells all players. */
  show(): void {
    for (const [name, stream] of this.#streams) {
      if (this.#game === undefined) tell(stream, 'waiting', [...this.#streams.keys()]);
      else tell(stream, 'view', this.#game.viewOf(name));
    }
  }
}

/** Writes one server-sent event. */
export function tell(stream: ServerResponse, event: string, data: unknown): void {
  stream.write(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}
