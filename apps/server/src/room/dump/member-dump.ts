import type { Item } from '../serving/item.ts';
import type { ItemNumbers } from './item-numbers.ts';
import { createMember, type Handling, type Member } from '../member.ts';

/** A member as plain data; its items by number. */
export interface MemberDump extends Pick<
  Member,
  'client' | 'seat' | 'address' | 'name' | 'ended' | 'slow' | 'skips' | 'served'
> {
  readonly handling: (Omit<Handling, 'item'> & { readonly item: number }) | undefined;
  readonly held: readonly number[];
  readonly newest: number | undefined;
}

/** What was said last is left out: answers to one record are never joined to those of the previous record. */
export function dumpMember(member: Member, numbers: ItemNumbers): MemberDump {
  const { client, seat, address, name, ended, slow, skips, served, handling, held, newest } = member;
  return {
    client,
    seat,
    address,
    name,
    ended,
    slow,
    skips,
    served,
    handling: handling && { ...handling, item: numbers.of(handling.item) },
    held: held.map((item) => numbers.of(item)),
    newest: newest && numbers.of(newest),
  };
}

/** The member as it was. `items`: by number. */
export function memberFrom(dump: MemberDump, items: readonly Item[]): Member {
  const { client, seat, address, name, ended, slow, skips, served, handling, held, newest } = dump;
  const member = createMember(client, seat, address, {
    name,
    slow,
    items: [],
    newest: newest === undefined ? undefined : items[newest],
    handling: handling && { ...handling, item: items[handling.item]! },
  });
  member.ended = ended;
  member.skips = skips;
  member.served = served;
  for (const number of held) member.held.push(items[number]!);
  return member;
}
