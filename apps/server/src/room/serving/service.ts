import type { Order } from '@proto/scheduler';
import { Answers, type AnswersOptions } from './answers.ts';
import type { Attendance } from '../attendance.ts';
import { Item } from './item.ts';
import type { Handling, Member } from '../member.ts';
import type { OpenWork } from './open-work.ts';
import type { Client, HandlerResult, Outcome } from '../records.ts';
import type { WrittenRoom } from '../dump/room-dump.ts';
import type { Turns } from './turns.ts';
import type { Voice } from '../voice.ts';

/**
 * The most that one record may cause before control returns to the event loop: pieces, each an answer or the joined
 * answers to lines of a run, and bytes.
 */
const PIECES_PER_RECORD = 64;
const BYTES_PER_RECORD = 65_536;

/** What is left of that. */
interface Budget {
  pieces: number;
  bytes: number;
}

export interface ServiceOptions extends AnswersOptions {
  readonly order: Order;
  /** `handler`: every line goes out as work and comes back as a `done` record. */
  readonly transform: 'upper' | 'none' | 'handler';
}

/** What the service of a room needs. */
export interface ServiceParts {
  readonly attendance: Attendance;
  readonly turns: Turns;
  readonly work: OpenWork;
  readonly voice: Voice;
}

/** Serves the members of a room: takes their lines, and answers each when its turn comes. */
export class Service {
  readonly #options: ServiceOptions;
  readonly #attendance: Attendance;
  readonly #turns: Turns;
  readonly #work: OpenWork;
  readonly #answers: Answers;
  #more: boolean;
  #held: boolean;

  constructor(
    options: ServiceOptions,
    { attendance, turns, work, voice }: ServiceParts,
    written?: WrittenRoom,
  ) {
    this.#options = options;
    this.#attendance = attendance;
    this.#turns = turns;
    this.#work = work;
    this.#answers = new Answers(options, attendance.seats, voice);
    this.#more = written?.dump.more ?? false;
    this.#held = written?.dump.held ?? false;
  }

  /** Lines that could be served were left over. The next tick continues. */
  get more(): boolean {
    return this.#more;
  }

  /** The turns are held: nobody is served. */
  get held(): boolean {
    return this.#held;
  }

  /** How many lines of this member wait or are being handled. */
  queued({ client, held, handling }: Member): number {
    return this.#turns.queued(client) + held.length + (handling === undefined ? 0 : 1);
  }

  /**
   * The client that the room waits for: strict order, its turn, nothing queued. While the handler is at work, the room waits only
   * for a client that it has announced before.
   */
  get waitedFor(): Client | undefined {
    const client = this.#held ? undefined : this.#turns.idleHolder;
    return this.#work.size === 0 || client === this.#turns.announced ? client : undefined;
  }

  /** Whether what a member says now is answered. */
  accepts(member: Member): boolean {
    return this.#attendance.closing === undefined && member.ended === undefined;
  }

  /** A message. `to`: a seat or a name. */
  line(member: Member, text: string, to: string | undefined): void {
    this.#push(member, new Item(this.#transformed(text), to), 1);
  }

  /** A run that nothing waits before is served as a whole, leaving nothing over. Any other is taken line by line. */
  run(member: Member, text: string, lines: number, out: Outcome): void {
    const made = this.#transformed(text);
    if (this.#isServedWhole(member, text, lines)) {
      this.#answers.deliverRun(member, made, lines, out);
      this.#more = false;
    } else {
      this.#push(member, new Item(made, undefined, lines), lines);
      this.serve(out);
    }
  }

  /** The answers to a run that is served as a whole, if only its sender gets any. `undefined`: serve it with `run`. */
  answer(member: Member, text: string, lines: number): string | undefined {
    if (this.#options.deliver !== 'sender' || !this.#isServedWhole(member, text, lines)) return undefined;
    member.served += lines;
    this.#more = false;
    return this.#transformed(text);
  }

  /** Serves until nobody can be served, or this record has caused enough. */
  serve(out: Outcome): void {
    const left: Budget = { pieces: PIECES_PER_RECORD, bytes: BYTES_PER_RECORD };
    this.#more = false;
    while (!this.#held && this.#canServe(out)) {
      if (left.pieces === 0 || left.bytes <= 0) {
        this.#more = true;
        out.more = true;
        return;
      }
      if (!this.#serveRounds(left, out) && !this.#serveNext(left, out)) break;
    }
    this.#closeIfDrained(out);
  }

  /** Holds the turns, or lets them go on. A room that is being closed can't be held. False: nothing changes. */
  hold(on: boolean, out: Outcome): boolean {
    if (on === this.#held || this.#attendance.closing !== undefined) return false;
    this.#held = on;
    if (on) this.#turns.hold(out);
    else this.serve(out);
    return true;
  }

  /** Serves at most this many lines of a held room. */
  step(turns: number, out: Outcome): void {
    if (!this.#held) return;
    const budget: Budget = { pieces: Math.min(turns, PIECES_PER_RECORD), bytes: BYTES_PER_RECORD };
    while (budget.pieces > 0 && budget.bytes > 0 && this.#canServe(out)) {
      if (!this.#serveNext(budget, out)) return;
    }
  }

  /** The handler is done with a line. `result: undefined`: its sender has left, and only the slot becomes free. */
  done(client: Client, ticket: number, result: HandlerResult | undefined, out: Outcome): void {
    const moved = this.#work.takeMovedOn(client, ticket);
    if (moved && result) this.#answers.handled(moved.member, moved.item, result, out);
    // A client that has since come back has its seat here too.
    const member = this.#attendance.seats.get(client);
    if (member?.handling?.ticket === ticket) this.#handled(member, member.handling, result, out);
    this.serve(out);
  }

  /** Notes whether a member reads too slowly to be served. */
  setSlow(member: Member, slow: boolean, out: Outcome): void {
    if (this.#attendance.setSlow(member, slow) && !slow) this.#release(member, out);
  }

  /** A member has stopped sending. Its lines keep their turns, then it leaves. */
  end(member: Member, reason: string, out: Outcome): void {
    this.#attendance.end(member, reason);
    this.#finishIfIdle(member, out);
  }

  /** A member leaves. Its waiting lines are dropped, and nobody gets the answer to its line at the handler. */
  leave(member: Member, reason: string, out: Outcome): void {
    this.#work.drop(member);
    this.#remove(member, reason, out);
  }

  /** A member goes to another room. Returns its waiting lines. Its line at the handler is still answered here. */
  moveOn(member: Member, reason: string, out: Outcome): Item[] {
    this.#work.moveOn(member);
    return [...member.held, ...this.#remove(member, reason, out)];
  }

  /** Serves what was accepted, even if it isn't read, then closes everybody. */
  drain(out: Outcome): void {
    this.#held = false;
    this.#turns.beginClosing();
    for (const member of this.#attendance.seats.members()) this.#release(member, out);
    this.serve(out);
  }

  /** Serves the lines left over, and announces whom the room waits for. */
  tick(out: Outcome): void {
    if (this.#more) this.serve(out);
    const client = this.waitedFor;
    if (client !== undefined && !this.#more) this.#turns.announce(client, out);
  }

  #push(member: Member, item: Item, lines: number): void {
    if (!this.accepts(member)) return;
    member.newest = item;
    this.#attendance.heard(member);
    this.#turns.push(member.client, item, lines);
  }

  /** The result of the built-in transforms: immediate, since it depends on nothing else. */
  #transformed(text: string): string {
    return this.#options.transform === 'upper' ? text.toUpperCase() : text;
  }

  /** Whether nothing waits before a run of a member, and it isn't too much at once. */
  #isServedWhole(member: Member, text: string, lines: number): boolean {
    return (
      this.#options.order !== 'strict' &&
      this.#options.transform !== 'handler' &&
      !this.#held &&
      this.#attendance.started &&
      this.#attendance.closing === undefined &&
      member.ended === undefined &&
      this.#turns.waiting === 0 &&
      member.held.length === 0 &&
      !this.#isStalled(member) &&
      lines <= PIECES_PER_RECORD &&
      text.length <= BYTES_PER_RECORD
    );
  }

  #canServe(out: Outcome): boolean {
    const isClosing = this.#attendance.closing !== undefined;
    if (!this.#attendance.started && !isClosing) return false;
    if (this.#options.order !== 'strict') return true;
    if (this.#work.size > 0) return false;
    return isClosing || this.#turns.passOn(out);
  }

  /** False: nobody can be served. */
  #serveNext(left: Budget, out: Outcome): boolean {
    const turn = this.#turns.take(out);
    if (turn === undefined) return false;
    const { id, item } = turn;
    const member = this.#attendance.seats.get(id)!;
    left.pieces--;
    left.bytes -= item.nextLength;
    if (this.#isStalled(member) || member.held.length > 0) member.held.push(item);
    else this.#handle(member, item, out);
    return true;
  }

  /**
   * Strict order: the turns for which lines of runs are ready, each client's in one piece. This is allowed when a
   * client cannot observe other clients' lines or departures, and nobody is skipped: its own lines keep their order.
   */
  #serveRounds(left: Budget, out: Outcome): boolean {
    const { order, deliver, transform } = this.#options;
    if (order !== 'strict' || deliver !== 'sender' || transform === 'handler') return false;
    const { closing, slow, ended, seats } = this.#attendance;
    if (closing !== undefined || slow > 0 || ended > 0) return false;
    // With more clients than pieces left, there is no second round: nobody gets two lines together.
    const most = seats.size > left.pieces ? left.pieces : Number.MAX_SAFE_INTEGER;
    const portions = this.#turns.takeRounds(most, left.bytes / seats.size, out);
    for (const { id, item, turns } of portions) {
      item.take(turns);
      left.bytes -= item.end + 1 - item.from;
      this.#answers.deliverTaken(seats.get(id)!, item, out);
    }
    left.pieces -= portions.length;
    return portions.length > 0;
  }

  #handle(member: Member, item: Item, out: Outcome): void {
    item.take();
    if (this.#options.transform === 'handler') return this.#work.give(member, item, out);
    this.#answers.deliverTaken(member, item, out);
    this.#finishIfIdle(member, out);
  }

  #handled(member: Member, handling: Handling, result: HandlerResult | undefined, out: Outcome): void {
    const { item, elsewhere } = handling;
    this.#work.takeBack(member, handling);
    // It is answered in the room it came from, along with the faults after it.
    if (elsewhere && member.newest === item && item.isTaken) member.newest = undefined;
    if (!elsewhere && result) this.#answers.handled(member, item, result, out);
    this.#release(member, out);
  }

  /**
   * Whether a member's line can't be handled now. A quit doesn't wait for slow readers: what they are owed is bounded.
   */
  #isStalled(member: Member): boolean {
    return member.handling !== undefined || (member.slow && this.#attendance.closing === undefined);
  }

  /** Serves what was held back while the member was slow or its line was being handled. */
  #release(member: Member, out: Outcome): void {
    while (!this.#isStalled(member)) {
      const item = member.held.shift();
      if (item === undefined) break;
      this.#handle(member, item, out);
    }
    this.#finishIfIdle(member, out);
  }

  #finishIfIdle(member: Member, out: Outcome): void {
    const { closing, seats } = this.#attendance;
    if (member.ended === undefined || closing !== undefined || this.queued(member) > 0) return;
    if (seats.get(member.client) !== member) return;
    this.#attendance.bye(member, member.ended, out);
    this.leave(member, member.ended, out);
  }

  #closeIfDrained(out: Outcome): void {
    const { closing } = this.#attendance;
    if (closing === undefined || this.#turns.waiting > 0 || this.#work.size > 0) return;
    const { seats } = this.#attendance;
    for (const { held, handling } of seats.members()) if (held.length > 0 || handling !== undefined) return;
    for (const client of seats.everyone) this.#turns.leave(client);
    this.#attendance.close(closing, out);
  }

  #remove(member: Member, reason: string, out: Outcome): Item[] {
    const items = this.#turns.leave(member.client);
    this.#attendance.leave(member, reason, out);
    return items;
  }
}
