import { EventEmitter } from 'node:events';
import type { Framing } from '@proto/codec';
import { type Clock } from '@proto/scheduler';
import { type CloseOptions, whyNotClose } from './options/close-options.ts';
import { type Counts, noCounts } from './events/counts.ts';
import { Connections } from './edge/connections.ts';
import { Deadlines } from './edge/deadlines.ts';
import { Door } from './door/door.ts';
import type { CloseReport, RoomStatus, ServerEvents, ServerLoad } from './events/events.ts';
import { type ForeignProtocol, foreignText } from './door/foreign-greeting.ts';
import { framingsOf } from './edge/framings.ts';
import { Effects } from './effects/effects.ts';
import { Quits } from './effects/quits.ts';
import { handle } from './effects/work.ts';
import { loopClock } from './edge/loop-clock.ts';
import { InProcessJournal } from './journal/in-process.ts';
import type { Journal } from './journal/journal.ts';
import { OptionError, type ServerOptions, type Settings } from './options/options.ts';
import {
  type Client,
  emptied,
  type Entry,
  nothing,
  type Place,
  type RoomRecord,
  type Work,
} from './room/records.ts';
import { Probes } from './edge/probes.ts';
import { Rooms } from './room/rooms.ts';
import { Senders } from './events/senders.ts';
import { Intake } from './edge/intake.ts';
import { Loop } from './edge/loop.ts';
import { Session, type SessionOwner } from './edge/session.ts';
import { settle, whyOpen } from './options/settle.ts';
import { type Connection, type Listener, ListenError } from './transport/listener.ts';
import { listenerFor } from './transport/listener-for.ts';
import { type Lateness, whyLate } from './edge/lateness.ts';
import { TurnDeadlines } from './effects/turn-deadlines.ts';

/**
 * A TCP line server in which clients take turns. Any number of servers run in one process; nothing is global.
 *
 * `transform` may be a function of your own: `(line, from) => string | undefined`, or a promise of it.
 *
 * `clock` is where all its deadlines come from: a test brings its own.
 *
 * Errors: throws an `OptionError` for an option out of its bounds.
 */
export function createServer(
  options: ServerOptions = {},
  listener?: Listener,
  clock: Clock = loopClock,
): Server {
  const settings = settle({ ...options });
  const exemptsLoopback = options.maxClientsPerAddress === undefined;
  return new Server(settings, listener ?? listenerFor(settings), { clock, exemptsLoopback });
}

/** What a server is not told by its options. */
export interface ServerSurroundings {
  /** Where all its deadlines come from. */
  readonly clock: Clock;
  /** Clients on this machine are not counted by address. */
  readonly exemptsLoopback: boolean;
}

/** See `createServer`. It wires the parts: sessions feed records to the rooms, and carry out what the rooms say. */
export class Server extends EventEmitter<ServerEvents> implements AsyncDisposable {
  /** Every option with its value. */
  readonly settings: Settings;
  /** Settles when the server has closed, by a quit or by `close()`. */
  readonly closed: Promise<CloseReport>;
  /** Who sends lines, counted for those who want to know. */
  readonly senders: Senders = new Senders();
  readonly #counts = noCounts();
  readonly #listener: Listener;
  readonly #framing: Framing;
  readonly #wire: Framing;
  readonly #door: Door;
  readonly #rooms: Rooms;
  readonly #deadlines: Deadlines;
  readonly #probes: Probes;
  readonly #connections: Connections;
  readonly #effects: Effects;
  readonly #quits: Quits;
  readonly #journal: Journal;
  /** One for all records: it is carried out before the next. */
  readonly #out = nothing();
  readonly #loop: Loop;
  readonly #intake: Intake;
  #more = false;
  readonly #early: string[] = [];
  #isListening = false;
  #entered = 0;

  constructor(settings: Settings, listener: Listener, { clock, exemptsLoopback }: ServerSurroundings) {
    super();
    const { transform, turnTimeoutMs } = settings;
    const { read, write } = framingsOf(settings);
    this.settings = settings;
    this.#listener = listener;
    this.#framing = read;
    this.#wire = write;
    this.#door = new Door(settings, {
      clock,
      read,
      write,
      exemptsLoopback,
      enter: (connection) => this.#enter(connection),
      refused: (address, code, text) => this.emit('refuse', { address, code, text }),
      cut: (address, code) => this.emit('cut', { address, code, text: foreignText(code) }),
      warn: (text) => this.#warn(text),
    });
    this.#rooms = new Rooms({
      ...settings,
      events: settings.events === 'on',
      transform: typeof transform === 'string' ? transform : 'handler',
    });
    this.#journal = new InProcessJournal(clock, (entry) => this.#read(entry));
    this.#deadlines = new Deadlines(settings, clock);
    this.#connections = new Connections(settings.maxOutboxBytes, {
      counts: this.#counts,
      mark: (session) => this.#loop.mark(session),
      sent: ({ client }, line) => this.#tell('send', client, { line }),
      wantsSent: () => this.listenerCount('send') > 0,
      dropped: ({ client, address }, reason) => this.#tell('drop', client, { address, reason }),
    });
    this.#probes = new Probes(this.#connections, clock);
    const turnDeadlines = new TurnDeadlines(turnTimeoutMs, clock, (client, turn) => {
      this.#apply({ type: 'skip', client, turn, reason: `waited ${turnTimeoutMs} ms` });
    });
    this.#quits = new Quits({
      clock,
      graceMs: settings.graceMs,
      events: this,
      turnDeadlines,
      sessionsOf: (clients) => this.#connections.of(clients),
      everybody: this.#connections,
      stop: (reason) => {
        this.#door.close(reason);
        return this.#listener.close();
      },
    });
    this.closed = this.#quits.closed;
    this.#effects = new Effects({
      edge: this.#connections,
      events: this,
      counts: this.#counts,
      framing: write,
      turnDeadlines,
      work: (work) => this.#handle(work),
      quit: (quit) => void this.#quits.carryOut(quit),
    });
    this.#loop = new Loop({
      tick: () => this.#tick(),
      isHeldUp: () => this.#rooms.isHeldUp,
      flush: () => this.#connections.flush(),
    });
    this.#intake = new Intake({
      counts: this.#counts,
      maxErrors: settings.maxErrors,
      append: (record) => this.#apply(record),
      heard: (session) => {
        this.#loop.heard(session);
        this.senders.heard(session.client);
      },
      line: ({ client }, text) => this.#tell('line', client, { text }),
      wantsLines: () => this.listenerCount('line') > 0,
      fault: ({ client }, code, text) => this.#tell('fault', client, { code, text }),
      tooManyErrors: ({ client, address }) =>
        this.#tell('drop', client, { address, reason: 'too many errors' }),
      present: ({ client }) => this.#rooms.roomOf(client)?.clients.length ?? 0,
      isGated: () => this.#door.wantsToken,
    });
  }

  /**
   * Begins to accept. Gives the address it is bound to.
   *
   * Errors: rejects with a `ListenError` if the address cannot be had, with an `OptionError` if a file of certificates
   *         or of the token cannot be used.
   */
  async listen(): Promise<string> {
    if (this.#quits.isClosing) throw new ListenError('CLOSED', 'Cannot listen: the server has been closed');
    await this.#door.open();
    const address = await this.#listener.listen((connection) => this.#accept(connection), {
      cut: (cut) => this.emit('cut', cut),
      warn: (text) => this.#warn(text),
    });
    this.#isListening = true;
    this.emit('listening', { address });
    for (const text of this.#early.splice(0)) this.#warn(text);
    const open = whyOpen(this.settings);
    if (open !== undefined) this.#warn(`Exposed on ${address} ${open}`);
    return address;
  }

  /**
   * Reads certificates and token again, for clients to come, and emits a `reload` for each, or one for `nothing`. What
   * cannot be used is told as a `warning`, and what was there before it stays.
   */
  async reload(): Promise<void> {
    const readers = [() => this.#listener.reload?.(), () => this.#door.reloadToken()];
    let isTold = false;
    for (const read of readers) {
      try {
        const what = await read();
        if (what === undefined) continue;
        isTold = true;
        this.emit('reload', { what });
      } catch (error) {
        if (!(error instanceof OptionError)) throw error;
        isTold = true;
        const text = `Cannot take the new ${error.key} ${error.state}. The old one stays`;
        this.emit('warning', { text });
      }
    }
    if (!isTold) this.emit('reload', { what: 'nothing' });
  }

  /**
   * Closes as a quit does: what was accepted goes on to `transform`, which must not wait for this promise, since it waits
   * for the line. A second call forces: what is not flushed by then is lost.
   *
   * Errors: rejects with a `RangeError` for options out of their bounds, and closes nothing.
   */
  close(options: CloseOptions = {}): Promise<CloseReport> {
    const { reason = 'server closed', graceMs } = options;
    const wrong = whyNotClose(options, this.settings.maxLineBytes);
    if (wrong !== undefined) return Promise.reject(new RangeError(wrong));
    if (this.#quits.isClosing) this.#quits.force();
    else {
      this.#quits.graceMs = graceMs ?? this.#quits.graceMs;
      this.#apply({ type: 'quit', client: undefined, reason });
    }
    return this.closed;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /** What every room does now. */
  *status(): Generator<RoomStatus> {
    for (const room of this.#rooms.all.values()) {
      const client = room.waitedFor;
      const waitedFor = client === undefined ? undefined : room.member(client)?.seat;
      yield { room: room.name, ...room.presence, turn: room.turn, waitedFor, waiting: room.waiting };
    }
  }

  /** What has been done since the server began. The numbers go on growing in the object given. */
  get counts(): Readonly<Counts> {
    return this.#counts;
  }

  /** What the server holds now. Costs a step for each room and each client. */
  load(): ServerLoad {
    const load = {
      clients: this.#connections.size,
      rooms: 0,
      queuedLines: 0,
      outboxBytes: 0,
      slowClients: 0,
    };
    for (const { waiting } of this.#rooms.all.values()) {
      load.rooms++;
      load.queuedLines += waiting;
    }
    for (const session of this.#connections) {
      load.outboxBytes += session.outboxBytes;
      if (session.slow) load.slowClients++;
    }
    return load;
  }

  /** Whether it lets clients in: after `listen()`, until it closes. */
  get isAccepting(): boolean {
    return this.#isListening && !this.#quits.isClosing;
  }

  /** Before it listens it has nothing to say yet. */
  #warn(text: string): void {
    if (this.#isListening) this.emit('warning', { text });
    else this.#early.push(text);
  }

  #accept(connection: Connection): void {
    if (this.#quits.isClosing) connection.duplex.destroy();
    else this.#door.knock(connection);
  }

  #enter(connection: Connection): void {
    const client = ++this.#entered;
    this.#counts.clients++;
    const session = new Session(
      client,
      connection,
      this.#framing,
      this.settings,
      this.#owner,
      this.#deadlines,
    );
    this.#connections.add(session);
    this.#probes.start();
    this.#apply({ type: 'join', client, address: session.address });
  }

  #forget(session: Session): void {
    this.#door.left(session.host);
    this.#connections.delete(session);
    if (this.#connections.size === 0) this.#probes.stop();
  }

  /** What the sessions tell and ask. */
  readonly #owner: SessionOwner = {
    counts: this.#counts,
    frame: (session, frame) => this.#intake.frame(session, frame),
    run: (session, run) => this.#intake.run(session, run),
    // Whoever listens to lines gets each in its place among the others.
    takesRuns: () => this.listenerCount('line') === 0 && this.listenerCount('send') === 0,
    ended: ({ client }) => this.#apply({ type: 'end', client, reason: 'end of input' }),
    gone: ({ client }, reason) => this.#apply({ type: 'leave', client, reason }),
    finished: (session) => this.#forget(session),
    slow: (session, slow) => {
      this.#apply({ type: 'slow', client: session.client, slow });
      this.#loop.activate(session);
    },
    late: (session, what) => this.#late(session, what),
    foreign: (session, protocol) => this.#foreign(session, protocol),
    chunk: ({ client }, direction, chunk, from) => {
      if (this.listenerCount('chunk') === 0) return;
      const bytes = typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk;
      this.#tell('chunk', client, { direction, bytes, from });
    },
    chunkEnd: ({ client }, direction, how, from) => this.#tell('chunkEnd', client, { direction, how, from }),
    active: (session) => this.#loop.activate(session),
  };

  /** A client that reads nothing is dropped; any other hears why, and gets the answers it is owed. */
  #late(session: Session, what: Lateness): void {
    if (what === 'outbox') return this.#connections.drop(session, 'did not read');
    if (what === 'ended') return this.#giveUp(session);
    const { client, address } = session;
    const { code, text, reason } = whyLate(what, this.settings);
    session.ignoreInput();
    this.#tell('drop', client, { address, reason });
    this.#apply({ type: 'fault', client, code, text });
    this.#apply({ type: 'end', client, reason });
  }

  /** A client that sends nothing more has waited for long enough; what it has queued is dropped. */
  #giveUp(session: Session): void {
    const { client, address } = session;
    const reason = 'ended and not served';
    this.#tell('drop', client, { address, reason });
    this.#apply({ type: 'leave', client, reason });
    if (this.settings.events === 'on') session.send(this.#wire.encodeToLatin1(`* BYE ${reason}`));
    session.close();
  }

  #foreign(session: Session, protocol: ForeignProtocol): void {
    const { client, address } = session;
    const reason = `spoke ${protocol}` as const;
    this.emit('cut', { address, code: protocol, text: foreignText(protocol) });
    this.#tell('drop', client, { address, reason });
    this.#apply({ type: 'leave', client, reason });
    session.close();
  }

  /** Emits an event about a client that has a seat. */
  #tell<Name extends 'line' | 'fault' | 'drop' | 'send' | 'handlerError' | 'chunk' | 'chunkEnd'>(
    name: Name,
    client: Client,
    rest: Omit<ServerEvents[Name][0], keyof Place>,
  ): void {
    const place = this.#connections.placeOf(client);
    if (place) (this as EventEmitter).emit(name, { ...place, ...rest });
  }

  /** Whether some lines were left over. */
  #tick(): boolean {
    if (!this.#rooms.wantsTick) return false;
    this.#more = false;
    this.#apply({ type: 'tick' });
    return this.#more;
  }

  #apply(record: RoomRecord): void {
    this.#journal.append(record);
  }

  #read(entry: Entry): void {
    try {
      if (this.listenerCount('entry') > 0) this.emit('entry', entry);
    } finally {
      // A listener that throws keeps no record from the rooms.
      this.#readRecord(entry);
    }
  }

  #readRecord({ record }: Entry): void {
    const out = this.#rooms.apply(record, emptied(this.#out));
    this.#effects.carryOut(out);
    if (out.more) this.#more = true;
    if (out.more || record.type !== 'tick') this.#loop.schedule();
  }

  #handle(work: Work): void {
    const { transform } = this.settings;
    if (typeof transform === 'string') return;
    const { client, ticket } = work;
    handle(
      transform,
      work,
      this.settings,
      (result) => this.#apply({ type: 'done', client, ticket, result }),
      (error) => this.#tell('handlerError', client, { error }),
    );
  }
}
