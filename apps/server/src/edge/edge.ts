import type { Clock } from '@proto/scheduler';
import { type ForeignProtocol, foreignText } from '../door/foreign-greeting.ts';
import type { Counts } from '../events/counts.ts';
import type { Senders } from '../events/senders.ts';
import type { Telling } from '../events/telling.ts';
import type { Settings } from '../options/options.ts';
import type { Client, HandlerResult, RoomRecord } from '../room/records.ts';
import type { Connection } from '../transport/listener.ts';
import { Connections } from './connections.ts';
import { Arrears } from './reading/arrears.ts';
import { Charges } from './reading/charges.ts';
import { Deadlines } from './deadlines.ts';
import { framingsOf } from './framings.ts';
import { Intake } from './reading/intake.ts';
import { type Lateness, whyLate } from './lateness.ts';
import { Loop } from './loop.ts';
import { Memory } from './memory.ts';
import { PassTime } from './pass-time.ts';
import { Probes } from './probes.ts';
import { Session, type SessionOwner } from './session.ts';
import { Tap } from './tap.ts';

/** What an edge feeds, and what it asks. */
export interface EdgeOwner {
  readonly settings: Settings;
  readonly clock: Clock;
  readonly counts: Counts;
  readonly telling: Telling;
  readonly senders: Senders;
  append(record: RoomRecord): void;
  /** What a client gets for its lines, if that is all that follows from them. `undefined`: append the record. */
  answer(client: Client, text: string, lines: number): string | undefined;
  /** Gives the handler the lines that wait for it. True: some still do. */
  handle(): boolean;
  /** Clients have numbers above this one. */
  readonly firstClient: Client;
  /** Serves the lines left over. True: some are still left over. */
  tick(): boolean;
  /** Strict order: whether a room waits for a client while others have lines waiting. */
  isHeldUp(): boolean;
  /** How many are in the room of a client. */
  present(client: Client): number;
  /** How many are in a room. */
  presentIn(room: string): number;
  /** Clients have to send a token. */
  isGated(): boolean;
  /** A client from that host has left. */
  left(host: string): void;
}

/** Everything that has a socket: makes records of what clients send, and ends those that are late. */
export class Edge {
  readonly connections: Connections;
  /** What all clients hold. */
  readonly memory: Memory;
  readonly #owner: EdgeOwner;
  readonly #loop: Loop;
  readonly #intake: Intake;
  readonly #charges: Charges | undefined;
  readonly #probes: Probes;
  readonly #arrears: Arrears;
  readonly #sessions: SessionOwner & { isFull: boolean };
  /** Who has become slow, or no longer is. Appended once all that is being sent is sent: what follows must not come in between. */
  readonly #slow: RoomRecord[] = [];
  #entered: Client;

  constructor(owner: EdgeOwner) {
    const { settings, clock, counts, telling } = owner;
    const { read, write } = framingsOf(settings);
    this.#owner = owner;
    this.#entered = owner.firstClient;
    this.connections = new Connections({
      maxOutboxBytes: settings.maxOutboxBytes,
      events: settings.events,
      counts,
      telling,
      framing: write,
      mark: (session) => this.#loop.mark(session),
      markFirst: (session) => this.#loop.markFirst(session),
    });
    this.memory = this.#createMemory();
    this.#probes = new Probes(this.connections, clock);
    this.#arrears = new Arrears(settings, clock);
    const time = new PassTime(clock);
    this.#loop = new Loop(time, {
      step: (act) => telling.step(act),
      handle: () => owner.handle(),
      tick: () => owner.tick(),
      isHeldUp: () => owner.isHeldUp(),
      flush: () => {
        this.connections.flush();
        this.appendSlow();
      },
    });
    if (settings.maxCausedBytesPerSecond !== 'none') {
      this.#charges = new Charges({
        settings,
        present: (client) => owner.present(client),
        presentIn: (room) => owner.presentIn(room),
      });
    }
    this.#intake = new Intake({
      counts,
      telling,
      senders: owner.senders,
      maxErrors: settings.maxErrors,
      append: (record) => owner.append(record),
      answer: (session, text, lines) => this.#answer(session, text, lines),
      heard: (session) => this.#loop.heard(session),
      tooManyErrors: (session) => this.connections.dropped(session, 'too many errors'),
      present: (client) => owner.present(client),
      isGated: () => owner.isGated(),
      charges: this.#charges,
    });
    this.#sessions = {
      options: settings,
      framing: read,
      deadlines: new Deadlines(settings, clock),
      tap: new Tap(counts, telling),
      telling,
      isFull: false,
      memory: this.memory,
      time,
      frame: (session, frame) => this.#intake.frame(session, frame),
      run: (session, run) => this.#intake.run(session, run),
      ended: ({ client }) => owner.append({ type: 'end', client, reason: 'end of input' }),
      gone: ({ client }, reason) => owner.append({ type: 'leave', client, reason }),
      finished: (session) => this.#forget(session),
      slow: (session, slow) => {
        this.#slow.push({ type: 'slow', client: session.client, slow });
        // It no longer is: the socket has taken something, so nothing is being sent now.
        if (!slow) this.appendSlow();
        this.#loop.activate(session);
      },
      late: (session, what) => telling.step(() => this.#late(session, what)),
      foreign: (session, protocol) => this.#foreign(session, protocol),
      telnet: (commands) => void (counts.telnetCommands += commands),
      active: (session) => this.#loop.activate(session),
      allowance: (host) => this.#arrears.enter(host),
      exceeded: ({ place, address }, of) => {
        if (place) telling.tell('throttle', { ...place, address, of });
      },
      mostCaused: ({ client }) => this.#charges?.most(client) ?? 0,
      unread: (session) => this.#loop.defer(session),
    };
  }

  /** A connection becomes a client. */
  enter(connection: Connection): void {
    const session = new Session(++this.#entered, connection, this.#sessions);
    const { client, address } = session;
    this.#owner.counts.clients++;
    this.connections.add(session);
    this.#probes.start();
    this.#owner.append({ type: 'join', client, address });
  }

  /** The handler has made this of a message of `length` bytes. */
  handled(client: Client, length: number, result: HandlerResult): void {
    if (this.#charges) this.connections.get(client)?.caused(this.#charges.ofResult(client, length, result));
  }

  /** A record goes to a journal from which it comes back later. `isFull`: that one wants no more for now. */
  appended(client: Client | undefined, isFull: boolean): void {
    const session = client === undefined ? undefined : this.connections.get(client);
    if (session) session.pending++;
    if (isFull) this.#sessions.isFull = true;
  }

  /** It has come back, and everything that follows from it is done. */
  cameBack(client: Client | undefined, isFull: boolean): void {
    if (this.#sessions.isFull && !isFull) {
      this.#sessions.isFull = false;
      for (const session of this.connections) this.#loop.activate(session);
    }
    const session = client === undefined ? undefined : this.connections.get(client);
    if (session === undefined) return;
    session.pending--;
    if (!session.isPending && session.farewell !== undefined)
      this.connections.bye(session.client, session.farewell);
    this.#loop.activate(session);
  }

  /** The operator has ended a client. What it hasn't read after `graceMs` is lost. */
  kicked(client: Client): void {
    const session = this.connections.get(client);
    if (session === undefined) return;
    const { clock, settings } = this.#owner;
    const callOff = clock.setTimeout(() => session.destroy('kicked'), settings.graceMs);
    void session.finished.then(callOff);
  }

  /** Nothing is being sent now: the rooms learn who has become slow. */
  appendSlow(): void {
    while (this.#slow.length > 0) this.#owner.append(this.#slow.shift()!);
  }

  /** There is something to do at the end of this pass of the event loop. */
  schedule(): void {
    this.#loop.schedule();
  }

  #createMemory(): Memory {
    const { connections } = this;
    const { settings, clock, counts, telling } = this.#owner;
    return new Memory(settings.maxMemoryBytes, {
      clock,
      get clients() {
        return connections.size;
      },
      tight: () => void counts.pushbacks++,
      short: () => {
        for (const session of connections) session.hold();
      },
      goOn: () => {
        for (const session of connections) session.goOn();
      },
      shed: (bytes) => telling.step(() => this.#shed(bytes)),
    });
  }

  /** Drops clients, the largest first, until no more than this is held. */
  #shed(bytes: number): void {
    const sessions = [...this.connections].toSorted((one, other) => other.held - one.held);
    for (const session of sessions) {
      if (this.memory.held <= bytes) return;
      if (session.held > 0) this.#dropLarge(session);
    }
  }

  /** Tells a client that reads why it is dropped. Its queued lines are dropped. */
  #dropLarge(session: Session): void {
    const { client } = session;
    const reason = 'memory was short';
    const isReading = session.outboxBytes === 0 && !session.isClosing;
    session.forget();
    if (!isReading) return this.connections.drop(session, reason);
    session.ignoreInput();
    this.connections.dropped(session, reason);
    this.connections.notice(client, 'SERVER_BUSY', 'Memory is short, and you hold much of it. Closing');
    this.#owner.append({ type: 'leave', client, reason });
    this.connections.bye(client, reason);
  }

  /** Answers lines without a record, if nothing else follows from them. */
  #answer(session: Session, text: string, lines: number): boolean {
    const answer = this.#owner.answer(session.client, text, lines);
    if (answer === undefined) return false;
    this.connections.answer(session, answer, lines);
    this.appendSlow();
    this.#loop.schedule();
    return true;
  }

  #forget(session: Session): void {
    session.forget();
    this.#owner.left(session.host);
    this.#arrears.leave(session.host, session.allowance);
    this.connections.delete(session);
    if (this.connections.size > 0) return;
    this.#probes.stop();
    this.memory.stop();
  }

  /** A client that reads nothing is dropped. Any other is told why, and gets its outstanding answers. */
  #late(session: Session, what: Lateness): void {
    if (session.isDestroyed) return;
    if (what === 'outbox') return this.connections.drop(session, 'did not read');
    if (what === 'ended') return this.#giveUp(session);
    const { client } = session;
    const { code, text, reason } = whyLate(what, this.#owner.settings);
    session.ignoreInput();
    this.connections.dropped(session, reason);
    this.#owner.append({ type: 'fault', client, code, text });
    this.#owner.append({ type: 'end', client, reason });
  }

  /** A client that has stopped sending has waited long enough. Its queued lines are dropped. */
  #giveUp(session: Session): void {
    const reason = 'ended and not served';
    this.connections.dropped(session, reason);
    this.#owner.append({ type: 'leave', client: session.client, reason });
    this.connections.bye(session.client, reason);
  }

  #foreign(session: Session, protocol: ForeignProtocol): void {
    const { client, address } = session;
    const reason = `spoke ${protocol}` as const;
    this.#owner.telling.tell('cut', { address, code: protocol, text: foreignText(protocol) });
    this.connections.dropped(session, reason);
    this.#owner.append({ type: 'leave', client, reason });
    this.connections.close(client);
  }
}
