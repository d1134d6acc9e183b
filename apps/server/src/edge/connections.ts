import type { Counts } from '../events/counts.ts';
import type { DropReason } from '../events/events.ts';
import type { Client, Place } from '../room/records.ts';
import { Crowd } from './crowd.ts';
import type { Session } from './session.ts';

/** What the connections tell and ask. */
export interface ConnectionsOwner {
  readonly counts: Counts;
  /** A session has something to write at the end of this pass of the event loop. */
  mark(session: Session): void;
  /** A line is on its way out. */
  sent(session: Session, line: string): void;
  /** Whether `sent` does anything. */
  wantsSent(): boolean;
  /** A connection is ended by the server; what waits for it is lost. */
  dropped(session: Session, reason: DropReason): void;
}

/** All connections of a server, and what goes out on them. A client that is not among them is passed over in silence. */
export class Connections implements Iterable<Session> {
  readonly #owner: ConnectionsOwner;
  readonly #sessions = new Map<Client, Session>();
  readonly #crowd: Crowd;

  constructor(maxOutboxBytes: number, owner: ConnectionsOwner) {
    this.#owner = owner;
    this.#crowd = new Crowd(
      maxOutboxBytes,
      (client) => this.#sessions.get(client),
      (session, wire, count) => this.#send(session, wire, count),
    );
  }

  get size(): number {
    return this.#sessions.size;
  }

  [Symbol.iterator](): Iterator<Session> {
    return this.#sessions.values();
  }

  add(session: Session): void {
    this.#sessions.set(session.client, session);
  }

  delete({ client }: Session): void {
    this.#sessions.delete(client);
  }

  /** Where a client sits. */
  placeOf(client: Client): Place | undefined {
    return this.#sessions.get(client)?.place;
  }

  /** Those of these clients that are connected. */
  of(clients: readonly Client[]): Session[] {
    return clients.flatMap((client) => this.#sessions.get(client) ?? []);
  }

  /** A client sits there from now on. */
  seat({ client, room, seat }: Place): void {
    const session = this.#sessions.get(client);
    if (session) session.place = { client, room, seat };
  }

  /** So many lines of a client were answered: it may be read again. */
  served(client: Client, lines: number): void {
    const session = this.#sessions.get(client);
    if (session === undefined) return;
    session.served(lines);
    this.#owner.mark(session);
  }

  close(client: Client): void {
    this.#sessions.get(client)?.close();
  }

  /** Sends lines, as they go over the wire, to one client. */
  toOne(client: Client, wire: string, count: number): void {
    this.#crowd.before(client);
    const session = this.#sessions.get(client);
    if (session) this.#send(session, wire, count);
  }

  /** Sends lines to everybody in a list but one. They may wait for more, until the pass of the event loop ends. */
  toMany(clients: readonly Client[], except: Client | undefined, wire: string, count: number): void {
    this.#crowd.push(clients, except, wire, count);
    // Who listens is told of each line when it is said.
    if (this.#owner.wantsSent()) this.#crowd.flush();
  }

  /** Hands out what waits for more. */
  flush(): void {
    this.#crowd.flush();
  }

  /** Ends a connection at once. */
  drop(session: Session, reason: DropReason): void {
    if (session.isDestroyed) return;
    this.#owner.dropped(session, reason);
    session.destroy(reason);
  }

  #send(session: Session, wire: string, count: number): void {
    if (session.isDestroyed) return;
    const { counts } = this.#owner;
    counts.linesOut += count;
    counts.bytesOut += wire.length;
    if (this.#owner.wantsSent()) {
      const shown = wire.endsWith('\n') ? wire.slice(0, -1) : wire;
      for (const line of shown.split('\n')) this.#owner.sent(session, line);
    }
    if (session.send(wire, count)) this.#owner.mark(session);
    else this.drop(session, 'did not read');
  }
}
