import { BYTES_PER_LINE } from '../options/options.ts';
import type { RoomsDump } from '../room/dump/room-dump.ts';
import type { Client, Outcome, RoomRecord } from '../room/records.ts';
import { Rooms, type RoomsOptions } from '../room/rooms.ts';
import { ClusterError, OTHER_RELEASE } from './cluster-error.ts';
import { Digest } from './digest.ts';
import {
  type Damage,
  ENTRY_FORMAT,
  type Incarnation,
  type LogEntry,
  type NodeRecord,
  readEntry,
} from './entry.ts';
import type { Snapshot } from './log.ts';

/** Client numbers of one node, and of all before it: more than a node ever gives. */
export const CLIENTS_PER_NODE: number = 2 ** 32;

/** How many nodes that are gone are remembered: what they still had on its way may come late. */
const MOST_GONE = 1_024;

/** What decides outcomes, apart from the log. */
export interface LedgerSetup {
  readonly rooms: RoomsOptions;
  /** By which rules records become outcomes. */
  readonly rules: number;
  /** Every option that decides outcomes, as JSON. */
  readonly alike: string;
}

/** A node, as the log says. */
export interface NodeState {
  readonly node: Incarnation;
  readonly name: string;
  readonly rules: number;
  readonly options: string;
  /** How many nodes came up before it. */
  readonly ordinal: number;
  /** The number of its next entry. */
  readonly next: number;
  readonly isUp: boolean;
}

/** Why a node may not come up. */
export interface Unlike {
  /** A node that is up. */
  readonly node: NodeState;
  readonly what: 'rules' | 'options';
}

/** What a ledger tells. Nothing that its owner does with it changes what the ledger does next. */
export interface LedgerOwner {
  /** Applies a record to the rooms, and carries out what follows. */
  apply(record: RoomRecord): Outcome;
  /** An entry counts, and is done. */
  took?(node: Incarnation, seq: number): void;
  /** An entry doesn't count. `expected`: the number that would; `undefined` for a node that isn't up. */
  passedOver?(node: Incarnation, seq: number, expected: number | undefined): void;
  up?(node: NodeState): void;
  /** A node asked to come up that isn't like one that is up. */
  refused?(node: Incarnation, unlike: Unlike): void;
  beat?(node: Incarnation, beat: Extract<NodeRecord, { type: 'beat' }>): void;
  /** `by`: the node that said so. */
  gone?(node: NodeState, by: Incarnation): void;
  /** An entry can't be read. It's passed over by every node. */
  damaged?(position: number, damage: Damage): void;
}

/** Everything a ledger knows, as plain data. JSON keeps all of it. */
export interface LedgerDump {
  readonly format: number;
  /** Those of the nodes that wrote the last entries. Nodes with others can't read `rooms`. */
  readonly rules: number;
  readonly options: string;
  readonly position: number;
  readonly digest: number;
  readonly nodes: readonly NodeState[];
  readonly ups: number;
  readonly records: number;
  /** Lines at the handler: ticket and client. */
  readonly work: readonly (readonly [ticket: number, client: Client])[];
  /** Rooms whose turns are held, and who holds them. */
  readonly held: readonly (readonly [room: string, node: Incarnation])[];
  readonly rooms: RoomsDump;
}

/**
 * Applies the entries of a log to rooms: which entries count, which client is which, when ticks come. The same entries give the
 * same outcomes on every node.
 *
 * An entry counts if its node is up and its number is that node's next. Number 0 brings the node up; `gone` records before the `up`
 * count if it does.
 *
 * An `up` while no node is up begins with blank rooms. If its rules or options aren't those of this ledger, the ledger only follows
 * which nodes are up, until the next such `up`.
 */
export class Ledger {
  readonly #setup: LedgerSetup;
  readonly #owner: LedgerOwner;
  readonly #nodes = new Map<Incarnation, { -readonly [Key in keyof NodeState]: NodeState[Key] }>();
  readonly #work = new Map<number, Client>();
  /** The rooms whose turns are held, and the node that holds them. */
  readonly #held = new Map<string, Incarnation>();
  /** What was pushed, and how many of these were taken. */
  readonly #waiting: string[] = [];
  #taken = 0;
  #rooms: Rooms;
  #digest: Digest;
  /** The entries are of nodes that are unlike this one. */
  #isForeign = false;
  #isStopped = false;
  #bytesBehind = 0;
  #ups = 0;
  #records = 0;
  #position = 0;
  /** The entry that is being applied. */
  #open: Generator<number> | undefined;

  private constructor(setup: LedgerSetup, owner: LedgerOwner, dump?: LedgerDump) {
    const { rooms: options, rules, alike } = setup;
    this.#setup = setup;
    this.#owner = owner;
    this.#digest = new Digest(dump?.position ?? 0, dump?.digest);
    this.#isForeign = dump !== undefined && (dump.rules !== rules || dump.options !== alike);
    this.#rooms =
      dump === undefined || this.#isForeign ? new Rooms(options) : Rooms.from(dump.rooms, options);
    if (dump === undefined) return;
    this.#ups = dump.ups;
    this.#records = dump.records;
    this.#position = dump.position;
    for (const node of dump.nodes) this.#nodes.set(node.node, { ...node });
    for (const [ticket, client] of dump.work) this.#work.set(ticket, client);
    for (const [room, node] of dump.held) this.#held.set(room, node);
  }

  /**
   * A ledger that goes on from a snapshot, or from the beginning of the log.
   *
   * Errors: throws a `ClusterError` for a snapshot that can't be read.
   */
  static at(snapshot: Snapshot | undefined, setup: LedgerSetup, owner: LedgerOwner): Ledger {
    return new Ledger(setup, owner, snapshot && dumpOf(snapshot));
  }

  /** Everything it knows. Call it between entries, and only where the nodes are like this one. */
  dump(): LedgerDump {
    if (this.#open !== undefined) throw new Error('Cannot dump: an entry is half applied');
    if (this.#isForeign) throw new Error('Cannot dump: the rooms are those of other rules or options');
    return {
      format: ENTRY_FORMAT,
      rules: this.#setup.rules,
      options: this.#setup.alike,
      position: this.#position,
      digest: this.#digest.now,
      nodes: Array.from(this.#nodes.values(), (node) => ({ ...node })),
      ups: this.#ups,
      records: this.#records,
      work: [...this.#work],
      held: [...this.#held],
      rooms: this.#rooms.dump(),
    };
  }

  /** Blank, while the nodes that are up are unlike this one. */
  get rooms(): Rooms {
    return this.#rooms;
  }

  /** How many entries are done. */
  get position(): number {
    return this.#position;
  }

  /** How many records were applied, ticks included. */
  get records(): number {
    return this.#records;
  }

  /** Whether something that was pushed isn't done. */
  get isBehind(): boolean {
    return this.#open !== undefined || this.#waiting.length > 0;
  }

  /** How many bytes were pushed and not applied. */
  get bytesBehind(): number {
    return this.#bytesBehind;
  }

  /** What happened up to now, as a number: equal on all nodes at one position. */
  get digest(): number {
    return this.#digest.now;
  }

  /** The digest after this many entries; `undefined`: too long ago, or not yet. */
  digestAt(position: number): number | undefined {
    return this.#digest.at(position);
  }

  /** The nodes that are up. */
  get up(): NodeState[] {
    return [...this.#nodes.values()].filter(({ isUp }) => isUp);
  }

  /** Every node that is up, and the last ones that are gone. */
  get nodes(): ReadonlyMap<Incarnation, NodeState> {
    return this.#nodes;
  }

  /** The node of a client, by its number. */
  nodeOf(client: Client): NodeState | undefined {
    const ordinal = Math.floor(client / CLIENTS_PER_NODE);
    for (const node of this.#nodes.values()) if (node.ordinal === ordinal) return node;
    return undefined;
  }

  /** The next entry of the log. */
  push(text: string): void {
    this.#waiting.push(text);
    this.#bytesBehind += text.length;
  }

  /**
   * Applies what was pushed, until about this many bytes of output came of it. True: there is more. Where it stops changes no
   * outcome.
   */
  step(bytes: number): boolean {
    let left = bytes;
    while (left > 0 && !this.#isStopped) {
      this.#open ??= this.#next();
      if (this.#open === undefined) return this.#waiting.length > 0;
      const { done, value } = this.#open.next();
      if (done === true) this.#open = undefined;
      left -= done === true ? LEAST_COST : value;
    }
    return this.isBehind;
  }

  /** The next text. An array of more than 20,000 moves all of them at each `shift`, so they go when half of them were taken. */
  #shift(): string | undefined {
    const text = this.#waiting[this.#taken];
    this.#bytesBehind -= text?.length ?? 0;
    if (text === undefined) return undefined;
    this.#waiting[this.#taken++] = '';
    if (2 * this.#taken >= this.#waiting.length) {
      this.#waiting.splice(0, this.#taken);
      this.#taken = 0;
    }
    return text;
  }

  /** Nothing more is applied. */
  stop(): void {
    this.#isStopped = true;
  }

  /** The next entry that counts. Those before it are passed over. */
  #next(): Generator<number> | undefined {
    for (let text = this.#shift(); text !== undefined; text = this.#shift()) {
      const entry = readEntry(text);
      if ('records' in entry) {
        if (this.#counts(entry)) return this.#applied(entry);
      } else this.#owner.damaged?.(this.#position + 1, entry);
      this.#done();
    }
    return undefined;
  }

  #counts({ node, seq, records }: LogEntry): boolean {
    const known = this.#nodes.get(node);
    const at = records.findIndex(({ type }) => type !== 'gone');
    const up = records[at];
    if (known === undefined && seq === 0 && up?.type === 'up') {
      return this.#comesUp(node, up, records.slice(0, at));
    }
    if (known?.isUp === true && seq === known.next) {
      known.next++;
      return true;
    }
    this.#owner.passedOver?.(node, seq, known?.isUp === true ? known.next : undefined);
    return false;
  }

  /** `before`: what the node says first, of others that are gone. */
  #comesUp(
    node: Incarnation,
    { name, rules, options }: Extract<NodeRecord, { type: 'up' }>,
    before: LogEntry['records'],
  ): boolean {
    const gone = before.flatMap((record) => (record.type === 'gone' ? record.node : []));
    const others = this.up.filter((other) => !gone.includes(other.node));
    const unlike = others.find((other) => other.rules !== rules || other.options !== options);
    if (unlike !== undefined) {
      this.#owner.refused?.(node, { node: unlike, what: unlike.rules === rules ? 'options' : 'rules' });
      return false;
    }
    // Nobody is left to whom much could be sent.
    for (const other of gone) for (const _ of this.#gone(other, node));
    if (others.length === 0) this.#begin(rules === this.#setup.rules && options === this.#setup.alike);
    const state = { node, name, rules, options, ordinal: this.#ups++, next: 1, isUp: true };
    this.#nodes.set(node, state);
    this.#owner.up?.(state);
    return true;
  }

  /** Nobody is up, so nobody is in. */
  #begin(isAlike: boolean): void {
    this.#isForeign = !isAlike;
    this.#rooms = new Rooms(this.#setup.rooms);
    this.#work.clear();
    this.#held.clear();
    this.#records = 0;
    this.#digest = new Digest(this.#position);
  }

  /** Applies an entry. Yields after each step what it has cost. */
  *#applied({ node, seq, records }: LogEntry): Generator<number> {
    const base = this.#nodes.get(node)!.ordinal * CLIENTS_PER_NODE;
    for (const record of records) {
      if (record.type === 'gone') yield* this.#gone(record.node, node);
      else yield this.#take(node, record, base);
      // A node that says it's gone says nothing more.
      if (record.type === 'gone' && record.node === node) break;
    }
    for (let more = true; more && this.#rooms.wantsTick;) {
      const outcome = this.#apply({ type: 'tick' });
      more = outcome.more;
      yield costOf(outcome);
    }
    this.#done();
    this.#owner.took?.(node, seq);
  }

  #done(): void {
    this.#position++;
    this.#digest.close(this.#position);
  }

  /** Returns what it has cost. */
  #take(node: Incarnation, record: Exclude<RoomRecord | NodeRecord, { type: 'gone' }>, base: number): number {
    if (this.#isForeign) return LEAST_COST;
    switch (record.type) {
      case 'up':
        return LEAST_COST;
      case 'beat':
        this.#owner.beat?.(node, record);
        return LEAST_COST;
      case 'hold':
        return this.#hold(node, record);
      case 'kick':
      case 'say':
      case 'step':
      case 'tick':
        return costOf(this.#apply(record));
      case 'quit':
        return costOf(
          this.#apply(record.client === undefined ? record : { ...record, client: base + record.client }),
        );
      default:
        return costOf(this.#apply({ ...record, client: base + record.client }));
    }
  }

  /** What a node holds goes on when it's gone, so it's remembered. */
  #hold(node: Incarnation, record: Extract<RoomRecord, { type: 'hold' }>): number {
    const cost = costOf(this.#apply(record));
    this.#held.delete(record.room);
    for (const room of this.#held.keys()) if (!this.#rooms.all.has(room)) this.#held.delete(room);
    if (record.on && this.#rooms.all.has(record.room)) this.#held.set(record.room, node);
    return cost;
  }

  /** The turns that a node holds go on. Its clients leave, in the order in which they came. Then what the handler had of them ends. */
  *#gone(node: Incarnation, by: Incarnation): Generator<number> {
    const state = this.#nodes.get(node);
    if (state?.isUp !== true) return;
    state.isUp = false;
    const isOfNode = (client: Client): boolean => Math.floor(client / CLIENTS_PER_NODE) === state.ordinal;
    for (const room of Array.from(this.#held.keys()).filter((each) => this.#held.get(each) === node)) {
      yield costOf(this.#apply({ type: 'hold', room, on: false }));
      this.#held.delete(room);
    }
    for (const client of [...this.#rooms.clients()].filter(isOfNode))
      yield costOf(this.#apply({ type: 'leave', client, reason: 'node gone' }));
    for (const [ticket, client] of Array.from(this.#work).filter(([, of]) => isOfNode(of)))
      yield costOf(this.#apply({ type: 'done', client, ticket, result: { text: undefined } }));
    const gone = [...this.#nodes.values()].filter(({ isUp }) => !isUp);
    for (const old of gone.slice(0, -MOST_GONE)) this.#nodes.delete(old.node);
    this.#owner.gone?.(state, by);
  }

  #apply(record: RoomRecord): Outcome {
    this.#records++;
    const outcome = this.#owner.apply(record);
    for (const { ticket, client } of outcome.work) this.#work.set(ticket, client);
    if (record.type === 'done') this.#work.delete(record.ticket);
    this.#digest.add(outcome);
    return outcome;
  }
}

/** Errors: throws a `ClusterError`. */
function dumpOf({ position, state }: Snapshot): LedgerDump {
  let dump: LedgerDump;
  try {
    dump = JSON.parse(state) as LedgerDump;
  } catch (error) {
    const text = `Cannot join: the snapshot of the log after entry ${position} is damaged`;
    throw new ClusterError('unreachable', `${text}. Take another --cluster`, { cause: error });
  }
  if (dump.format === ENTRY_FORMAT) return dump;
  throw new ClusterError(
    'unlike',
    `Cannot join: the snapshot of the log after entry ${position} has format ${dump.format}, and this release reads only ${ENTRY_FORMAT}. ${OTHER_RELEASE}`,
  );
}

/** What it costs to apply anything. In bytes, as is every cost. */
const LEAST_COST = 32;

/** How much of their outboxes clients are charged for what came of a record, about. */
function costOf({ deliveries }: Outcome): number {
  let cost = LEAST_COST;
  for (const delivery of deliveries)
    cost +=
      'run' in delivery
        ? delivery.end - delivery.from + BYTES_PER_LINE * delivery.count
        : delivery.line.length + BYTES_PER_LINE;
  return cost;
}
