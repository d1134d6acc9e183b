import type { EventEmitter } from 'node:events';
import type { Framing } from '@proto/codec';
import type { Counts } from '../events/counts.ts';
import type { ServerEvents, WaitEnd } from '../events/events.ts';
import type { Client, Delivery, Outcome, Place, Quit, Rounds, Turn, Work } from '../room/records.ts';
import { singly } from '../room/rounds.ts';
import type { TurnDeadlines } from './turn-deadlines.ts';

/** The connections, as the effects see them. A client that is not among them is passed over in silence. */
export interface Edge {
  seat(place: Place): void;
  served(client: Client, lines: number): void;
  toOne(client: Client, wire: string, count: number): void;
  toMany(clients: readonly Client[], except: Client | undefined, wire: string, count: number): void;
  close(client: Client): void;
}

export interface EffectsOptions {
  readonly edge: Edge;
  readonly events: EventEmitter<ServerEvents>;
  readonly counts: Counts;
  /** How a line goes over the wire. */
  readonly framing: Framing;
  readonly turnDeadlines: TurnDeadlines;
  readonly work: (work: Work) => void;
  readonly quit: (quit: Quit) => void;
}

/** Carries out what the rooms made of a record. */
export class Effects {
  readonly #options: EffectsOptions;

  constructor(options: EffectsOptions) {
    this.#options = options;
  }

  carryOut(out: Outcome): void {
    const { edge, events, work, quit } = this.#options;
    for (const came of out.came) edge.seat(came);
    for (const came of out.came) events.emit('join', came);
    for (const each of out.quits) quit(each);
    try {
      this.#deliver(out.deliveries, out.turns);
    } finally {
      // Whatever a listener throws, who was answered may be read again.
      for (const { client, lines } of out.served) edge.served(client, lines);
    }
    for (const left of out.left) {
      this.#waited(left, 'left');
      events.emit('leave', left);
    }
    for (const client of out.closed) edge.close(client);
    for (const each of out.work) work(each);
  }

  #deliver(deliveries: readonly Delivery[], all: Outcome['turns']): void {
    const { edge, events } = this.#options;
    const turns = events.listenerCount('turn') > 0 ? singly(all) : all;
    let told = 0;
    for (let index = 0; index < deliveries.length; index++) {
      const delivery = deliveries[index]!;
      for (; turns[told]?.before === index; told++) this.#turn(turns[told]!);
      const { to, except } = delivery;
      const wire = this.#toWire(delivery);
      const count = 'run' in delivery ? delivery.count : 1;
      if (typeof to === 'number') edge.toOne(to, wire, count);
      else edge.toMany(to, except, wire, count);
    }
    for (; told < turns.length; told++) this.#turn(turns[told]!);
  }

  #toWire(delivery: Delivery): string {
    if (!('run' in delivery)) return this.#options.framing.encodeToLatin1(delivery.line);
    return delivery.run.slice(delivery.from, delivery.end);
  }

  #turn(turn: Turn | Rounds): void {
    if ('ring' in turn) return this.#rounds(turn);
    const { turnDeadlines, counts, events } = this.#options;
    const { client, room, state } = turn;
    if (state === 'waiting') turnDeadlines.start(room, client, turn.number);
    else if (turnDeadlines.isWaiting) this.#waited(turn, state);
    if (state === 'skipped') counts.skips++;
    if (events.listenerCount('turn') > 0) events.emit('turn', turn);
  }

  /** Rounds as a whole: nobody listens to their turns. What the room rested on was the first. */
  #rounds({ room, ring: [first] }: Rounds): void {
    if (first && this.#options.turnDeadlines.isWaiting)
      this.#waited({ client: first.client, room, seat: first.seat }, 'served');
  }

  #waited({ client, room, seat }: Place, end: WaitEnd): void {
    const ms = this.#options.turnDeadlines.over(room, client);
    if (ms !== undefined) this.#options.events.emit('waited', { client, room, seat, end, ms });
  }
}
