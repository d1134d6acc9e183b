import type { ConnectionLoad, Entry, Server } from '@proto/server';
import type { World } from '../world/world.ts';
import { type Broken, Check } from './check.ts';
import type { Facts } from './facts.ts';

/** A chunk may have arrived before it was known that memory is short: one of each client. In bytes. */
const CHUNK_BYTES = 66_560;

/** The slowest client is allowed a line a second: if it waits longer, nobody reads it. In milliseconds. */
const UNREAD_MS = 3_000;

/** What a deadline may come later on a slow machine. In milliseconds. */
const SLACK_MS = 100;

/** It looks once in this many moments, even if nothing was read or said. */
const LOOK = 16;

/** Promises 8 and 14: who has nothing waiting is read, and more clients, rooms, queued lines and bytes than the server was told. */
export class Limits extends Check {
  readonly #facts: Facts;
  #hasMoved = false;
  readonly #idleSince = new Map<number, number>();
  /** Since when a client isn't read, although nothing of it waits. */
  readonly #unreadSince = new Map<number, number>();

  constructor(world: World, broken: Broken[], facts: Facts) {
    super(world, broken);
    this.#facts = facts;
  }

  override before(_node: number, { record }: Entry): void {
    this.#hasMoved = true;
    const player =
      'client' in record && record.client !== undefined ? this.#facts.playerOf(record.client) : undefined;
    if (player === undefined) return;
    this.#unreadSince.delete(player.index);
    this.#idleSince.delete(player.index);
  }

  override event(): void {
    this.#hasMoved = true;
  }

  override rested(): void {
    // Looking at everybody whenever a byte arrives would take longer than all the rest.
    if (!this.#hasMoved && this.world.moments % LOOK !== 0) return;
    this.#hasMoved = false;
    const { options } = this.world.plan;
    for (const [node, { server }] of this.world.nodes.entries()) {
      const { clients, rooms, memoryBytes } = server.load();
      if (clients > options.maxClients!) this.break(14, `${clients} clients, of ${options.maxClients}`);
      if (this.world.plan.nodes === 1 && rooms > options.maxRooms! + 1)
        this.break(14, `${rooms} rooms, of ${options.maxRooms}`);
      if (memoryBytes > Number(options.maxMemoryBytes) + clients * CHUNK_BYTES)
        this.break(14, `${memoryBytes} bytes are held, of ${options.maxMemoryBytes}`);
      if (memoryBytes < 0) this.break(14, `${memoryBytes} bytes are held`);
      this.#checkEach(node, clients, memoryBytes);
      if (this.world.plan.nodes === 1) this.#checkServed(server);
    }
  }

  /** What all hold together is what each holds. */
  #checkEach(node: number, clients: number, memoryBytes: number): void {
    const { server } = this.world.nodes[node]!;
    let found = 0;
    let sum = 0;
    for (const player of this.world.players) {
      const { client } = this.#facts.of(player);
      const load = player.plan.node === node && client !== undefined ? server.loadOf(client) : undefined;
      if (load === undefined) continue;
      found++;
      sum += load.memoryBytes;
      this.#checkOne(player.index, load);
    }
    if (found === clients && sum !== memoryBytes)
      this.break(14, `${memoryBytes} bytes are held together, and ${sum} one by one`);
  }

  /** Fair and free order: once the server rests, nothing waits but for a slow reader, the handler, or a held room. */
  #checkServed(server: Server): void {
    if (this.world.plan.options.order === 'strict' || this.world.plan.journal.delayMs > 0) return;
    const rooms = new Map([...server.status()].map((status) => [status.room, status]));
    for (const { client, room, seat, waiting, slow } of server.people(100)) {
      const status = rooms.get(room);
      const mayWait = status === undefined || status.held || status.have < status.want || slow;
      if (waiting === 0 || mayWait || server.loadOf(client)?.handlingMs !== undefined) continue;
      this.break(8, `${waiting} lines of seat ${seat} in ${room} wait, and nothing holds them up`);
    }
  }

  #checkOne(index: number, load: ConnectionLoad): void {
    const { maxOutboxBytes, maxQueuedLines } = this.world.plan.options;
    const who = `client ${index}`;
    if (load.outboxBytes > maxOutboxBytes!)
      this.break(14, `the outbox of ${who} has ${load.outboxBytes} bytes, of ${maxOutboxBytes}`);
    if (load.unanswered > maxQueuedLines!)
      this.break(14, `${load.unanswered} lines of ${who} wait, of ${maxQueuedLines}`);
    this.#checkRead(index, load);
    this.#checkIdle(index, load);
    if (load.outboxBytes < 0 || load.unanswered < 0 || load.memoryBytes < 0)
      this.break(14, `${who} holds less than nothing: ${JSON.stringify(load)}`);
  }

  #checkRead(
    index: number,
    { isPaused, unanswered, outboxBytes, hasEnded, isClosing }: ConnectionLoad,
  ): void {
    const { options, nodes } = this.world.plan;
    // Otherwise it may have to wait for what it has caused, or until there is memory. Whom a quit closes isn't read.
    const isPlain =
      !this.#facts.hasQuit &&
      this.world.plan.watcher !== 'nobody' &&
      options.maxCausedBytesPerSecond === 'none' &&
      Number(options.maxMemoryBytes) > 1_048_576;
    const isIdle = isPaused && unanswered === 0 && outboxBytes === 0 && !hasEnded && !isClosing;
    const { time } = this.world.clock;
    if (!isPlain || !isIdle || nodes > 1) return void this.#unreadSince.delete(index);
    const since = this.#unreadSince.get(index) ?? time;
    this.#unreadSince.set(index, since);
    if (time - since > UNREAD_MS)
      this.break(8, `client ${index} has not been read for ${time - since} ms, and nothing of it waits`);
  }

  /** Promise 15: a client that says nothing, and has nothing waiting, is closed. */
  #checkIdle(
    index: number,
    { isPaused, unanswered, outboxBytes, isClosing, hasEnded }: ConnectionLoad,
  ): void {
    const { nodes, journal, options } = this.world.plan;
    const most = options.idleTimeoutMs;
    const isIdle = !isPaused && unanswered === 0 && outboxBytes === 0 && !hasEnded && !isClosing;
    const { time } = this.world.clock;
    const isOff = typeof most !== 'number' || nodes > 1 || journal.delayMs > 0 || this.#facts.hasQuit;
    if (isOff || !isIdle) return void this.#idleSince.delete(index);
    const { readAt = 0, resumedAt = 0 } = this.world.players[index]!.socket ?? {};
    const since = Math.max(this.#idleSince.get(index) ?? time, readAt, resumedAt);
    this.#idleSince.set(index, since);
    if (time - since > 2 * most + SLACK_MS)
      this.break(15, `client ${index} has been idle for ${time - since} ms, and ${most} are allowed`);
  }
}
