import type { Framing } from '@proto/codec';
import type { ErrorCode } from '@proto/protocol';
import type { Counts } from '../events/counts.ts';
import type { ConnectionLoad, DropReason, ServerLoad } from '../events/events.ts';
import type { Telling } from '../events/telling.ts';
import type { Client, Delivery, Place } from '../room/records.ts';
import { Crowd } from './writing/crowd.ts';
import type { Session } from './session.ts';

export interface ConnectionsOptions {
  readonly maxOutboxBytes: number;
  readonly events: 'on' | 'off';
  readonly counts: Counts;
  readonly telling: Telling;
  /** How a line goes over the wire. */
  readonly framing: Framing;
  /** A session has something to write at the end of this pass. */
  readonly mark: (session: Session) => void;
  /** The same, before those that are only marked. */
  readonly markFirst: (session: Session) => void;
}

/** All connections of a server, and what goes out on them. A client that isn't among them is silently skipped. */
export class Connections implements Iterable<Session> {
  readonly #options: ConnectionsOptions;
  readonly #sessions = new Map<Client, Session>();
  readonly #crowd: Crowd;

  constructor(options: ConnectionsOptions) {
    this.#options = options;
    this.#crowd = new Crowd(
      options.maxOutboxBytes,
      (client) => this.#sessions.get(client),
      (session, wire, count) => this.#send(session, wire, count, options.markFirst),
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

  /** The session of a client that is connected here. */
  get(client: Client): Session | undefined {
    return this.#sessions.get(client);
  }

  /** What the connection of a client holds now. */
  loadOf(client: Client): Omit<ConnectionLoad, 'handlingMs'> | undefined {
    const session = this.#sessions.get(client);
    if (session === undefined) return undefined;
    const { outboxBytes, heldBytes: memoryBytes, openBytes, isPaused, hasUnread, hasEnded } = session;
    const { hasFlushed, waiting } = session;
    const isClosing = session.isClosing || session.drop !== 'none';
    const held = { outboxBytes, memoryBytes, openBytes, unanswered: waiting.lines };
    return { ...held, isPaused, hasUnread, hasEnded, hasFlushed, isClosing };
  }

  /** What they hold now. Takes one step per connection. */
  load(): Omit<ServerLoad, 'rooms' | 'queuedLines' | 'memoryBytes'> {
    let outboxBytes = 0;
    let slowClients = 0;
    let throttledClients = 0;
    for (const session of this.#sessions.values()) {
      outboxBytes += session.outboxBytes;
      if (session.slow) slowClients++;
      if (session.isThrottled) throttledClients++;
    }
    return { clients: this.size, outboxBytes, slowClients, throttledClients };
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

  /** This many lines of a client were answered: it may be read again. */
  served(client: Client, lines: number): void {
    const session = this.#sessions.get(client);
    if (session === undefined) return;
    session.served(lines);
    this.#options.mark(session);
  }

  /** Closes a client. It still gets what was said before to it and others together. */
  close(client: Client): void {
    this.#crowd.before(client);
    this.#sessions.get(client)?.close();
  }

  /** Says goodbye to a client, and closes it, as soon as nothing of it is pending. */
  bye(client: Client, reason: string): void {
    const session = this.#sessions.get(client);
    if (session === undefined || session.isClosing) return;
    session.farewell = reason;
    if (session.isPending) return;
    if (this.#options.events === 'on')
      this.deliver({ to: client, except: undefined, line: `* BYE ${reason}` });
    this.close(client);
  }

  /** Tells a client an error, apart from what the rooms say. */
  notice(client: Client, code: ErrorCode, text: string): void {
    const star = this.#options.events === 'on' ? '* ' : '';
    this.deliver({ to: client, except: undefined, line: `${star}ERR ${code} ${text}` });
  }

  /** Sends what is for clients connected here. Lines for many may wait for more, until the pass ends. */
  deliver(delivery: Delivery): void {
    const { to, except } = delivery;
    if (typeof to === 'number') {
      this.#crowd.before(to);
      const session = this.#sessions.get(to);
      if (session) this.#send(session, this.#wireOf(delivery), linesOf(delivery));
    } else if (this.#crowd.reaches(to)) {
      this.#crowd.push(to, except, this.#wireOf(delivery), linesOf(delivery));
    }
  }

  /** Sends a client the answers to its lines, in one piece. */
  answer(session: Session, wire: string, lines: number): void {
    this.#crowd.before(session.client);
    this.#send(session, wire, lines);
    session.served(lines);
    this.#options.mark(session);
  }

  /** Sends the lines that wait for more. */
  flush(): void {
    this.#crowd.flush();
  }

  /** Ends a connection at once. What waits for it is lost. */
  drop(session: Session, reason: DropReason): void {
    if (session.isDestroyed) return;
    this.dropped(session, reason);
    session.destroy(reason);
  }

  /** Reports that the server ends a connection on its own initiative. What comes of that isn't reported again. */
  dropped(session: Session, reason: DropReason): void {
    if (session.drop === 'told') return;
    const { place, address } = session;
    session.drop = place === undefined ? 'untold' : 'told';
    if (place) this.#options.telling.tell('drop', { ...place, address, reason });
  }

  #wireOf(delivery: Delivery): string {
    if (!('run' in delivery)) return this.#options.framing.encodeToLatin1(delivery.line);
    return delivery.run.slice(delivery.from, delivery.end);
  }

  /** After its last line, a client gets nothing. */
  #send(session: Session, wire: string, count: number, mark = this.#options.mark): void {
    if (session.isDestroyed || session.isClosing) return;
    const { counts, telling } = this.#options;
    counts.linesOut += count;
    counts.bytesOut += wire.length;
    if (telling.wants('send')) this.#tellLines(session, wire);
    if (session.send(wire, count)) mark(session);
    else this.drop(session, 'did not read');
  }

  #tellLines({ place }: Session, wire: string): void {
    if (place === undefined) return;
    const { client, room, seat } = place;
    const { telling } = this.#options;
    const end = wire.endsWith('\n') ? wire.length - 1 : wire.length;
    for (let from = 0; from <= end;) {
      const lf = wire.indexOf('\n', from);
      const to = lf === -1 ? end : lf;
      telling.tell('send', { client, room, seat, line: wire.slice(from, to) });
      from = to + 1;
    }
  }
}

function linesOf(delivery: Delivery): number {
  return 'run' in delivery ? delivery.count : 1;
}
