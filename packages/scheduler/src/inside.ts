import type { FairTurns } from './orders/fair.ts';
import type { FreeTurns } from './orders/free.ts';
import type { Participant } from './participant.ts';
import type { Ring } from './ring.ts';
import type { Roster } from './roster.ts';
import type { Service } from './service.ts';
import { TurnQueue } from './turn-queue.ts';

/** The parts of a queue. */
export interface Inside<Id, Item> {
  readonly ring: Ring<Id, Item>;
  readonly service: Service<Id, Item>;
  readonly roster: Roster<Id, Participant<Id, Item>>;
  readonly fair: FairTurns<Id, Item>;
  readonly free: FreeTurns<Id, Item>;
  readonly maxQueued: number;
}

/** Reads the protected state of a queue. It is never instantiated. */
abstract class Opened<Id, Item> extends TurnQueue<Id, Item> {
  static of<Id, Item>(queue: Opened<Id, Item>): Inside<Id, Item> {
    const { ring, service, participants: roster, disciplines, maxQueued } = queue;
    return { ring, service, roster, fair: disciplines.fair, free: disciplines.free, maxQueued };
  }
}

/** The parts of a queue, for doors of their own. Users of the package can't ask for them. */
export function inside<Id, Item>(queue: TurnQueue<Id, Item>): Inside<Id, Item> {
  return Opened.of(queue);
}
