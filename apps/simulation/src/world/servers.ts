import { createServer, type Connection, type Entry, type Listener, type Server } from '@proto/server';
import { ClusterNode } from '../../../server/src/cluster/node.ts';
import { MemoryLog } from '../../../server/src/cluster/logs/memory.ts';
import { afterReading } from '../../../server/src/edge/loop-clock.ts';
import type { Journal, OpenJournal, Read } from '../../../server/src/journal/journal.ts';
import { roomsOptions } from '../../../server/src/journal/rooms-options.ts';
import { settingsOf } from '../../../server/src/options/settings.ts';
import type { RoomRecord } from '../../../server/src/room/records.ts';
import { RULES } from '../../../server/src/room/rules.ts';
import type { Plan } from '../plan/plan.ts';
import type { Random } from '../random.ts';
import type { WorldClock } from './clock.ts';
import { handlerOf } from './handler.ts';

/** Where connections come from: the players bring them. */
export class WorldListener implements Listener {
  onConnection: ((connection: Connection) => void) | undefined;

  listen(onConnection: (connection: Connection) => void): Promise<string> {
    this.onConnection = onConnection;
    return Promise.resolve('world:1');
  }

  close(): Promise<void> {
    this.onConnection = undefined;
    return Promise.resolve();
  }
}

/** One server of a world. */
export interface Node {
  readonly server: Server;
  readonly listener: WorldListener;
  /** If it shares its rooms. */
  readonly shared: ClusterNode | undefined;
}

export interface ServersOwner {
  readonly plan: Plan;
  readonly clock: WorldClock;
  readonly random: Random;
  /** A server has got an entry back, and has not applied it yet. */
  before(node: number, entry: Entry): void;
  /** It has applied it, and carried out what follows. */
  after(node: number, entry: Entry): void;
  /** A server gives up. */
  failed(error: unknown): void;
}

/** Starts the servers of a world. `made` gets each before anybody can connect to it. */
export async function startServers(owner: ServersOwner, made: (node: Node) => void): Promise<void> {
  const { plan, clock, random } = owner;
  const { dropped, misreported, doubled, delayMs } = plan.journal;
  const faults = { random: () => random.next(), dropped, misreported, doubled, delayMs };
  const log = plan.nodes > 1 ? new MemoryLog(clock, { faults }) : undefined;
  for (let index = 0; index < plan.nodes; index++) made(await startServer(owner, index, log));
}

async function startServer(owner: ServersOwner, index: number, log: MemoryLog | undefined): Promise<Node> {
  const { plan, clock } = owner;
  const options = { ...plan.options, port: 0, ...(plan.handler && { transform: handlerOf(clock) }) };
  const listener = new WorldListener();
  const watched =
    (
      open: (
        read: Read,
        ...rest: Parameters<OpenJournal> extends [Read, ...infer Rest] ? Rest : never
      ) => Journal,
    ): OpenJournal =>
    (read, listening) =>
      open((entry) => {
        owner.before(index, entry);
        const out = read(entry);
        owner.after(index, entry);
        return out;
      }, listening);
  const shared = log && (await joined(owner, index, log));
  const journal = shared
    ? watched(shared.journal)
    : watched((read) => new WorldJournal(clock, read, plan.journal.delayMs));
  const own = plan.watcher === 'nobody' ? undefined : journal;
  const server = createServer(options, listener, afterReading(clock), own);
  if (shared) void server.closed.then(() => shared.part());
  return { server, listener, shared };
}

async function joined(owner: ServersOwner, index: number, log: MemoryLog): Promise<ClusterNode> {
  const { plan, clock } = owner;
  const settings = settingsOf({ ...plan.options, ...(plan.handler && { transform: () => undefined }) });
  const rooms = roomsOptions(settings);
  const node = new ClusterNode({
    log: log.open(),
    clock: afterReading(clock),
    name: `node-${index}`,
    incarnation: `node-${index}.${index}`,
    rooms,
    rules: RULES,
    alike: JSON.stringify(rooms),
    maxOutboxBytes: settings.maxOutboxBytes,
    failed: (error) => owner.failed(error),
  });
  await node.join();
  return node;
}

/** The journal of a server alone. Entries come back in the same call, or, as from a network, as text and later. */
class WorldJournal implements Journal {
  readonly #clock: WorldClock;
  readonly #read: Read;
  readonly #delayMs: number;
  readonly #waiting: RoomRecord[] = [];
  #isReading = false;
  #seq = 0;

  constructor(clock: WorldClock, read: Read, delayMs: number) {
    this.#clock = clock;
    this.#read = read;
    this.#delayMs = delayMs;
  }

  append(record: RoomRecord): void {
    if (this.#delayMs === 0) return this.#next(record);
    const text = JSON.stringify(record);
    this.#clock.setTimeout(() => this.#next(JSON.parse(text) as RoomRecord), this.#delayMs);
  }

  #next(record: RoomRecord): void {
    this.#waiting.push(record);
    if (this.#isReading) return;
    this.#isReading = true;
    try {
      for (let next = this.#waiting.shift(); next !== undefined; next = this.#waiting.shift())
        this.#read({ seq: ++this.#seq, at: this.#clock.time, record: next });
    } finally {
      this.#isReading = false;
    }
  }
}
