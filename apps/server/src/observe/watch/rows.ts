import type { Message, PersonRow, RoomRow, WatchSettings } from '@proto/watch';
import type { Person } from '../../room/person.ts';
import type { RoomStatus } from '../../room/room-status.ts';
import type { Server } from '../../server.ts';
import { short } from './tap.ts';

/** How many rooms and clients are looked at. */
export const MOST_ROOMS = 64;
export const MOST_PEOPLE = 1_000;

/** The settings that a watcher needs to explain the server. They hold no path and no secret. */
export function watchSettings({ settings }: Server): WatchSettings {
  const { order, deliver, transform, clients, quit, framing, events, socket, tlsCert, tokenFile } = settings;
  const { maxLineBytes, maxOutboxBytes, maxQueuedLines, maxClients, turnTimeoutMs, graceMs } = settings;
  return {
    order,
    deliver,
    transform: typeof transform === 'function' ? 'handler' : transform,
    clients,
    quit,
    framing,
    events,
    transport: socket === 'none' ? (tlsCert === 'none' ? 'tcp' : 'tls') : 'unix',
    token: tokenFile !== 'none',
    maxLineBytes,
    maxOutboxBytes,
    maxQueuedLines,
    maxClients,
    turnTimeoutMs,
    graceMs,
  };
}

/** The first rooms as they are. */
function roomRows(server: Server): RoomRow[] {
  const rows: RoomRow[] = [];
  for (const status of server.status()) {
    if (rows.push(roomRow(status)) >= MOST_ROOMS) break;
  }
  return rows;
}

function roomRow({ room, have, want, turn, holder, waitedFor, waiting, held }: RoomStatus): RoomRow {
  return {
    room,
    have,
    want,
    turn,
    ...(holder !== undefined && { holder }),
    ...(waitedFor !== undefined && { waitedFor }),
    waiting,
    ...(held && { held }),
  };
}

/** The first clients as they are. */
function personRows(server: Server): PersonRow[] {
  return Array.from(server.people(MOST_PEOPLE), (person) => personRow(server, person));
}

function personRow(server: Server, person: Person): PersonRow {
  const { client: c, room, seat, name, waiting, served, slow, ended } = person;
  const { outboxBytes: outbox = 0, openBytes: open = 0, isPaused = false } = server.loadOf(c) ?? {};
  return {
    c,
    room,
    seat,
    name,
    waiting,
    served,
    outbox,
    ...(slow && { slow }),
    ...(isPaused && { paused: true }),
    ...(open > 0 && { open }),
    ...(ended !== undefined && { ended: short(ended) }),
  };
}

/** All rooms and clients. `all`: how many clients there are. `closing`: the server accepts no more clients. */
export function stateMessage(
  server: Server,
  { t, all, closing }: { readonly t: number; readonly all: number; readonly closing: boolean },
): Message {
  const rooms = roomRows(server);
  const people = personRows(server);
  return { k: 'state', t, rooms, people, all, ...(closing && { closing }) };
}

/** How many clients there are. Takes one step per client. */
export function countPeople(server: Server): number {
  let count = 0;
  for (const _ of server.people()) count++;
  return count;
}

/** Finds what has changed in rooms and people since the last call. */
export class Changes {
  readonly #server: Server;
  #rooms = new Map<string, string>();
  #people = new Map<number, string>();

  constructor(server: Server) {
    this.#server = server;
  }

  /** Rooms that have changed, and rooms that are gone; `undefined` if there are none. */
  rooms(t: number): Message | undefined {
    const now = new Map(roomRows(this.#server).map((row) => [row.room, JSON.stringify(row)]));
    const rooms = changed(this.#rooms, now) as RoomRow[];
    const gone = [...this.#rooms.keys()].filter((room) => !now.has(room));
    this.#rooms = now;
    if (rooms.length === 0 && gone.length === 0) return undefined;
    return { k: 'rooms', t, rooms, ...(gone.length > 0 && { gone }) };
  }

  /** Clients that have changed; `undefined` if there are none. A `leave` reports clients that are gone. */
  people(t: number): Message | undefined {
    const now = new Map(personRows(this.#server).map((row) => [row.c, JSON.stringify(row)]));
    const rows = changed(this.#people, now) as PersonRow[];
    this.#people = now;
    return rows.length === 0 ? undefined : { k: 'people', t, rows };
  }
}

function changed<Key>(before: ReadonlyMap<Key, string>, now: ReadonlyMap<Key, string>): unknown[] {
  return [...now]
    .filter(([key, row]) => before.get(key) !== row)
    .map(([, row]) => JSON.parse(row) as unknown);
}
