import type { TurnQueueDump } from '@proto/scheduler/dump';
import type { Item, ItemDump } from '../serving/item.ts';
import type { PassageDump } from '../serving/passage.ts';
import type { MemberDump } from './member-dump.ts';
import type { Client } from '../records.ts';

/** Who is in a room, as plain data. */
export interface AttendanceDump {
  /** In the order of their seats. */
  readonly members: readonly MemberDump[];
  readonly nextSeat: number;
  readonly started: boolean;
  readonly closing: string | undefined;
}

/** Whose turn it is in a room, as plain data. */
export interface TurnsDump {
  readonly queue: TurnQueueDump<Client, number>;
  readonly turns: number;
  readonly announced: Client | undefined;
  readonly passage: PassageDump;
}

/** A room as plain data; items by number. Everything it counts is counted again when it's read back. */
export interface RoomDump extends AttendanceDump, TurnsDump {
  readonly name: string;
  /** Lines the handler has of clients that moved to another room. */
  readonly movedOn: readonly MovedOnDump[];
  readonly more: boolean;
  readonly held: boolean;
}

/** A room that is read back: its dump, and the items that the dump names by number. */
export interface WrittenRoom {
  readonly dump: RoomDump;
  readonly items: readonly Item[];
}

/** A line the handler has, of a client that moved on. Only its client and its seat are still needed. */
export interface MovedOnDump {
  readonly client: Client;
  readonly seat: number;
  readonly ticket: number;
  readonly item: number;
}

/** All rooms as plain data. JSON keeps all of it. Rooms and items are named by their positions in the lists. */
export interface RoomsDump {
  /** The newest ticket given. */
  readonly lastTicket: number;
  readonly items: readonly ItemDump[];
  /** Those with a name first. */
  readonly rooms: readonly RoomDump[];
  /** How many of the rooms still have their name. */
  readonly named: number;
  /** Who is in which room, in order of arrival. */
  readonly clients: readonly (readonly [client: Client, room: number])[];
  /** The room that a line at the handler came from. */
  readonly tickets: readonly (readonly [ticket: number, room: number])[];
  readonly touched: readonly number[];
}
