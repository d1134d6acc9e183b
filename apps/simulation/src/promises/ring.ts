import type { Client, Entry, Rounds, ServerEvents, Turn } from '@proto/server';
import { isAnswer, type World } from '../world/world.ts';
import { isOdd } from './answers.ts';
import { type Broken, Check } from './check.ts';
import type { Facts } from './facts.ts';

/** A ring as docs/protocol.md has it: newcomers at its end, and the turn goes round. */
interface Ring {
  readonly clients: Client[];
  /** Whose turn it is. */
  at: number;
  /** The number of the last turn that was used. */
  used: number;
  isClosing: boolean;
  /** Everybody had left: it may have begun again from scratch. */
  mayBegin: boolean;
  readonly passedOver: Set<Client>;
  /** Who was passed over when the last turn was used. */
  mayPass: ReadonlySet<Client>;
  /** Whose turn it was when those had passed. */
  next: Client | undefined;
  waitingFor: Client | undefined;
  since: number;
  /** The turn that a deadline has ended. */
  late: number | undefined;
}

/** Something that a server told. */
interface Told {
  readonly node: number;
  readonly name: keyof ServerEvents;
  readonly event: unknown;
  /** It's an entry that closes the server. */
  readonly isQuit: boolean;
}

/** Promises 6 and 15: strict order goes round the ring, each turn once, and waits no longer than it may. */
export class Rings extends Check {
  /** By server and room, since each server tells of all rooms. A room that is being closed, and the next of that name. */
  readonly #rings = new Map<string, Ring[]>();
  /** What was told at this moment of the world, and isn't taken in yet. */
  readonly #told: Told[] = [];
  /** Servers that a quit closes. Who comes in behind it isn't served any more. */
  readonly #quits = new Set<number>();
  readonly #over = new Set<number>();
  readonly #facts: Facts;
  /** Turns that each client has used. */
  readonly #turns = new Map<Client, number>();

  constructor(world: World, broken: Broken[], facts: Facts) {
    super(world, broken);
    this.#facts = facts;
  }

  override event<Name extends keyof ServerEvents>(
    node: number,
    name: Name,
    event: ServerEvents[Name][0],
  ): void {
    if (this.world.plan.options.order !== 'strict') return;
    const isQuit = name === 'entry' && this.#facts.isQuitOfAll(node, (event as Entry).record);
    this.#told.push({ node, name, event, isQuit });
  }

  override rested(): void {
    for (let told = this.#told.shift(); told !== undefined; told = this.#told.shift()) {
      if (told.name === 'turn' || told.name === 'rounds') this.#count(told.node, told.event as Turn | Rounds);
      if (!this.#over.has(told.node)) this.#take(told);
    }
    this.#checkWaits();
  }

  /** Every answer to a message took a turn. */
  override over(): void {
    const { options, watcher } = this.world.plan;
    if (options.order !== 'strict' || options.events === 'off' || watcher === 'nobody') return;
    for (const player of this.world.players) {
      const { client } = this.#facts.of(player);
      if (client === undefined || isOdd(player)) continue;
      const answers = player.lines.filter(
        ({ line }) => isAnswer(line) && !/^\* ERR (?:FRAME|MESSAGE)_/.test(line),
      );
      const turns = this.#turns.get(client) ?? 0;
      if (answers.length > turns)
        this.break(6, `client ${player.index} got ${answers.length} answers in ${turns} turns`);
    }
  }

  #count(node: number, told: Turn | Rounds): void {
    const clients =
      'ring' in told
        ? Array.from({ length: told.count }, (_, turn) => told.ring[turn % told.ring.length]!.client)
        : told.state === 'served'
          ? [told.client]
          : [];
    for (const client of clients)
      if (this.#facts.own(node, client)) this.#turns.set(client, (this.#turns.get(client) ?? 0) + 1);
  }

  #take({ node, name, event, isQuit }: Told): void {
    switch (name) {
      case 'entry':
        return this.#entry(node, event as Entry, isQuit);
      case 'join':
        return this.#join(node, event as ServerEvents['join'][0]);
      case 'leave':
        return this.#leave(node, event as ServerEvents['leave'][0]);
      case 'turn':
        return this.#turn(node, event as Turn);
      case 'rounds':
        return this.#rounds(node, event as Rounds);
      case 'passedOver': {
        const { room, client } = event as ServerEvents['passedOver'][0];
        this.#ring(node, room, client)?.passedOver.add(client);
        return;
      }
      default:
    }
  }

  #entry(node: number, { record }: Entry, isQuit: boolean): void {
    const verb = record.type === 'command' ? record.command.verb : undefined;
    if (record.type === 'line' || record.type === 'lines' || (record.type === 'command' && verb === 'pass')) {
      // Its turns count again, if it says a line, or passes when it can.
      for (const ring of this.#of(node))
        if (verb === undefined || ring.waitingFor === record.client) ring.passedOver.delete(record.client);
    }
    if (record.type === 'skip') {
      for (const ring of this.#of(node)) if (ring.waitingFor === record.client) ring.late = record.turn;
    }
    const { quit } = this.world.plan.options;
    if (isQuit) {
      this.#quits.add(node);
      for (const ring of this.#of(node)) ring.isClosing = true;
    } else if (record.type === 'command' && verb === 'quit' && quit === 'room') {
      for (const ring of this.#of(node)) if (ring.clients.includes(record.client)) ring.isClosing = true;
    }
  }

  #checkWaits(): void {
    const { nodes, options } = this.world.plan;
    const most = options.turnTimeoutMs;
    if (typeof most !== 'number' || nodes > 1) return;
    for (const ring of this.#of(0)) {
      if (ring.late !== undefined) this.#checkLate(ring);
      const ms = this.world.clock.time - ring.since;
      if (ring.waitingFor === undefined || ring.isClosing || ms <= 4 * most + 1_000) continue;
      ring.waitingFor = undefined;
      this.break(15, `a room has waited ${ms} ms for its client, and ${most} are allowed`);
    }
  }

  /** A turn whose time is over has ended, unless its client has said a line that waits for the handler. */
  #checkLate(ring: Ring): void {
    const { waitingFor, used, late } = ring;
    ring.late = undefined;
    if (waitingFor === undefined || late !== used + 1) return;
    const people = [...this.world.nodes[0]!.server.people()];
    if (people.some(({ client, waiting }) => client === waitingFor && waiting === 0))
      this.break(15, `the time of client ${waitingFor} is over, and it still has turn ${late}`);
  }

  /** The rooms as one server sees them: it may be behind the others. */
  #of(node: number): Ring[] {
    return [...this.#rings].flatMap(([key, rings]) => (key.startsWith(`${node} `) ? rings : []));
  }

  /** The ring that somebody is in. */
  #ring(node: number, room: string, client: Client): Ring | undefined {
    return this.#rings.get(`${node} ${room}`)?.find(({ clients }) => clients.includes(client));
  }

  /** The ring of a room that somebody comes into. */
  #open(node: number, room: string): Ring {
    const key = `${node} ${room}`;
    const rings = this.#rings.get(key) ?? [];
    this.#rings.set(key, rings);
    const last = rings.at(-1);
    if (last !== undefined && !last.isClosing) {
      if (last.clients.length === 0) last.mayBegin = true;
      return last;
    }
    const ring: Ring = {
      clients: [],
      at: 0,
      used: 0,
      isClosing: false,
      mayBegin: false,
      passedOver: new Set(),
      mayPass: new Set(),
      next: undefined,
      waitingFor: undefined,
      since: 0,
      late: undefined,
    };
    rings.push(ring);
    return ring;
  }

  #join(node: number, { client, room }: ServerEvents['join'][0]): void {
    if (this.#quits.has(node)) this.#over.add(node);
    this.#open(node, room).clients.push(client);
  }

  #leave(node: number, { client, room }: ServerEvents['leave'][0]): void {
    const ring = this.#ring(node, room, client);
    if (ring === undefined) return;
    const index = ring.clients.indexOf(client);
    ring.clients.splice(index, 1);
    if (ring.next === client) ring.next = firstThatCounts(ring, index);
    if (ring.at > index) ring.at--;
    if (ring.at >= ring.clients.length) ring.at = 0;
    if (ring.waitingFor === client) ring.waitingFor = undefined;
    ring.passedOver.delete(client);
    // The next room of that name starts from scratch. A room lasts as long as its handler has a line.
    if (this.world.plan.handler) return;
    const rings = this.#rings.get(`${node} ${room}`)!;
    if (ring.clients.length === 0) rings.splice(rings.indexOf(ring), 1);
  }

  #turn(node: number, { client, room, number, state }: Turn): void {
    const ring = this.#ring(node, room, client);
    if (ring === undefined)
      return this.break(6, `room ${room}: a turn of client ${client}, which is not there`);
    ring.waitingFor = undefined;
    if (state === 'held') return;
    this.#goTo(ring, room, client);
    if (state !== 'waiting') return this.#use(ring, room, number, [client]);
    this.#begin(ring, number);
    ring.waitingFor = client;
    ring.since = this.world.clock.time;
    if (number !== ring.used + 1)
      this.break(6, `room ${room} waits for turn ${number} after turn ${ring.used}`);
  }

  #rounds(node: number, { room, number, count, ring: portions }: Rounds): void {
    const ring = this.#ring(node, room, portions[0]!.client);
    if (ring === undefined) return this.break(6, `room ${room}: rounds of clients that are not there`);
    ring.waitingFor = undefined;
    const clients = Array.from({ length: count }, (_, turn) => portions[turn % portions.length]!.client);
    this.#use(ring, room, number, clients);
  }

  #begin(ring: Ring, number: number): void {
    if (ring.mayBegin && number === 1) ring.used = 0;
    ring.mayBegin = false;
  }

  /** Turns are used, the first with this number. */
  #use(ring: Ring, room: string, number: number, clients: readonly Client[]): void {
    this.#begin(ring, number);
    if (number !== ring.used + 1) this.break(6, `room ${room}: turn ${number} came after turn ${ring.used}`);
    ring.used = number + clients.length - 1;
    for (const client of clients) {
      this.#goTo(ring, room, client);
      ring.at = (ring.at + 1) % ring.clients.length;
      // The turns of those who are passed over may pass at once, whatever they say, and whatever clients come, before the next turn is used.
      ring.mayPass = new Set(ring.passedOver);
      ring.next = firstThatCounts(ring, ring.at);
    }
  }

  /** It's the turn of a client: the one that comes next, but for those that are silently skipped. */
  #goTo(ring: Ring, room: string, client: Client): void {
    const { clients, passedOver, mayPass, isClosing } = ring;
    const index = clients.indexOf(client);
    if (mayPass.size > 0 && client === ring.next) ring.at = index;
    for (; ring.at !== index; ring.at = (ring.at + 1) % clients.length) {
      const next = clients[ring.at]!;
      if (isClosing || passedOver.has(next) || mayPass.has(next) || this.#isLeaving(next)) continue;
      this.break(6, `room ${room}: the turn of client ${client} came, and it was that of client ${next}`);
      ring.at = index;
      return;
    }
  }

  /** That somebody has left is told after the turns that follow from it. */
  #isLeaving(client: Client): boolean {
    return this.#told.some(
      ({ name, event }) => name === 'leave' && (event as ServerEvents['leave'][0]).client === client,
    );
  }
}

/** From a place of the ring on, the first client that isn't passed over. */
function firstThatCounts({ clients, passedOver }: Ring, from: number): Client | undefined {
  return [...clients.slice(from), ...clients.slice(0, from)].find((client) => !passedOver.has(client));
}
