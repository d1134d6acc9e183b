import type { Participant } from '../participant.ts';
import type { Ring } from '../ring.ts';
import type { Discipline } from './discipline.ts';

/** One turn each in ring order. The queue waits for the holder. */
export class StrictTurns<Id, Item> implements Discipline<Id, Item> {
  readonly #ring: Ring<Id, Item>;

  constructor(ring: Ring<Id, Item>) {
    this.#ring = ring;
  }

  next(): Participant<Id, Item> | undefined {
    const { holder } = this.#ring;
    return holder === undefined || holder.queued === 0 || holder.held ? undefined : holder;
  }

  served(): void {
    this.#ring.advance();
  }
}
