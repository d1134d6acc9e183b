import { ActiveList } from '../active-list.ts';
import { FairTurns } from '../orders/fair.ts';
import { Service } from '../service.ts';

/** What waits, in fair order. */
export function fairService<Id, Item>(quantum: number): Service<Id, Item> {
  const active = new ActiveList<Id, Item>();
  return new Service(active, new FairTurns(active, quantum));
}
