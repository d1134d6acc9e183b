import type { ActiveList } from '../active-list.ts';
import { inside, type Inside } from '../inside.ts';
import type { Entry, Participant } from '../participant.ts';
import type { TurnQueue } from '../turn-queue.ts';

/** The parts of a queue that a dump needs. */
export interface Whole<Id, Item> extends Inside<Id, Item> {
  /** In order of joining. */
  readonly participants: readonly Participant<Id, Item>[];
  /** In the order in which they would have to be pushed. */
  readonly waiting: readonly Entry<Id, Item>[];
}

export function wholeOf<Id, Item>(queue: TurnQueue<Id, Item>): Whole<Id, Item> {
  const parts = inside(queue);
  const participants = [...parts.ring.ids()].map((id) => parts.roster.get(id)!);
  const waiting = queue.order === 'free' ? parts.free.waiting : entriesOf(parts.service.active);
  for (const each of participants) {
    if (!each.isActive) for (const entry of each.entries()) waiting.push(entry);
  }
  return { ...parts, participants, waiting };
}

function entriesOf<Id, Item>({ head }: ActiveList<Id, Item>): Entry<Id, Item>[] {
  const entries: Entry<Id, Item>[] = [];
  for (let at = head; at !== undefined; at = at.activeNext === head ? undefined : at.activeNext) {
    for (const entry of at.entries()) entries.push(entry);
  }
  return entries;
}
