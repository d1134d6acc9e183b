import { NO_NAME } from '@proto/protocol';
import type { Client } from './records.ts';

/** A message that waits for its turn, and the faults of the lines right behind it. */
export interface Item {
  readonly text: string;
  readonly to: string | undefined;
  readonly faults: { readonly code: string; readonly text: string }[];
}

/** A client in a room. */
export interface Member {
  readonly client: Client;
  readonly seat: number;
  readonly address: string;
  name: string;
  /** Why it sends nothing more; `undefined` while it may. */
  ended: string | undefined;
  slow: boolean;
  /** The line the handler has, or had when its sender moved here from another room. */
  handling: { readonly ticket: number; readonly item: Item | undefined } | undefined;
  /** Items whose turn came while the member was slow or its line was being handled. */
  readonly held: Item[];
  /** The newest item not answered yet: faults wait behind it. */
  newest: Item | undefined;
}

/** What a client takes along to another room. */
export interface Luggage {
  readonly name: string;
  readonly items: readonly Item[];
  /** Ticket of a line that the room it left still has with the handler. */
  readonly ticket: number | undefined;
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
    handling: luggage?.ticket === undefined ? undefined : { ticket: luggage.ticket, item: undefined },
    held: [],
    newest: luggage?.items.at(-1),
  };
}
