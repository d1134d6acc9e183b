import { VirtualClock } from '@proto/scheduler/testing';
import { ClusterNode } from '../../src/cluster/node.ts';
import type { ClusterError } from '../../src/cluster/cluster-error.ts';
import type { LedgerSetup } from '../../src/cluster/ledger.ts';
import type { Log } from '../../src/cluster/log.ts';
import { type LogFaults, MemoryLog } from '../../src/cluster/logs/memory.ts';
import type { Journal } from '../../src/journal/journal.ts';
import { type Client, emptied, nothing } from '../../src/room/records.ts';
import type { RoomsOptions } from '../../src/room/rooms.ts';
import { DEFAULTS, linesOf } from '../room/house.ts';

/** A generator of numbers from 0 to 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** A node with a server that has no sockets: it keeps what each of its clients is sent. */
export class SimNode {
  readonly node: ClusterNode;
  readonly got: Map<Client, string[]> = new Map();
  readonly closed: Set<Client> = new Set();
  /** What was answered, in the order of all: client and turn. */
  readonly served: string[] = [];
  /** Snapshots that were asked of it. */
  readonly snapshots: number[] = [];
  failure: ClusterError | undefined;
  readonly warnings: string[] = [];
  /** It has joined the others. */
  isUp = false;
  /** Its process is stopped: nothing runs, nothing arrives. */
  isFrozen = false;
  readonly #soon: (() => void)[] = [];
  #journal: Journal | undefined;
  #clients = 0;

  constructor(name: string, cluster: Cluster, random: () => number) {
    const { clock, log, setup, clockOffMs } = cluster;
    this.node = new ClusterNode({
      log: this.#frozen(log.open()),
      clock: {
        now: () => clock.now() + clockOffMs,
        setTimeout: (act, ms) => clock.setTimeout(() => this.#run(act), ms),
      },
      name,
      incarnation: `${name}.${Math.floor(random() * 2 ** 32).toString(16)}`,
      ...setup,
      maxOutboxBytes: 1_048_576,
      logTimeoutMs: cluster.logTimeoutMs,
      snapshot: (upTo) => Promise.resolve(void this.snapshots.push(upTo)),
      failed: (error) => {
        this.failure = error;
      },
      warn: (text) => void this.warnings.push(text),
      soon: (act) => void clock.setTimeout(() => this.#run(act), 0),
    });
  }

  async start(): Promise<this> {
    this.isUp = await this.node.join();
    if (!this.isUp) return this;
    const out = nothing();
    this.#journal = this.node.journal(({ record }) => {
      const outcome = this.node.ledger.rooms.apply(record, emptied(out));
      for (const delivery of outcome.deliveries) {
        const { to, except } = delivery;
        for (const client of typeof to === 'number' ? [to] : to) {
          if (client !== except) this.got.get(client)?.push(...linesOf(delivery));
        }
      }
      for (const { client, lines } of outcome.served) this.served.push(`${client}*${lines}`);
      for (const client of outcome.closed) this.closed.add(client);
      return outcome;
    });
    return this;
  }

  /** A client of this node. */
  join(): Client {
    const client = this.node.firstClient + ++this.#clients;
    this.got.set(client, []);
    this.#journal?.append({ type: 'join', client, address: 'memory' });
    return client;
  }

  say(client: Client, text: string): void {
    this.#journal?.append({ type: 'line', client, text });
  }

  append(record: Parameters<Journal['append']>[0]): void {
    this.#journal?.append(record);
  }

  /** The process goes on: whatever was due runs now. */
  thaw(): void {
    this.isFrozen = false;
    for (const act of this.#soon.splice(0)) act();
  }

  replies(client: Client): string[] {
    return this.got.get(client)?.filter((line) => !line.startsWith('* ')) ?? [];
  }

  #run(act: () => void): void {
    if (this.isFrozen) this.#soon.push(act);
    else act();
  }

  #frozen(log: Log): Log {
    const run = (act: () => void): void => this.#run(act);
    return {
      window: log.window,
      append: (entry) => log.append(entry),
      read: (after, reader) =>
        log.read(after, {
          entry: (position, text) => run(() => reader.entry(position, text)),
          lost: () => run(() => reader.lost()),
          wentBack: () => run(() => reader.wentBack()),
        }),
      save: (snapshot) => log.save(snapshot),
      newest: () => log.newest(),
      trim: (upTo) => log.trim(upTo),
      close: () => log.close(),
    };
  }
}

async function waitFor(started: Promise<unknown>, done: () => void): Promise<void> {
  await Promise.allSettled([started]);
  done();
}

/** Several nodes on one log in memory, and one clock. */
export class Cluster {
  readonly clock: VirtualClock = new VirtualClock();
  readonly log: MemoryLog;
  /** Of the nodes that are started from now on. */
  options: RoomsOptions;
  rules = 1;
  /** How much their clocks are ahead. In milliseconds. */
  clockOffMs = 0;
  readonly nodes: SimNode[] = [];
  /** How long the log may be away before a node gives up. */
  logTimeoutMs: number | 'never' = 'never';
  readonly #random: () => number;

  constructor(options: Partial<RoomsOptions> = {}, seed = 1, faults?: Omit<LogFaults, 'random'>) {
    this.#random = seeded(seed);
    this.options = { ...DEFAULTS, ...options };
    this.log = new MemoryLog(this.clock, {
      ...(faults && { faults: { ...faults, random: this.#random } }),
    });
  }

  get setup(): LedgerSetup {
    return { rooms: this.options, rules: this.rules, alike: JSON.stringify(this.options) };
  }

  /** Starts a node, without waiting for anything. */
  begin(name: string): SimNode {
    return new SimNode(name, this, this.#random);
  }

  /** Starts a node, and waits until it's up. */
  async start(name: string): Promise<SimNode> {
    const node = this.begin(name);
    const started = node.start();
    const turns = { left: 10_000 };
    const done = (): void => {
      turns.left = 0;
    };
    void waitFor(started, done);
    for (; turns.left > 0; turns.left--) await this.clock.advance(5);
    await started;
    this.nodes.push(node);
    return node;
  }

  async startAll(count: number): Promise<SimNode[]> {
    for (let n = 0; n < count; n++) await this.start(String.fromCharCode(97 + n));
    return this.nodes;
  }

  /** Time passes. */
  pass(ms: number): Promise<void> {
    return this.clock.advance(ms);
  }

  /** Time passes until this holds. */
  async until(holds: () => boolean, mostMs = 60_000): Promise<void> {
    for (let ms = 0; !holds(); ms += 10) {
      if (ms > mostMs) throw new Error(`Not after ${mostMs} ms`);
      await this.clock.advance(10);
    }
  }
}
