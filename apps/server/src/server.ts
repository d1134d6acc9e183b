import { EventEmitter } from 'node:events';
import type { Framing } from '@proto/codec';
import { type Clock, QuitGroup } from '@proto/scheduler';
import { type CloseOptions, whyNotClose } from './options/close-options.ts';
import { type Counts, noCounts } from './events/counts.ts';
import { Crowd } from './edge/crowd.ts';
import { Deadlines } from './edge/deadlines.ts';
import { Door } from './door/door.ts';
import type {
  CloseReport,
  DropReason,
  QuitNotice,
  RoomStatus,
  ServerEvents,
  ServerLoad,
  WaitEnd,
} from './events/events.ts';
import { type ForeignProtocol, foreignText } from './door/foreign-greeting.ts';
import { framingsOf } from './edge/framings.ts';
import { handle } from './effects/work.ts';
import { loopClock } from './edge/loop-clock.ts';
import { InProcessJournal } from './journal/in-process.ts';
import type { Journal } from './journal/journal.ts';
import { OptionError, type ServerOptions, type Settings } from './options/options.ts';
import {
  type Client,
  type Delivery,
  emptied,
  type Entry,
  nothing,
  type Outcome,
  type Place,
  type Quit,
  type RoomRecord,
  type Rounds,
  type Turn,
  type Work,
} from './room/records.ts';
import { Probes } from './edge/probes.ts';
import { Rooms } from './room/rooms.ts';
import { singly } from './room/rounds.ts';
import { Senders } from './events/senders.ts';
import { Intake } from './edge/intake.ts';
import { Loop } from './edge/loop.ts';
import { Session, type SessionOptions, type SessionOwner } from './edge/session.ts';
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
  readonly #sessionOptions: SessionOptions;
  readonly #door: Door;
  readonly #rooms: Rooms;
  readonly #clock: Clock;
  readonly #turnDeadlines: TurnDeadlines;
  readonly #deadlines: Deadlines;
  readonly #probes: Probes;
  readonly #sessions = new Map<Client, Session>();
  /** Everybody, once all are to be closed. */
  #group: QuitGroup<Client> | undefined;
  readonly #journal: Journal;
  /** One for all records: it is carried out before the next. */
  readonly #out = nothing();
  readonly #crowd: Crowd;
  readonly #loop: Loop;
  readonly #intake: Intake;
  #more = false;
  #graceMs: number;
  readonly #early: string[] = [];
  #isListening = false;
  #closing = false;
  #connections = 0;
  #resolveClosed!: (report: CloseReport) => void;

  constructor(settings: Settings, listener: Listener, { clock, exemptsLoopback }: ServerSurroundings) {
    super();
    const { transform, turnTimeoutMs } = settings;
    const { read, write } = framingsOf(settings);
    this.settings = settings;
    this.#graceMs = settings.graceMs;
    this.#listener = listener;
    this.#framing = read;
    this.#wire = write;
    this.#sessionOptions = settings;
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
    this.#clock = clock;
    this.#journal = new InProcessJournal(clock, (entry) => this.#read(entry));
    this.#deadlines = new Deadlines(settings, clock);
    this.#probes = new Probes({ [Symbol.iterator]: () => this.#sessions.values() }, clock);
    this.#turnDeadlines = new TurnDeadlines(turnTimeoutMs, clock, (client) => {
      this.#apply({ type: 'skip', client, reason: `waited ${turnTimeoutMs} ms` });
    });
    this.#crowd = new Crowd(
      settings.maxOutboxBytes,
      (client) => this.#sessions.get(client),
      (session, wire, count) => this.#send(session, wire, count),
    );
    this.#loop = new Loop({
      tick: () => this.#tick(),
      isHeldUp: () => this.#rooms.isHeldUp,
      flush: () => this.#crowd.flush(),
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
    this.closed = new Promise((resolve) => {
      this.#resolveClosed = resolve;
    });
  }

  /**
   * Begins to accept. Gives the address it is bound to.
   *
   * Errors: rejects with a `ListenError` if the address cannot be had, with an `OptionError` if a file of certificates
   *         or of the token cannot be used.
   */
  async listen(): Promise<string> {
    if (this.#closing) throw new ListenError('CLOSED', 'Cannot listen: the server has been closed');
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
    if (this.#closing) this.#group?.force();
    else {
      this.#graceMs = graceMs ?? this.#graceMs;
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
    const load = { clients: this.#sessions.size, rooms: 0, queuedLines: 0, outboxBytes: 0, slowClients: 0 };
    for (const { waiting } of this.#rooms.all.values()) {
      load.rooms++;
      load.queuedLines += waiting;
    }
    for (const session of this.#sessions.values()) {
      load.outboxBytes += session.outboxBytes;
      if (session.slow) load.slowClients++;
    }
    return load;
  }

  /** Whether it lets clients in: after `listen()`, until it closes. */
  get isAccepting(): boolean {
    return this.#isListening && !this.#closing;
  }

  /** Before it listens it has nothing to say yet. */
  #warn(text: string): void {
    if (this.#isListening) this.emit('warning', { text });
    else this.#early.push(text);
  }

  #accept(connection: Connection): void {
    if (this.#closing) connection.duplex.destroy();
    else this.#door.knock(connection);
  }

  #enter(connection: Connection): void {
    const client = ++this.#connections;
    this.#counts.clients++;
    const session = new Session(
      client,
      connection,
      this.#framing,
      this.#sessionOptions,
      this.#owner,
      this.#deadlines,
    );
    this.#sessions.set(client, session);
    this.#probes.start();
    this.#apply({ type: 'join', client, address: session.address });
  }

  #forget({ client, host }: Session): void {
    this.#door.left(host);
    this.#sessions.delete(client);
    if (this.#sessions.size === 0) this.#probes.stop();
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
    if (what === 'outbox') return this.#drop(session, 'did not read');
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
    const place = this.#sessions.get(client)?.place;
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
    if (this.listenerCount('entry') > 0) this.emit('entry', entry);
    const { record } = entry;
    this.#carryOut(this.#rooms.apply(record, emptied(this.#out)));
    if (record.type !== 'tick') this.#loop.schedule();
  }

  #carryOut(out: Outcome): void {
    for (const { client, room, seat } of out.came) this.#seat({ client, room, seat });
    for (const came of out.came) this.emit('join', came);
    for (const quit of out.quits) void this.#quit(quit);
    this.#deliver(out.deliveries, out.turns);
    for (const { client, lines } of out.served) {
      const session = this.#sessions.get(client);
      if (session === undefined) continue;
      session.served(lines);
      this.#loop.mark(session);
    }
    for (const left of out.left) {
      const { client, room, seat } = left;
      this.#waited({ client, room, seat }, 'left');
      this.emit('leave', left);
    }
    for (const client of out.closed) this.#sessions.get(client)?.close();
    for (const work of out.work) this.#handle(work);
    if (!out.more) return;
    this.#more = true;
    this.#loop.schedule();
  }

  #seat(place: Place): void {
    const session = this.#sessions.get(place.client);
    if (session) session.place = place;
  }

  #deliver(deliveries: readonly Delivery[], all: Outcome['turns']): void {
    const turns = this.listenerCount('turn') > 0 ? singly(all) : all;
    let told = 0;
    for (let index = 0; index < deliveries.length; index++) {
      const delivery = deliveries[index]!;
      for (; turns[told]?.before === index; told++) this.#turn(turns[told]!);
      const { to, except } = delivery;
      const wire = this.#toWire(delivery);
      const count = 'run' in delivery ? delivery.count : 1;
      if (typeof to === 'number') {
        this.#crowd.before(to);
        this.#send(this.#sessions.get(to), wire, count);
      } else {
        this.#crowd.push(to, except, wire, count);
        // Whoever listens is told of each line when it is said.
        if (this.listenerCount('send') > 0) this.#crowd.flush();
      }
    }
    for (; told < turns.length; told++) this.#turn(turns[told]!);
  }

  #toWire(delivery: Delivery): string {
    if (!('run' in delivery)) return this.#wire.encodeToLatin1(delivery.line);
    return delivery.run.slice(delivery.from, delivery.end);
  }

  #turn(turn: Turn | Rounds): void {
    if ('ring' in turn) return this.#rounds(turn);
    const { client, room, seat, state } = turn;
    if (state === 'waiting') this.#turnDeadlines.start(room, client);
    else if (this.#turnDeadlines.isWaiting) this.#waited({ client, room, seat }, state);
    if (state === 'skipped') this.#counts.skips++;
    if (this.listenerCount('turn') > 0) this.emit('turn', turn);
  }

  /** Rounds as a whole: nobody listens to their turns. What the room rested on was the first. */
  #rounds({ room, ring: [first] }: Rounds): void {
    if (first && this.#turnDeadlines.isWaiting)
      this.#waited({ client: first.client, room, seat: first.seat }, 'served');
  }

  #waited(place: Place, end: WaitEnd): void {
    const ms = this.#turnDeadlines.over(place.room, place.client);
    if (ms !== undefined) this.emit('waited', { ...place, end, ms });
  }

  #send(session: Session | undefined, wire: string, count: number): void {
    if (session === undefined || session.isDestroyed) return;
    this.#counts.linesOut += count;
    this.#counts.bytesOut += wire.length;
    if (this.listenerCount('send') > 0) {
      const shown = wire.endsWith('\n') ? wire.slice(0, -1) : wire;
      for (const line of shown.split('\n')) this.#tell('send', session.client, { line });
    }
    if (session.send(wire, count)) this.#loop.mark(session);
    else this.#drop(session, 'did not read');
  }

  /** Ends a connection at once; what waits for it is lost. */
  #drop(session: Session, reason: DropReason): void {
    if (session.isDestroyed) return;
    this.#tell('drop', session.client, { address: session.address, reason });
    session.destroy(reason);
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

  /** Tells whoever is reached, waits for them for `graceMs`, and reports. */
  async #quit(quit: Quit): Promise<void> {
    const { scope, by, seat, room, reason } = quit;
    const told = quit.clients.flatMap((client) => this.#sessions.get(client)?.place ?? []);
    const notice: QuitNotice = { scope, seat, room, reason, told };
    if (scope === 'all') {
      if (this.#closing) return;
      this.#closing = true;
      this.#turnDeadlines.stopAll();
    } else if (room !== undefined) this.#turnDeadlines.stop(room);
    if (scope === 'all') this.#door.close(reason);
    const stopped = scope === 'all' ? this.#listener.close() : undefined;
    this.emit('quit', notice);
    const sessions = told.flatMap(({ client }) => this.#sessions.get(client) ?? []);
    for (const session of sessions) session.ignoreInput();
    const group = groupOf(scope === 'all' ? this.#sessions.values() : sessions, this.#clock);
    if (scope === 'all') this.#group = group;
    const report = await group.quit({
      ...(by !== undefined && { by }),
      reason,
      graceMs: this.#graceMs,
    });
    await Promise.all([stopped, ...sessions.map((session) => session.finished)]);
    const isClean = ({ client }: Place): boolean => report.members.get(client)?.outcome === 'drained';
    const done: CloseReport = {
      ...notice,
      clean: told.filter(isClean),
      forced: told.filter((place) => !isClean(place)),
      tookMs: report.tookMs,
    };
    this.emit('quitDone', done);
    if (scope === 'all') this.#resolveClosed(done);
  }
}

function groupOf(sessions: Iterable<Session>, clock: Clock): QuitGroup<Client> {
  const group = new QuitGroup<Client>({ clock });
  for (const session of sessions) group.add(session.client, session);
  return group;
}
