import type { Counts } from '../events/counts.ts';
import type { WaitEnd } from '../events/events.ts';
import type { Telling } from '../events/telling.ts';
import type { Client, Delivery, Outcome, Place, Quit, Rounds, Turn, Work } from '../room/records.ts';
import type { TurnDeadlines } from './turn-deadlines.ts';

/** The connections, as the effects see them. A client that isn't among them is silently skipped. */
export interface Recipients {
  seat(place: Place): void;
  served(client: Client, lines: number): void;
  deliver(delivery: Delivery): void;
  close(client: Client): void;
}

export interface EffectsOptions {
  readonly edge: Recipients;
  readonly telling: Telling;
  readonly counts: Counts;
  /** Whether a client is one of this server, or was. */
  readonly isOwn: (client: Client) => boolean;
  readonly turnDeadlines: TurnDeadlines;
  readonly work: (work: Work) => void;
  readonly quit: (quit: Quit) => void;
}

/** Carries out the outcome of a record. */
export class Effects {
  readonly #options: EffectsOptions;

  constructor(options: EffectsOptions) {
    this.#options = options;
  }

  carryOut(out: Outcome): void {
    const { edge, telling, work, quit, isOwn } = this.#options;
    for (const came of out.came) edge.seat(came);
    for (const came of out.came) telling.tell('join', came);
    for (const named of out.named) telling.tell('name', named);
    for (const held of out.held) telling.tell('hold', held);
    for (const each of out.quits) quit(each);
    for (const place of out.passedOver) telling.tell('passedOver', place);
    this.#deliver(out.deliveries, out.turns);
    for (const { client, lines } of out.served) edge.served(client, lines);
    for (const left of out.left) {
      this.#waited(left, 'left');
      telling.tell('leave', left);
    }
    for (const client of out.closed) edge.close(client);
    for (const each of out.work) if (isOwn(each.client)) work(each);
  }

  #deliver(deliveries: readonly Delivery[], turns: Outcome['turns']): void {
    const { edge } = this.#options;
    let told = 0;
    for (let index = 0; index < deliveries.length; index++) {
      for (; turns[told]?.before === index; told++) this.#turn(turns[told]!);
      edge.deliver(deliveries[index]!);
    }
    for (; told < turns.length; told++) this.#turn(turns[told]!);
  }

  #turn(turn: Turn | Rounds): void {
    if ('ring' in turn) return this.#rounds(turn);
    const { turnDeadlines, counts, telling, isOwn } = this.#options;
    const { client, room, state } = turn;
    if (state === 'waiting') turnDeadlines.start(room, client, turn.number);
    else if (turnDeadlines.isWaiting) this.#waited(turn, state);
    if (state === 'skipped' && isOwn(client)) counts.skips++;
    telling.tell('turn', turn);
  }

  /** Rounds as a whole. The room was waiting for the first turn. */
  #rounds(rounds: Rounds): void {
    const { room, ring } = rounds;
    const [first] = ring;
    if (first && this.#options.turnDeadlines.isWaiting)
      this.#waited({ client: first.client, room, seat: first.seat }, 'served');
    this.#options.telling.tell('rounds', rounds);
  }

  #waited({ client, room, seat }: Place, end: WaitEnd): void {
    const ms = this.#options.turnDeadlines.over(room, client);
    if (ms !== undefined) this.#options.telling.tell('waited', { client, room, seat, end, ms });
  }
}
