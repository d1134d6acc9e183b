import type { Clock } from '@proto/scheduler';
import type { Journal, Read, Shared, SharedListener, SharedNode, SharedStatus } from '../journal/journal.ts';
import { type Client, clientOf, emptied, nothing, type Outcome, type RoomRecord } from '../room/records.ts';
import type { Rooms, RoomsOptions } from '../room/rooms.ts';
import { ClusterError, OTHER_RELEASE } from './cluster-error.ts';
import { type Damage, type Incarnation, type NodeRecord } from './entry.ts';
import { CLIENTS_PER_NODE, Ledger, type LedgerOwner, type NodeState, type Unlike } from './ledger.ts';
import type { Log, Position, Snapshot } from './log.ts';
import { newestSnapshot } from './newest-snapshot.ts';
import { Others } from './others.ts';
import { PassedOver } from './passed-over.ts';
import { GoneNodes, sharedNode } from './shared-nodes.ts';
import { Snapshots } from './snapshots.ts';
import { saveAndTrim } from './take-snapshot.ts';
import { Writer, WRITER } from './writer.ts';

/** Times of a node. In milliseconds. */
export const NODE = {
  /** With nothing on its way, it says that it's there. */
  beatMs: 500,
  lookMs: 250,
  /** How long it waits for the end of what it has appended when it parts. */
  partMs: 2_000,
  /** How long the log may take nothing of it while it joins, and reads. */
  unheardMs: 60_000,
  /** How long the log may say nothing while it joins. */
  joinMs: 30_000,
} as const;

/** How many bytes of entries may have been read and not applied. */
const MOST_BEHIND_BYTES = 268_435_456;
/** How many bytes of entries of this node may be on their way before its server reads no more. */
const MOST_PENDING_BYTES = 67_108_864;
/** Entries are applied in one pass of the event loop until their output would fill this part of one outbox, if one client got it all. */
const OUTBOX_PART = 1 / 4;
/** The same in records, while it catches up. */
const SLICE_RECORDS = 500;

export interface NodeOptions {
  readonly log: Log;
  readonly clock: Clock;
  readonly name: string;
  readonly incarnation: Incarnation;
  readonly rooms: RoomsOptions;
  /** The number of the rules by which records become outcomes. */
  readonly rules: number;
  /** Everything that decides outcomes, as JSON. Nodes that differ can't be up together. */
  readonly alike: string;
  /** It can't go on: nothing more is read or appended. */
  readonly failed: (error: ClusterError) => void;
  /** How much output one client may have waiting. In bytes; more, and its server drops it. */
  readonly maxOutboxBytes: number;
  /** Calls back in another pass of the event loop. */
  readonly soon?: (act: () => void) => void;
  readonly warn?: (text: string) => void;
  /** How long the log may be away before the node gives up. @default 'never' */
  readonly logTimeoutMs?: number | 'never';
  /** Takes a snapshot of the log up to an entry, if there is none that is newer than `since`. Left out: the log grows. */
  readonly snapshot?: (upTo: Position, since: Position) => Promise<void>;
}

/** One of several servers that share their rooms: reads the log, applies it, and appends what its own clients do. */
export class ClusterNode implements Journal, LedgerOwner, Shared {
  readonly shared: Shared = this;
  readonly #options: NodeOptions;
  readonly #writer: Writer;
  readonly #others = new Others();
  readonly #passedOver: PassedOver;
  readonly #soon: (act: () => void) => void;
  readonly #out = nothing();
  #ledger: Ledger;
  #read: Read | undefined;
  #listener: SharedListener | undefined;
  #isRunning = false;
  /** Nothing is applied between its `up` and the server that carries things out. */
  #isHeld = false;
  #hasFailed = false;
  #awaySince: number | undefined;
  /** When something was read last. */
  #heardAt = -Infinity;
  #isParting = false;
  #callOffs: (() => void)[] = [];
  #isFlushing = false;
  #joined: { resolve: (isUp: boolean) => void; reject: (error: ClusterError) => void } | undefined;
  /** Its last `up` was refused, and the next one isn't sent yet. */
  #isRefused = false;
  #saidWaiting = false;
  #parted: (() => void) | undefined;
  #wasBlank = false;
  #snapshots: Snapshots | undefined;
  /** Nodes that are gone since there is a server. */
  readonly #gone = new GoneNodes();
  nodesGone = 0;

  constructor(options: NodeOptions) {
    const { incarnation: node, log, clock } = options;
    this.#options = options;
    this.#writer = new Writer({ node, log, clock });
    this.#passedOver = new PassedOver((text) => options.warn?.(text));
    this.#soon = options.soon ?? setImmediate;
    this.#ledger = this.#ledgerAt(undefined);
  }

  /**
   * Catches up with the log and comes up, once no node is up that has other rules. Settles when this node's first entry has come
   * back. False: it parts, and has not come up.
   *
   * Errors: rejects with a `ClusterError` if the nodes that are up are unlike this one.
   */
  async join(): Promise<boolean> {
    const joined = new Promise<boolean>((resolve, reject) => {
      this.#joined = { resolve, reject };
    });
    try {
      const snapshot = await this.#newest(() => true);
      if (this.#isParting) return false;
      this.#ledger = this.#ledgerAt(snapshot);
      await this.#readOn();
    } catch (error) {
      if (this.#isParting) return false;
      throw unread(error);
    }
    this.#comeUp();
    this.#every(NODE.beatMs, () => this.#beat());
    this.#every(NODE.lookMs, () => this.#look());
    if (!(await joined)) return false;
    if (this.#wasBlank) await this.#forgetAll();
    if (this.#hasFailed || this.#isParting) return false;
    this.#snapshots = this.#startSnapshots();
    return true;
  }

  /** The journal of a server. From now on, entries are applied by it. */
  readonly journal = (read: Read, listener?: SharedListener): Journal => {
    this.#read = read;
    this.#listener = listener;
    this.#isHeld = false;
    this.#isRunning = true;
    this.#soon(() => this.#run());
    return this;
  };

  get rooms(): Rooms {
    return this.#ledger.rooms;
  }

  get firstClient(): Client {
    return this.#self!.ordinal * CLIENTS_PER_NODE;
  }

  isOwn(client: Client): boolean {
    return Math.floor(client / CLIENTS_PER_NODE) === this.#self?.ordinal;
  }

  get isFull(): boolean {
    return this.#writer.bytes >= MOST_PENDING_BYTES;
  }

  nodeOf(client: Client): string | undefined {
    return this.#ledger.nodeOf(client)?.name;
  }

  get ledger(): Ledger {
    return this.#ledger;
  }

  /** It has appended something, and nothing comes back. */
  get isAway(): boolean {
    return this.#writer.awayMs >= WRITER.awayMs;
  }

  /** A record of this server. It comes back as an entry, or never, if this node is gone by then. */
  append(record: RoomRecord): void {
    if (this.#hasFailed || record.type === 'tick') return;
    this.#writer.put(this.#withOwnNumber(record));
    this.#flushSoon();
  }

  /** Its clients are gone, and so is it. Settles when the others know, or after a while. */
  async part(): Promise<void> {
    if (this.#hasFailed || this.#isParting) return;
    this.#isParting = true;
    const { incarnation: node, clock, log } = this.#options;
    const joined = this.#joined;
    this.#joined = undefined;
    if (joined === undefined || this.#writer.pending > 0) {
      const parted = new Promise<void>((resolve) => {
        this.#parted = resolve;
      });
      this.#writer.put({ type: 'gone', node });
      this.#writer.flush();
      const callOff = clock.setTimeout(() => this.#parted?.(), NODE.partMs);
      await parted;
      callOff();
    }
    this.#stop();
    joined?.resolve(false);
    await log.close();
  }

  // What the ledger tells.

  apply(record: RoomRecord): Outcome {
    if (this.#read === undefined) return this.#ledger.rooms.apply(record, emptied(this.#out));
    return this.#read({ seq: this.#ledger.records, at: this.#options.clock.now(), record });
  }

  took(node: Incarnation, seq: number): void {
    if (node !== this.#options.incarnation) return this.#others.counted(node);
    this.#writer.cameBack(seq);
    for (const other of this.#others.heardSelf(this.#options.clock.now(), this.#up())) {
      this.#others.forget(other);
      this.#writer.put({ type: 'gone', node: other });
      this.#flushSoon();
    }
    if (!this.#isParting) this.#lookForElders();
    this.#isHeld ||= this.#joined !== undefined;
    this.#joined?.resolve(true);
    this.#joined = undefined;
  }

  passedOver(node: Incarnation, seq: number, expected: number | undefined): void {
    if (node === this.#options.incarnation && expected !== undefined) this.#writer.passedOver(seq, expected);
  }

  up({ node, name }: NodeState): void {
    if (node !== this.#options.incarnation) {
      this.#listener?.node({ node: name, state: 'up', nodes: this.#names() });
      return;
    }
    this.#wasBlank = this.#up().length === 0;
    this.#isRefused = false;
  }

  /** Those that are unlike may be gone, or go: it asks again with each beat, so it also hears itself, as a node that is up does. */
  refused(node: Incarnation, { node: other, what }: Unlike): void {
    if (node !== this.#options.incarnation) return;
    const { rules, alike, warn } = this.#options;
    this.#writer.withdraw();
    this.#isRefused = true;
    this.#others.heardSelf(this.#options.clock.now(), this.#up());
    if (this.#isParting) return this.#parted?.();
    if (what === 'options') {
      if (!this.#others.isAlive(other.node)) return;
      this.#fail(
        'unlike',
        `node ${other.name} is up, and its options differ: ${differences(alike, other.options)}`,
      );
    } else if (!this.#saidWaiting) {
      this.#saidWaiting = true;
      warn?.(
        `waiting: node ${other.name} is up with rules ${other.rules}, and this release has rules ${rules}. It comes up when no server with other rules is up`,
      );
    }
  }

  beat(node: Incarnation, { position, digest }: Extract<NodeRecord, { type: 'beat' }>): void {
    if (node === this.#options.incarnation) return;
    const own = this.#ledger.digestAt(position);
    if (own === undefined) return;
    const others = this.#up();
    const against = this.#others.said(node, own === digest, others);
    if (2 * against > others.length)
      this.#fail(
        'diverged',
        `after entry ${position}, ${against} of ${others.length} other nodes differ from this one`,
      );
  }

  damaged(position: number, { text, other }: Damage): void {
    if (other !== undefined) this.#others.strange(other, this.#self?.isUp !== true);
    this.#passedOver.add(position, text, this.#options.clock.now());
  }

  gone(state: NodeState, by: Incarnation): void {
    const { node, name } = state;
    this.#others.forget(node);
    const hasLeft = by === node;
    if (!hasLeft) this.nodesGone++;
    if (node !== this.#options.incarnation) {
      // What happened before there was a server has no time.
      if (this.#read !== undefined) this.#gone.add(state, hasLeft, this.#options.clock.now());
      this.#listener?.node({ node: name, state: hasLeft ? 'left' : 'gone', nodes: this.#names() });
    } else if (this.#isParting) this.#parted?.();
    else this.#fail('fenced', `the others have gone on without node ${name}`);
  }

  get #self(): NodeState | undefined {
    return this.#ledger.nodes.get(this.#options.incarnation);
  }

  status(): SharedStatus {
    const { pending, resent, entryMs, awayMs } = this.#writer;
    const { name: node } = this.#options;
    const { position } = this.#ledger;
    return { node, nodes: this.#names(), gone: this.nodesGone, position, pending, entryMs, resent, awayMs };
  }

  nodes(): SharedNode[] {
    const others = this.#ledger.up.filter(({ node }) => node !== this.#options.incarnation);
    return [...[this.#self!, ...others].map(sharedNode), ...this.#gone.list(this.#options.clock.now())];
  }

  #ledgerAt(snapshot: Snapshot | undefined): Ledger {
    const { rooms, rules, alike } = this.#options;
    return Ledger.at(snapshot, { rooms, rules, alike }, this);
  }

  /** Reads the log from where its ledger is. */
  #readOn(): Promise<void> {
    return this.#options.log.read(this.#ledger.position, {
      entry: (_, text) => this.#heard(text),
      lost: () => void this.#lost().catch((error: unknown) => this.#end(unread(error))),
      wentBack: () => this.#fail('diverged', 'the log has lost entries that this node has read'),
    });
  }

  /** What comes next was trimmed. While this node comes up, that is because others have a newer snapshot. */
  async #lost(): Promise<void> {
    const { position } = this.#ledger;
    const isNewer = (snapshot: Snapshot | undefined): boolean => (snapshot?.position ?? 0) > position;
    const newest = this.#joined && (await this.#newest(isNewer).catch(() => undefined));
    if (newest !== undefined && this.#joined !== undefined) {
      this.#ledger = this.#ledgerAt(newest);
      // One that knows this node already was taken too late: what it has told of it since is not known here.
      if (this.#self === undefined) return this.#readOn();
    }
    this.#fail('fenced', 'the log has forgotten entries that this node has not read yet');
  }

  #newest(willDo: (snapshot: Snapshot | undefined) => boolean): Promise<Snapshot | undefined> {
    const { log, clock } = this.#options;
    return newestSnapshot({ log, clock, willDo, isOver: () => this.#isParting, withinMs: NODE.joinMs });
  }

  /** Nobody was there before: nothing of the log up to here is needed any more. */
  async #forgetAll(): Promise<void> {
    const { log, warn } = this.#options;
    try {
      await saveAndTrim(log, this.#ledger, 0);
    } catch (error) {
      warn?.(`The log was not trimmed: ${error instanceof Error ? error.message : String(error)}`);
    }
  }

  #startSnapshots(): Snapshots | undefined {
    const { clock, snapshot: take, warn = () => {} } = this.#options;
    if (take === undefined) return undefined;
    const position = (): Position => this.#ledger.position;
    const isTurn = (): boolean => {
      return Math.min(...this.#ledger.up.map(({ ordinal }) => ordinal)) === this.#self?.ordinal;
    };
    return new Snapshots({ clock, isTurn, position, take, warn });
  }

  #names(): string[] {
    return this.#ledger.up.map(({ name }) => name);
  }

  /** Sends its first entry. */
  #comeUp(): void {
    const { name, rules, alike } = this.#options;
    for (const node of this.#others.silent(this.#up())) this.#writer.put({ type: 'gone', node });
    this.#writer.put({ type: 'up', name, rules, options: alike });
    this.#writer.flush();
    this.#isRefused = false;
  }

  /** Nodes that were here before this one, are alive, and can't be here beside it. One that was killed says nothing more. */
  #lookForElders(): void {
    const { name, incarnation: node } = this.#options;
    const self = this.#self;
    if (self?.isUp !== true) return;
    const isTwin = (other: NodeState): boolean =>
      other.name === name && other.ordinal < self.ordinal && this.#others.isAlive(other.node);
    const why = this.#ledger.up.some(isTwin)
      ? `another server called ${name} is up. Give this one a name of its own with --node`
      : this.#others.hasElder
        ? `the log is in use by a release with another format. ${OTHER_RELEASE}`
        : undefined;
    if (why === undefined) return;
    this.#writer.put({ type: 'gone', node });
    this.#writer.flush();
    this.#fail('unlike', why);
  }

  /** The others that are up. */
  #up(): Incarnation[] {
    const { incarnation } = this.#options;
    return this.#ledger.up.map(({ node }) => node).filter((node) => node !== incarnation);
  }

  #withOwnNumber(record: RoomRecord): RoomRecord {
    const client = clientOf(record);
    if (client === undefined) return record;
    if (!this.isOwn(client)) throw new Error(`Cannot append: client ${client} is not one of this server`);
    return { ...record, client: client - this.firstClient } as RoomRecord;
  }

  #heard(text: string): void {
    if (this.#hasFailed) return;
    this.#heardAt = this.#options.clock.now();
    this.#others.heard(nodeOf(text));
    this.#snapshots?.read(text.length);
    this.#ledger.push(text);
    if (this.#ledger.bytesBehind > MOST_BEHIND_BYTES && this.#joined === undefined)
      return this.#fail('fenced', 'this server is too slow for what the others do');
    if (!this.#isRunning) this.#run();
  }

  /** Applies what was pushed, a slice in each pass of the event loop. */
  #run(): void {
    this.#isRunning = false;
    if (this.#isHeld || this.#hasFailed || !this.#ledger.isBehind) return;
    if (!this.#step()) return;
    this.#isRunning = true;
    this.#soon(() => this.#run());
  }

  /** True: there is more. Before there is a server, it stops at its own `up`. */
  #step(): boolean {
    if (this.#read !== undefined) return this.#ledger.step(this.#options.maxOutboxBytes * OUTBOX_PART);
    for (let records = 0; records < SLICE_RECORDS; records++) {
      if (!this.#ledger.step(1) || this.#isHeld) return false;
    }
    return true;
  }

  #flushSoon(): void {
    if (this.#isFlushing) return;
    this.#isFlushing = true;
    this.#soon(() => {
      this.#isFlushing = false;
      this.#writer.flush();
    });
  }

  #beat(): void {
    if (this.#isRefused) return this.#comeUp();
    if (this.#self?.isUp !== true || this.#writer.pending > 0) return;
    const { position } = this.#ledger;
    const digest = this.#ledger.digestAt(position);
    if (digest === undefined) return;
    this.#writer.put({ type: 'beat', position, digest });
    this.#writer.flush();
  }

  #look(): void {
    const { logTimeoutMs = 'never', clock } = this.#options;
    if (this.isAway !== (this.#awaySince !== undefined)) {
      const ms = this.#awaySince === undefined ? this.#writer.awayMs : clock.now() - this.#awaySince;
      this.#awaySince = this.isAway ? clock.now() - ms : undefined;
      this.#listener?.away({ isAway: this.isAway, ms });
    }
    const mostMs = Math.min(
      this.#joined ? NODE.joinMs : Infinity,
      logTimeoutMs === 'never' ? Infinity : logTimeoutMs,
    );
    const isUnheard = this.#joined !== undefined && this.#writer.awayMs >= NODE.unheardMs;
    if (isUnheard && !this.#ledger.isBehind)
      this.#fail('unreachable', 'the log can be read, but takes nothing of this server');
    // While it catches up, its own entries take long, but the log answers.
    if (Math.min(this.#writer.awayMs, clock.now() - this.#heardAt) >= mostMs)
      this.#fail('unreachable', `the log has not answered for ${mostMs} ms`);
  }

  #every(ms: number, act: () => void): void {
    const index = this.#callOffs.length;
    const again = (): void => {
      act();
      if (!this.#hasFailed && !this.#isParting)
        this.#callOffs[index] = this.#options.clock.setTimeout(again, ms);
    };
    this.#callOffs.push(this.#options.clock.setTimeout(again, ms));
  }

  #fail(code: ClusterError['code'], text: string): void {
    this.#end(new ClusterError(code, this.#joined === undefined ? text : `Cannot join: ${text}`));
  }

  /** While it joins, `join()` tells, and nobody else. */
  #end(error: ClusterError): void {
    if (this.#hasFailed) return;
    this.#stop();
    if (this.#joined === undefined) this.#options.failed(error);
    else this.#joined.reject(error);
  }

  #stop(): void {
    this.#hasFailed = true;
    this.#writer.close();
    this.#ledger.stop();
    this.#snapshots?.stop();
    for (const callOff of this.#callOffs) callOff();
  }
}

/** Why a log can't be read, for the person who started the server. */
function unread(error: unknown): ClusterError {
  if (error instanceof ClusterError) return error;
  const why = error instanceof Error ? error.message : String(error);
  return new ClusterError('unreachable', `Cannot join: the log can't be read: ${why}`, { cause: error });
}

/** The node of an entry, whether the rest of it can be read or not. */
function nodeOf(text: string): Incarnation {
  return text.slice(0, 128).split(' ', 2)[1] ?? '';
}

/** What differs between two objects as JSON, in words. */
function differences(own: string, other: string): string {
  const mine = JSON.parse(own) as Record<string, unknown>;
  const its = JSON.parse(other) as Record<string, unknown>;
  return [...new Set([...Object.keys(mine), ...Object.keys(its)])]
    .filter((key) => mine[key] !== its[key])
    .map((key) => `${key} is ${String(its[key])} there and ${String(mine[key])} here`)
    .join(', ');
}
