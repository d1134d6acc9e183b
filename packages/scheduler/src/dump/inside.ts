import type { ActiveList } from '../active-list.ts';
import type { FairTurns } from '../orders/fair.ts';
import type { Entry, Participant } from '../participant.ts';
import type { Ring } from '../ring.ts';
import type { Service } from '../service.ts';
import { TurnQueue } from '../turn-queue.ts';

/** The parts of a queue that a dump needs. */
export interface Inside<Id, Item> {
  readonly ring: Ring<Id, Item>;
  readonly service: Service<Id, Item>;
  readonly fair: FairTurns<Id, Item>;
  readonly maxQueued: number;
  readonly holder: Participant<Id, Item> | undefined;
  /** In ring order. */
  readonly participants: readonly Participant<Id, Item>[];
  /** In the order in which they would have to be pushed. */
  readonly waiting: readonly Entry<Id, Item>[];
}

/** Reads the protected state of a queue. It is never instantiated. */
abstract class Opened<Id, Item> extends TurnQueue<Id, Item> {
  static of<Id, Item>(queue: Opened<Id, Item>): Inside<Id, Item> {
    const { ring, service, maxQueued, participants: roster, disciplines, order } = queue;
    const { fair, free } = disciplines;
    const participants = [...ring.ids()].map((id) => roster.get(id)!);
    const waiting = order === 'free' ? free.waiting : entriesOf(service.active);
    for (const each of participants) {
      if (!each.isActive) for (const entry of each.entries()) waiting.push(entry);
    }
    return { ring, service, fair, maxQueued, holder: ring.holder, participants, waiting };
  }
}

/** The parts of a queue. Only a dump asks for them; users of the package can't. */
export function inside<Id, Item>(queue: TurnQueue<Id, Item>): Inside<Id, Item> {
  return Opened.of(queue);
}

function entriesOf<Id, Item>({ head }: ActiveList<Id, Item>): Entry<Id, Item>[] {
  const entries: Entry<Id, Item>[] = [];
  for (let at = head; at !== undefined; at = at.activeNext === head ? undefined : at.activeNext) {
    for (const entry of at.entries()) entries.push(entry);
  }
  return entries;
}
