import {
  type Message,
  MOST_PEOPLE,
  MOST_ROOMS,
  type PersonRow,
  type RoomRow,
  type WatchSettings,
} from '@proto/watch';
import type { Counts } from '../../events/counts.ts';
import type { Person } from '../../room/person.ts';
import type { RoomStatus } from '../../room/room-status.ts';
import type { Server } from '../../server.ts';
import { short, tenths } from './tap.ts';

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

/** The first rooms as they are, without what changes as time passes. */
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

/** Clients that a quit has reached, and that have left their room since. Their names are gone. */
function* reachedRows(server: Server, isListed: (client: number) => boolean): Generator<PersonRow> {
  for (const { told } of server.quitting) {
    for (const place of told) {
      if (isListed(place.client) || server.loadOf(place.client) === undefined) continue;
      yield personRow(server, { ...place, ...NOTHING });
    }
  }
}

const NOTHING = { name: '-', waiting: 0, served: 0, slow: false, ended: undefined } as const;

function personRow(server: Server, person: Omit<Person, 'address'>): PersonRow {
  const { client: c, room, seat, name, waiting, served, slow, ended } = person;
  const load = server.loadOf(c);
  const { outboxBytes: outbox = 0, openBytes: open = 0, isPaused = false, handlingMs } = load ?? {};
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
    ...(handlingMs !== undefined && { handlingMs: tenths(handlingMs) }),
    ...(load?.hasEnded && { inEnd: 'FIN' }),
    ...(load?.hasFlushed && { outEnd: 'FIN' }),
    ...(load?.isClosing && { closing: true }),
  };
}

/** All rooms and clients. `all`: how many clients there are. `closing`: the server accepts no more clients. */
export function stateMessage(
  server: Server,
  { t, all, closing }: { readonly t: number; readonly all: number; readonly closing: boolean },
): Message {
  const rooms = roomRows(server).map((row): RoomRow => {
    const ms = server.waitedMs(row.room);
    return ms === undefined ? row : { ...row, waitedMs: tenths(ms) };
  });
  const people = personRows(server);
  const listed = new Set(people.map(({ c }) => c));
  const reached = [...reachedRows(server, (c) => listed.has(c))];
  const everybody = [...people, ...reached];
  return {
    k: 'state',
    t,
    rooms,
    people: everybody,
    all: all + reached.length,
    ...allRooms(server),
    ...(closing && { closing }),
  };
}

/** What the page knows of the counts. */
export function countsOf({ counts }: Server): Omit<Counts, 'probes' | 'telnetCommands' | 'pushbacks'> {
  const { probes: _probes, telnetCommands: _commands, pushbacks: _pushbacks, ...known } = counts;
  return known;
}

/** How many rooms there are, if these are more than are sent. */
export function allRooms({ roomCount }: Server): { readonly allRooms?: number } {
  return roomCount > MOST_ROOMS ? { allRooms: roomCount } : {};
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
  #rooms = new Map<string, RoomRow>();
  #people = new Map<number, PersonRow>();

  constructor(server: Server) {
    this.#server = server;
  }

  /** Rooms that have changed, and rooms that are gone; `undefined` if there are none. */
  rooms(t: number): Message | undefined {
    const before = this.#rooms;
    this.#rooms = new Map(roomRows(this.#server).map((row) => [row.room, row]));
    const rooms = changed(before, this.#rooms);
    const gone = [...before.keys()].filter((room) => !this.#rooms.has(room));
    if (rooms.length === 0 && gone.length === 0) return undefined;
    return { k: 'rooms', t, rooms, ...(gone.length > 0 && { gone }) };
  }

  /** Clients that have changed; `undefined` if there are none. A `leave` reports clients that are gone. */
  people(t: number): Message | undefined {
    const before = this.#people;
    this.#people = new Map(personRows(this.#server).map((row) => [row.c, row]));
    const rows = changed(before, this.#people);
    return rows.length === 0 ? undefined : { k: 'people', t, rows };
  }
}

function changed<Key, Row extends object>(before: ReadonlyMap<Key, Row>, now: ReadonlyMap<Key, Row>): Row[] {
  const rows: Row[] = [];
  for (const [key, row] of now) if (!isSame(before.get(key), row)) rows.push(row);
  return rows;
}

/** Whether nothing has changed but how long the handler has had a line. */
function isSame(before: object | undefined, now: object): boolean {
  if (before === undefined) return false;
  const was = before as Readonly<Record<string, unknown>>;
  const keys = Object.keys(now);
  if (keys.length !== Object.keys(before).length) return false;
  for (const key of keys) {
    const isTime = key === 'handlingMs' && key in was;
    if (!isTime && was[key] !== (now as Readonly<Record<string, unknown>>)[key]) return false;
  }
  return true;
}
