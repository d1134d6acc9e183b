import type { Clock } from '@proto/scheduler';
import { type LeftOut, type Message, type Right, writeLine } from '@proto/watch';
import type { Server } from '../../server.ts';
import { Batch, nothingLeft } from './batch.ts';
import { NodeChanges, nodesMessage } from './nodes.ts';
import { allRooms, countsOf, Changes, countPeople, stateMessage, watchSettings } from './rows.ts';
import { quitMessage, tap, tenths } from './tap.ts';

/** When batches are sent, and how much they cover. */
export const WATCH = {
  batchMs: 50,
  /** Above 1,000 chunks a second. */
  busyBatchMs: 100,
  busyChunksPerSecond: 1_000,
  /** The time after which a tick is sent without news. */
  idleMs: 250,
  /** Up to this many clients, their rows are checked for each batch; above, every 250 ms. */
  fewPeople: 64,
  peopleMs: 250,
  /** Up to this many clients, all are followed, without being asked for. */
  followedByAll: 8,
  /** A watcher with more unsent bytes gets nothing until it has fewer. */
  unsentBytes: 262_144,
} as const;

/** A watcher: the destination of its batches. */
export interface Watcher {
  /** Bytes that it has not taken yet. */
  readonly unsentBytes: number;
  send(text: string): void;
}

export interface WatchersOptions {
  readonly server: Server;
  readonly rights: readonly Right[];
  readonly clock: Clock;
  /** Where clients connect; empty while the server does not listen. */
  readonly address: () => string;
  /** The lesson that the server is set up for. */
  readonly lesson?: number;
  /** The longest delay of the event loop since it was last asked. In milliseconds. */
  readonly loopMs: () => number;
}

/** The state of a watcher. */
interface Watching {
  follow: ReadonlySet<number>;
  missed: LeftOut | undefined;
  missedSince: number;
}

/** Sends to all watchers what happens. Without watchers nothing listens to the server. No watcher has a queue. */
export class Watchers {
  readonly #options: WatchersOptions;
  readonly #watchers = new Map<Watcher, Watching>();
  #watch: Watch | undefined;

  constructor(options: WatchersOptions) {
    this.#options = options;
  }

  get size(): number {
    return this.#watchers.size;
  }

  /** Adds a watcher. Its first messages are all rooms and clients. */
  add(watcher: Watcher): void {
    if (this.#watch === undefined) {
      this.#watch = new Watch(this.#options, this.#watchers);
    } else this.#watch.flush();
    this.#watchers.set(watcher, { follow: new Set(), missed: undefined, missedSince: 0 });
    watcher.send(this.#watch.opening('first'));
  }

  /** Follows these clients for a watcher. */
  follow(watcher: Watcher, clients: readonly number[]): void {
    const watching = this.#watchers.get(watcher);
    if (watching) watching.follow = new Set(clients);
  }

  delete(watcher: Watcher): void {
    this.#watchers.delete(watcher);
    if (this.#watchers.size > 0) return;
    this.#watch?.stop();
    this.#watch = undefined;
  }

  /** Sends what has collected now, if there is anything. */
  flush(): void {
    this.#watch?.flush();
  }
}

/** The time from the first watcher to the last. */
class Watch {
  readonly #options: WatchersOptions;
  readonly #watchers: ReadonlyMap<Watcher, Watching>;
  readonly #began: number;
  readonly #at = new Date().toISOString();
  readonly #batch: Batch;
  readonly #changes: Changes;
  readonly #nodes: NodeChanges;
  readonly #offs: (() => void)[];
  /** How many clients there were at the last check. */
  #all: number;
  #seq = 0;
  #batchAt: number;
  #peopleAt: number;
  #callOff: () => void;

  constructor(options: WatchersOptions, watchers: ReadonlyMap<Watcher, Watching>) {
    const { server, clock } = options;
    this.#options = options;
    this.#watchers = watchers;
    this.#began = clock.now();
    this.#batchAt = this.#began;
    this.#peopleAt = this.#began;
    this.#batch = new Batch(
      () => this.#t,
      (client) => this.#isFollowed(client),
    );
    this.#changes = new Changes(server);
    this.#nodes = new NodeChanges(server);
    this.#all = countPeople(server);
    const done = (): void => this.flush();
    this.#offs = [tap(server, this.#batch), () => server.off('quitDone', done)];
    server.on('quitDone', done);
    // The opening holds all rooms, clients and nodes.
    this.#changes.rooms(0);
    this.#changes.people(0);
    this.#nodes.nodes(0);
    options.loopMs();
    this.#callOff = clock.setTimeout(() => this.#due(), WATCH.batchMs);
  }

  stop(): void {
    this.#callOff();
    for (const off of this.#offs) off();
  }

  /** What a watcher gets first, or after it has missed something. */
  opening(why: 'first' | 'resync', missed?: LeftOut & { readonly ms: number }): string {
    const { server, rights, address, lesson } = this.#options;
    const hello: Message = {
      k: 'hello',
      v: 1,
      at: this.#at,
      address: address(),
      why,
      ...(missed && { missed }),
      rights,
      settings: { ...watchSettings(server), ...(lesson !== undefined && { lesson }) },
    };
    const closing = address() !== '' && !server.isAccepting && server.shared?.isAway !== true;
    const t = this.#t;
    const state = writeLine(stateMessage(server, { t, all: this.#all, closing }));
    const nodes = nodesMessage(server, t);
    const quits = Array.from(server.quitting, (notice) => writeLine(quitMessage(t, notice)));
    return writeLine(hello) + state + (nodes ? writeLine(nodes) : '') + quits.join('');
  }

  /** Sends what has collected and what has changed, if there is anything. */
  flush(): void {
    this.#lookAround();
    if (!this.#batch.isEmpty) this.#sendBatch();
  }

  #sendBatch(): void {
    const { server, clock, loopMs } = this.#options;
    this.#batchAt = clock.now();
    const { all, left } = this.#batch;
    this.#batch.tell({
      k: 'tick',
      t: this.#t,
      seq: ++this.#seq,
      all: this.#all,
      ...allRooms(server),
      counts: countsOf(server),
      loopMs: tenths(loopMs()),
      left,
    });
    const text = this.#batch.take();
    for (const [watcher, watching] of this.#watchers) this.#send(watcher, watching, text, all);
  }

  get #t(): number {
    return tenths(this.#options.clock.now() - this.#began);
  }

  #isFollowed(client: number): boolean {
    if (this.#all <= WATCH.followedByAll) return true;
    for (const { follow } of this.#watchers.values()) if (follow.has(client)) return true;
    return false;
  }

  #due(): void {
    const { clock } = this.#options;
    const passed = clock.now() - this.#batchAt;
    const isBusy = this.#batch.all.chunks * 1_000 > WATCH.busyChunksPerSecond * passed;
    if (!isBusy || passed >= WATCH.busyBatchMs) {
      this.#lookAround();
      if (!this.#batch.isEmpty || passed >= WATCH.idleMs) this.#sendBatch();
    }
    this.#callOff = clock.setTimeout(() => this.#due(), WATCH.batchMs);
  }

  /** Adds what has changed in rooms and people. */
  #lookAround(): void {
    const now = this.#options.clock.now();
    const t = this.#t;
    const rooms = this.#changes.rooms(t);
    if (rooms) this.#batch.tell(rooms);
    const nodes = this.#nodes.nodes(t);
    if (nodes) this.#batch.tell(nodes);
    if (this.#all > WATCH.fewPeople && now - this.#peopleAt < WATCH.peopleMs) return;
    this.#peopleAt = now;
    this.#all = countPeople(this.#options.server);
    const people = this.#changes.people(t);
    if (people) this.#batch.tell(people);
  }

  #send(watcher: Watcher, watching: Watching, text: string, all: LeftOut): void {
    const now = this.#options.clock.now();
    if (watcher.unsentBytes > WATCH.unsentBytes) {
      if (watching.missed === undefined) watching.missedSince = now;
      watching.missed = sum(watching.missed ?? nothingLeft(), all);
    } else if (watching.missed === undefined) watcher.send(text);
    else {
      const missed = { ...sum(watching.missed, all), ms: tenths(now - watching.missedSince) };
      watching.missed = undefined;
      watcher.send(this.opening('resync', missed));
    }
  }
}

function sum(one: LeftOut, other: LeftOut): LeftOut {
  return {
    chunks: one.chunks + other.chunks,
    bytes: one.bytes + other.bytes,
    turns: one.turns + other.turns,
    others: one.others + other.others,
  };
}
