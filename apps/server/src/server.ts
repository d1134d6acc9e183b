import { EventEmitter } from 'node:events';
import type { Clock } from '@proto/scheduler';
import { escape } from '@proto/xray';
import type { Ban } from './door/bans.ts';
import { Door } from './door/door.ts';
import { foreignText } from './door/foreign-greeting.ts';
import { Edge } from './edge/edge.ts';
import { framingsOf } from './edge/framings.ts';
import { loopClock } from './edge/loop-clock.ts';
import { PassTime } from './edge/pass-time.ts';
import type { Session } from './edge/session.ts';
import { Effects } from './effects/effects.ts';
import { LameDuck } from './effects/lame-duck.ts';
import { Quits } from './effects/quits.ts';
import { reload, Reloads } from './effects/reload.ts';
import { TurnDeadlines } from './effects/turn-deadlines.ts';
import { Handling } from './effects/work.ts';
import { type Counts, noCounts } from './events/counts.ts';
import type { CloseReport, ConnectionLoad, QuitNotice, ServerEvents, ServerLoad } from './events/events.ts';
import { Senders } from './events/senders.ts';
import { Telling } from './events/telling.ts';
import { InProcessJournal } from './journal/in-process.ts';
import type { Journal, OpenJournal, Read, Shared } from './journal/journal.ts';
import { type CloseOptions, type DrainOptions, whyNotClose, whyNotSaid } from './options/close-options.ts';
import type { ServerOptions, Settings } from './options/options.ts';
import { roomsOptions } from './journal/rooms-options.ts';
import { settingsOf, whyOpen } from './options/settings.ts';
import type { Person } from './room/person.ts';
import { clientOf, emptied, type Entry, nothing, type Outcome, type RoomRecord } from './room/records.ts';
import type { RoomStatus } from './room/room-status.ts';
import { Rooms } from './room/rooms.ts';
import { type Connection, type Listener, ListenError } from './transport/listener.ts';
import { listenerFor } from './transport/listener-for.ts';

/** How long the handler may work in one pass of the event loop, which is one line at least: a round of many clients is written once. */
const HANDLER_MS = 10;
/** How many rooms are served before the clock is looked at. Each may answer 64 lines. */
const ROOMS_PER_TICK = 32;

/**
 * A TCP line server in which clients take turns. Any number of servers run in one process; nothing is global.
 *
 * `transform` may be your own function: `(line, from) => string | undefined`, or a promise of that.
 *
 * `clock` is where all its deadlines come from. Tests bring their own. `journal` gives the records their order; left out, this
 * process does.
 *
 * Errors: throws an `OptionError` for an invalid option.
 *
 * @example
 * ```ts
 * import { createServer } from '@proto/server';
 *
 * const server = createServer({ port: 0, order: 'free', transform: (line, from) => `${from.seat} said ${line}` });
 * server.on('listening', ({ address }) => console.log(address.replace(/\d+$/, 'PORT'))); // 127.0.0.1:PORT
 * await server.listen();
 * await server.close();
 * ```
 */
export function createServer(
  options: ServerOptions = {},
  listener?: Listener,
  clock: Clock = loopClock,
  journal?: ServerSurroundings['journal'],
): Server {
  const settings = settingsOf({ ...options });
  const exemptsLoopback = options.maxClientsPerAddress === undefined;
  const countsLocalConnects = options.maxConnectsPerSecond !== undefined;
  const surroundings = { clock, exemptsLoopback, countsLocalConnects, ...(journal && { journal }) };
  return new Server(settings, listener ?? listenerFor(settings), surroundings);
}

/** What a server is told apart from its options. */
export interface ServerSurroundings {
  /** Where all its deadlines come from. */
  readonly clock: Clock;
  /** Clients on this machine aren't counted by address. */
  readonly exemptsLoopback: boolean;
  /** Connections from this machine count for `maxConnectsPerSecond`. @default false */
  readonly countsLocalConnects?: boolean;
  /** What gives the records their order. Left out: this process does. */
  readonly journal?: OpenJournal;
}

/** A year. */
const MOST_BAN_MS = 31_536_000_000;

/** See `createServer`. It connects the parts: sessions feed records to the rooms, and carry out what the rooms say. */
export class Server extends EventEmitter<ServerEvents> implements AsyncDisposable {
  /** Every option with its value. */
  readonly settings: Settings;
  /** Settles when the server has closed, by a quit or by `close()`. */
  readonly closed: Promise<CloseReport>;
  /** Counts who sends lines, for those who want to know. */
  readonly senders: Senders = new Senders();
  readonly #counts = noCounts();
  readonly #telling = new Telling(this);
  readonly #listener: Listener;
  readonly #door: Door;
  readonly #rooms: Rooms;
  readonly #journal: Journal;
  readonly #edge: Edge;
  readonly #effects: Effects;
  readonly #quits: Quits;
  readonly #turnDeadlines: TurnDeadlines;
  readonly #handling: Handling;
  readonly #lameDuck: LameDuck;
  readonly #reloads: Reloads;
  /** One for all entries: each is carried out before the next, and none is given to anybody. */
  readonly #out = nothing();
  #more = false;
  /** Warnings from before it listened. */
  readonly #early: string[] = [];
  #isListening = false;
  /** Settles when the listener has bound its address, or can't. */
  #bound: Promise<unknown> = Promise.resolve();

  /** Not for programs: `createServer` checks the options and makes what this takes. */
  constructor(settings: Settings, listener: Listener, surroundings: ServerSurroundings) {
    super();
    const { turnTimeoutMs, graceMs } = settings;
    const { clock, journal = (read: Read) => new InProcessJournal(clock, read) } = surroundings;
    this.settings = settings;
    this.#listener = listener;
    this.#journal = journal((entry) => this.#telling.step(() => this.#read(entry)), {
      node: (change) => this.#telling.tell('node', change),
      away: (change) => this.#telling.tell('away', change),
    });
    this.#rooms = this.shared?.rooms ?? new Rooms(roomsOptions(settings));
    this.#door = new Door(settings, {
      ...surroundings,
      ...framingsOf(settings),
      enter: (connection) => this.#edge.enter(connection),
      isAway: () => this.shared?.isAway === true,
      isBusy: () => this.#edge.memory.isShort,
      refused: (address, code, text) => this.#telling.tell('refuse', { address, code, text }),
      probed: () => void this.#counts.probes++,
      telnet: (commands) => void (this.#counts.telnetCommands += commands),
      wrongToken: (address) => this.#telling.tell('wrongToken', { address }),
      cut: (address, code) => this.#telling.tell('cut', { address, code, text: foreignText(code) }),
      warn: (text) => this.#warn(text),
    });
    this.#edge = new Edge({
      settings,
      clock,
      counts: this.#counts,
      telling: this.#telling,
      senders: this.senders,
      append: (record) => this.#append(record),
      answer: (client, text, lines) => this.#answer(client, text, lines),
      handle: () => this.#handling.goOn(),
      firstClient: this.shared?.firstClient ?? 0,
      tick: () => this.#tick(),
      isHeldUp: () => this.shared === undefined && this.#rooms.isHeldUp,
      present: (client) => this.#rooms.roomOf(client)?.clients.length ?? 0,
      presentIn: (room) => this.#rooms.all.get(room)?.clients.length ?? 0,
      isGated: () => this.#door.wantsToken,
      left: (host) => this.#door.left(host),
    });
    const { connections } = this.#edge;
    const turnDeadlines = new TurnDeadlines(turnTimeoutMs, clock, (client, turn) => {
      // Another server's client is that server's concern. A line that is on its way comes before the skip, which then counts for no turn.
      if (connections.get(client) === undefined || this.shared?.isFull === true) return false;
      this.#append({ type: 'skip', client, turn, reason: `waited ${turnTimeoutMs} ms` });
      return true;
    });
    this.#turnDeadlines = turnDeadlines;
    this.#lameDuck = new LameDuck(clock);
    this.#reloads = new Reloads(() =>
      reload([() => this.#listener.reload?.(), () => this.#door.reloadToken()], this.#telling),
    );
    this.#quits = new Quits({
      clock,
      graceMs,
      telling: this.#telling,
      turnDeadlines,
      connections,
      bye: (client, reason) => connections.bye(client, reason),
      stop: (reason) => {
        this.#lameDuck.end();
        this.#door.close(reason);
        return this.#isListening ? this.#listener.close() : this.#bound.then(() => this.#listener.close());
      },
    });
    this.closed = this.#quits.closed;
    this.#handling = new Handling(
      settings,
      { clock, time: new PassTime(clock, HANDLER_MS) },
      {
        done: (record, length) => {
          this.#edge.handled(record.client, length, record.result);
          this.#append(record);
        },
        isGone: (client) => connections.get(client) === undefined,
        failed: (client, error) => {
          const place = connections.placeOf(client);
          if (place) this.#telling.tell('handlerError', { ...place, error });
        },
      },
    );
    void this.closed.then(() => this.#handling.stop());
    this.#effects = new Effects({
      edge: connections,
      telling: this.#telling,
      counts: this.#counts,
      isOwn: (client) => this.shared?.isOwn(client) !== false,
      turnDeadlines,
      work: (work) => this.#handling.give(work),
      quit: (quit) => void this.#quits.carryOut(quit),
    });
  }

  /**
   * Starts accepting. Returns the address that it is bound to.
   *
   * Errors: rejects with a `ListenError` if the address isn't available or the server is closed meanwhile, with an
   *         `OptionError` if a certificate or token file can't be used.
   */
  async listen(): Promise<string> {
    this.#checkOpen();
    await this.#door.open();
    this.#checkOpen();
    const binding = this.#listener.listen((connection) => this.#accept(connection), {
      cut: (cut) => this.#telling.tell('cut', cut),
      warn: (text) => this.#warn(text),
    });
    this.#bound = binding.catch(() => {});
    const address = await binding;
    this.#checkOpen();
    this.#isListening = true;
    this.#telling.tell('listening', { address });
    for (const text of this.#early.splice(0)) this.#warn(text);
    const open = whyOpen(this.settings);
    if (open !== undefined) this.#warn(`Exposed on ${address} ${open}`);
    return address;
  }

  /**
   * Reloads certificates and token for new clients, and emits a `reload` for each, or one for `nothing`. A file that
   * can't be used causes a `warning`, and the old one stays in use. Calls while it reloads share one more reload.
   */
  reload(): Promise<void> {
    return this.#reloads.run();
  }

  /**
   * Closes as a quit does: accepted lines still go to `transform`, which must not wait for this promise, because the
   * promise waits for them. A second call forces the close: what isn't flushed by then is lost.
   *
   * Errors: rejects with a `RangeError` for options out of bounds, and closes nothing.
   */
  close(options: CloseOptions = {}): Promise<CloseReport> {
    const { reason = 'server closed', graceMs } = options;
    const wrong = whyNotClose(options, this.settings.maxLineBytes);
    if (wrong !== undefined) return Promise.reject(new RangeError(wrong));
    if (!this.#quits.begin(graceMs)) return this.closed;
    if (this.shared === undefined) this.#journal.append({ type: 'quit', client: undefined, reason });
    else this.#closeOwn(reason);
    return this.closed;
  }

  /**
   * Closes as `close` does, but `drainMs` later. Until then it isn't ready (`isReady`), still listens and lets clients in: a
   * balancer has time to notice. A call of `close()` skips the rest of that time.
   *
   * Errors: rejects with a `RangeError` for options out of bounds, and closes nothing.
   */
  drain(options: DrainOptions = {}): Promise<CloseReport> {
    const { drainMs = this.settings.drainMs, ...close } = options;
    const { reason = 'server closed' } = close;
    const wrong = whyNotClose(options, this.settings.maxLineBytes);
    if (wrong !== undefined) return Promise.reject(new RangeError(wrong));
    if (this.isDraining) return this.closed;
    if (drainMs === 0 || !this.isAccepting) return this.close(close);
    this.#lameDuck.begin(drainMs, () => void this.close(close));
    this.#telling.tell('drain', { reason, ms: drainMs });
    return this.closed;
  }

  /** Does what `close` does: for `await using`. */
  async [Symbol.asyncDispose](): Promise<void> {
    await this.close();
  }

  /**
   * Holds the turns of a room, or lets them go on. Lines wait meanwhile, and no turn deadline runs. A quit is served, and a room that
   * does not exist is left alone.
   */
  hold(room: string, on: boolean): void {
    this.#journal.append({ type: 'hold', room, on });
  }

  /**
   * Serves at most `turns` lines of a held room, in its order; at most 64.
   *
   * Errors: throws a `RangeError` for anything but an integer from 1.
   */
  step(room: string, turns: number = 1): void {
    if (!(Number.isSafeInteger(turns) && turns >= 1))
      throw new RangeError(`Cannot serve ${String(turns)} turns: expected an integer from 1`);
    this.#journal.append({ type: 'step', room, turns });
  }

  /**
   * Ends a client: its waiting lines are dropped, it gets `* BYE` with the reason, and its turn passes. If several servers share
   * the rooms, it may be a client of another one. False: there is no such client.
   *
   * Errors: throws a `RangeError` for a reason that doesn't fit into a line.
   */
  kick(client: number, reason: string = 'kicked'): boolean {
    this.#checkSaid('kick with reason', reason);
    if (this.#rooms.roomOf(client) === undefined) return false;
    this.#journal.append({ type: 'kick', whom: client, reason });
    return true;
  }

  /**
   * Says something to everybody, or to a room: `* SAY`. A room that does not exist hears nothing.
   *
   * Errors: throws a `RangeError` for a text that doesn't fit into a line.
   */
  say(text: string, room?: string): void {
    this.#checkSaid('say', text);
    this.#journal.append({ type: 'say', room, text });
  }

  /**
   * Lets nobody in from an address or a CIDR block, and ends the clients of this server that are from there. `ms`: for how long;
   * left out: until `unban`. Returns how many clients it has ended. There can be 1,000 bans at a time.
   *
   * Errors: throws a `RangeError` for anything else.
   */
  ban(block: string, ms?: number): number {
    if (ms !== undefined && !(Number.isSafeInteger(ms) && ms >= 1 && ms <= MOST_BAN_MS))
      throw new RangeError(
        `Cannot ban ${shown(block)} for ${String(ms)} ms: expected an integer from 1 to ${MOST_BAN_MS}`,
      );
    const { bans } = this.#door;
    const wrong = bans.add(block, ms);
    if (wrong !== undefined) throw new RangeError(`Cannot ban ${shown(block)}: ${wrong}`);
    const banned = [...this.#edge.connections].filter(({ host }) => bans.has(host));
    return banned.filter(({ client }) => this.kick(client, 'banned')).length;
  }

  /** Takes a ban back. False: there is none of exactly this block. */
  unban(block: string): boolean {
    return this.#door.bans.remove(block);
  }

  /** Who isn't let in, by address. */
  bans(): Ban[] {
    return this.#door.bans.list();
  }

  /** Tells those who listen what an operator has asked for: the event `admin`. Does nothing else. */
  audit(action: ServerEvents['admin'][0]): void {
    this.#telling.tell('admin', action);
  }

  /** What every room is doing now. */
  *status(): Generator<RoomStatus> {
    for (const room of this.#rooms.all.values()) yield room.status;
  }

  /** How many rooms there are. */
  get roomCount(): number {
    return this.#rooms.all.size;
  }

  /** Strict order: how long a room has waited for its client, in ms; `undefined` if it waits for nobody. */
  waitedMs(room: string): number | undefined {
    return this.#turnDeadlines.waitedMs(room);
  }

  /** The quits that have begun and are not over. */
  get quitting(): Iterable<QuitNotice> {
    return this.#quits.underway;
  }

  /** Who is in a room that isn't closing, at most `limit` of them, by room and seat. Takes one step per client returned. */
  people(limit: number = Infinity): Generator<Person> {
    return this.#rooms.people(limit);
  }

  /** What the server has done since it started. The numbers in the returned object keep growing. */
  get counts(): Readonly<Counts> {
    return this.#counts;
  }

  /** What the server holds now. Takes one step per room and per client. */
  load(): ServerLoad {
    const { connections, memory } = this.#edge;
    return { ...this.#rooms.load(), ...connections.load(), memoryBytes: memory.held };
  }

  /** What the connection of a client holds now; `undefined` for one that is gone. */
  loadOf(client: number): ConnectionLoad | undefined {
    const load = this.#edge.connections.loadOf(client);
    return load && { ...load, handlingMs: this.#handling.msOf(client) };
  }

  /** Whether it lets clients in: after `listen()`, until it closes, and while it isn't cut off from those it shares its rooms with. */
  get isAccepting(): boolean {
    return this.#isListening && !this.#quits.isClosing && this.shared?.isAway !== true;
  }

  /** Whether it lets nobody in any more, because it closes or has closed. */
  get isClosing(): boolean {
    return this.#quits.isClosing;
  }

  /** Whether it will close soon, and still lets clients in (`drain`). */
  get isDraining(): boolean {
    return this.#lameDuck.isUnderway;
  }

  /** Whether new clients should come here: it lets them in, and isn't about to close (`drain`). */
  get isReady(): boolean {
    return this.isAccepting && !this.isDraining;
  }

  /** The servers that share its rooms; `undefined`: there are none. */
  get shared(): Shared | undefined {
    return this.#journal.shared;
  }

  /**
   * Closes at once, without the rooms, which may have gone on without this server. What waits is not answered.
   */
  abandon(reason: string): Promise<CloseReport> {
    const { connections } = this.#edge;
    // Those that are being closed have been told why.
    const sessions = this.#quits.isClosing ? [...connections] : this.#quitOwn(reason);
    for (const session of sessions.filter(({ isClosing }) => !isClosing)) {
      if (this.settings.events === 'on')
        connections.deliver({ to: session.client, except: undefined, line: `* BYE ${reason}` });
      connections.close(session.client);
    }
    return this.closed;
  }

  #checkOpen(): void {
    if (this.#quits.isClosing) throw new ListenError('CLOSED', 'Cannot listen: the server has been closed');
  }

  /** Ends the clients of this server; the rooms go on with those of the others. */
  #closeOwn(reason: string): void {
    for (const { client } of this.#quitOwn(reason)) this.#append({ type: 'end', client, reason });
  }

  /** A quit that reaches the clients of this server. Returns their sessions. */
  #quitOwn(reason: string): Session[] {
    const sessions = [...this.#edge.connections];
    const clients = sessions.map(({ client }) => client);
    const none = { by: undefined, seat: undefined, room: undefined };
    void this.#quits.carryOut({ scope: 'all', ...none, reason, clients });
    return sessions;
  }

  /** A record of this server. From other servers too, records come back later. */
  #append(record: RoomRecord): void {
    const { shared } = this;
    if (shared !== undefined) this.#edge.appended(clientOf(record), shared.isFull);
    this.#journal.append(record);
  }

  /** What a client gets for its lines, if that is all that follows from them and nobody is told the entry. */
  #answer(client: number, text: string, lines: number): string | undefined {
    if (this.#journal.isIdle !== true || this.#telling.wants('entry')) return undefined;
    const answer = this.#rooms.answer(client, text, lines);
    if (answer !== undefined) this.#journal.skip?.();
    return answer;
  }

  #checkSaid(act: string, text: string): void {
    const wrong = whyNotSaid(text, this.settings.maxLineBytes);
    if (wrong !== undefined) throw new RangeError(`Cannot ${act} ${wrong}`);
  }

  /** Before it listens, it has nothing to say. */
  #warn(text: string): void {
    if (this.#isListening) this.#telling.tell('warning', { text });
    else this.#early.push(text);
  }

  #accept(connection: Connection): void {
    this.#door.knock(connection);
  }

  /** Whether some lines are left over. */
  #tick(): boolean {
    if (this.shared !== undefined || !this.#rooms.wantsTick) return false;
    this.#more = false;
    this.#journal.append({ type: 'tick', rooms: ROOMS_PER_TICK });
    return this.#more;
  }

  #read(entry: Entry): Outcome {
    this.#telling.tell('entry', entry);
    const out = this.#rooms.apply(entry.record, emptied(this.#out));
    this.#effects.carryOut(out);
    if (entry.record.type === 'kick') this.#edge.kicked(entry.record.whom);
    if (out.more) this.#more = true;
    const { shared } = this;
    if (shared !== undefined) this.#edge.cameBack(clientOf(entry.record), shared.isFull);
    this.#edge.appendSlow();
    // Ticks of its own come at the end of a pass, which writes what they cause.
    if (out.more || entry.record.type !== 'tick' || this.shared !== undefined) this.#edge.schedule();
    return out;
  }
}

/** A block, as it may be wrong. */
function shown(block: unknown): string {
  return typeof block === 'string' ? escape(block) : typeof block;
}
