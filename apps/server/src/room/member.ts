import { NO_NAME } from '@proto/protocol';
import type { Item } from './serving/item.ts';
import type { Client, RunDelivery } from './records.ts';

/** A line that the handler has. `elsewhere`: its sender has moved since, so it is answered in the room it came from. */
export interface Handling {
  readonly ticket: number;
  readonly item: Item;
  readonly elsewhere: boolean;
}

/** A client in a room. */
export interface Member {
  readonly client: Client;
  readonly seat: number;
  readonly address: string;
  name: string;
  /** Why it has stopped sending; `undefined` while it hasn't. */
  ended: string | undefined;
  slow: boolean;
  /** How many turns of it in a row have passed because it said nothing. */
  skips: number;
  handling: Handling | undefined;
  /**
   * How many of its lines were answered in this room, since it took this seat. A seat in another room starts with 0.
   */
  served: number;
  /** Items whose turn came while the member was slow or its line was being handled. */
  readonly held: Item[];
  /** The newest unanswered item. Faults wait for it. */
  newest: Item | undefined;
  /** The last answers to a run, to which the next may be joined, and when they were given. */
  said: (RunDelivery & { end: number; count: number }) | undefined;
  saidAt: number;
}

/** What a client takes to another room. */
export interface Luggage {
  readonly name: string;
  readonly items: readonly Item[];
  readonly newest: Item | undefined;
  readonly handling: Handling | undefined;
  readonly slow: boolean;
}

/** A client that takes a seat, with what it brings. */
export function createMember(client: Client, seat: number, address: string, luggage?: Luggage): Member {
  return {
    client,
    seat,
    address,
    name: luggage?.name ?? NO_NAME,
    ended: undefined,
    slow: luggage?.slow ?? false,
    skips: 0,
    handling: luggage?.handling,
    served: 0,
    held: [],
    newest: luggage?.newest,
    said: undefined,
    saidAt: 0,
  };
}
