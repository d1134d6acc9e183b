import type { ClientPlan } from '../plan/plan.ts';
import type { Random } from '../random.ts';
import type { WorldClock } from './clock.ts';
import type { Passes } from './passes.ts';
import { Pipe } from './pipe.ts';
import { WorldSocket } from './socket.ts';

/** A line that a client got, without its end. */
export interface Heard {
  readonly at: number;
  readonly line: string;
}

/** What a player needs of its world, and whom it tells. */
export interface PlayerOwner {
  readonly clock: WorldClock;
  readonly passes: Passes;
  /** A connection arrives at the server. False: nobody listens there. */
  arrive(player: Player, socket: WorldSocket): boolean;
  heard(player: Player, line: string): void;
  ended(player: Player): void;
  /** How many answers these bytes ask for. */
  asks(bytes: string): number;
  isAnswer(line: string): boolean;
}

const READ_MS = 10;
const SEGMENT_BYTES = 65_536;
const MOST_CUT_BYTES = 4_096;
const MOST_SINGLE_BYTES = 128;

/** A client's end of a connection: does what its steps say, and keeps what it gets. */
export class Player {
  readonly index: number;
  readonly plan: ClientPlan;
  /** All bytes that it has given to its kernel, one character each. */
  sent = '';
  readonly lines: Heard[] = [];
  /** Bytes after the last line end. */
  partial = '';
  /** How the server's side ended for it. */
  ending: 'FIN' | 'RST' | undefined;
  /** What it did to the connection itself. */
  hasEnded = false;
  hasReset = false;
  hasVanished = false;
  wasDeaf = false;
  wasRefused = false;
  /** The server's end, once it has arrived there. */
  socket: WorldSocket | undefined;
  readonly #owner: PlayerOwner;
  readonly #random: Random;
  #to: Pipe | undefined;
  #from: Pipe | undefined;
  #isDeaf = false;
  #isReading = false;
  /** What its kernel has not taken yet. */
  #outgoing = Buffer.alloc(0);
  /** Answers that are due. */
  #owed = 0;
  readonly #next: string[] = [];

  constructor(index: number, plan: ClientPlan, owner: PlayerOwner, random: Random) {
    this.index = index;
    this.plan = plan;
    this.#owner = owner;
    this.#random = random;
  }

  get isConnected(): boolean {
    return this.#to !== undefined && !this.hasReset && this.ending !== 'RST';
  }

  /** How the server names it. */
  get address(): string {
    return `${this.plan.host}:${1000 + this.index}`;
  }

  connect(): void {
    if (this.#to !== undefined) return;
    const to = this.#pipe();
    const from = this.#pipe();
    this.#to = to;
    this.#from = from;
    const { clock, passes } = this.#owner;
    const { latencyMs } = this.plan;
    clock.setTimeout(() => {
      const socket = new WorldSocket(to, from, { passes, clock });
      this.socket = socket;
      if (this.#owner.arrive(this, socket)) return;
      this.wasRefused = true;
      socket.destroy();
    }, latencyMs);
    from.onArrival = () => this.#arrived();
    to.onTaken = () => this.#writeOn();
  }

  /** `next`: once all its lines so far are answered. */
  send(bytes: string, next: boolean): void {
    if (!this.isConnected || this.hasEnded) return;
    if (next && (this.#owed > 0 || this.#next.length > 0)) {
      this.#next.push(bytes);
      return;
    }
    this.#owed += this.#owner.asks(bytes);
    this.sent += bytes;
    this.#outgoing = Buffer.concat([this.#outgoing, Buffer.from(bytes, 'latin1')]);
    this.#writeOn();
  }

  fin(): void {
    if (!this.isConnected || this.hasEnded) return;
    this.hasEnded = true;
    this.#writeOn();
  }

  reset(): void {
    if (!this.isConnected) return;
    this.hasReset = true;
    this.#outgoing = Buffer.alloc(0);
    this.#to?.reset();
  }

  vanish(): void {
    if (this.#to === undefined || this.#from === undefined) return;
    this.hasVanished = true;
    this.#to.isDead = true;
    this.#from.isDead = true;
  }

  deafen(): void {
    this.wasDeaf = true;
    this.#isDeaf = true;
  }

  listen(): void {
    this.#isDeaf = false;
    this.#arrived();
  }

  #pipe(): Pipe {
    const { latencyMs, jitterMs, cut, sendBytes, receiveBytes } = this.plan;
    const random = this.#random;
    return new Pipe({
      clock: this.#owner.clock,
      latencyMs: () => latencyMs + (jitterMs > 0 ? Math.floor(random.next() * (jitterMs + 1)) : 0),
      segmentBytes: (waiting) => {
        // A flood of single bytes would take for ever.
        if (cut === 'whole' || waiting > MOST_CUT_BYTES) return SEGMENT_BYTES;
        return cut === 'bytes' && waiting <= MOST_SINGLE_BYTES ? 1 : random.int(1, 64);
      },
      sendBytes,
      receiveBytes,
    });
  }

  #writeOn(): void {
    const to = this.#to;
    if (to === undefined || this.hasReset) return;
    if (this.#outgoing.length > 0) this.#outgoing = this.#outgoing.subarray(to.write(this.#outgoing));
    if (this.hasEnded && this.#outgoing.length === 0) to.end();
  }

  #arrived(): void {
    if (this.#isDeaf || this.hasReset || this.hasVanished) return;
    const { readBytes } = this.plan;
    if (readBytes === 0) return this.#read(Infinity);
    if (this.#isReading) return;
    this.#isReading = true;
    this.#owner.clock.setTimeout(() => {
      this.#isReading = false;
      if (!this.#isDeaf && !this.hasReset) this.#read(readBytes);
    }, READ_MS);
  }

  #read(most: number): void {
    const from = this.#from!;
    const bytes = from.read(most);
    if (bytes !== undefined) this.#hear(bytes.toString('latin1'));
    if (from.readable > 0) {
      if (most !== Infinity) this.#arrived();
    } else if (from.isReset) this.#end('RST');
    else if (from.isEnded) this.#end('FIN');
  }

  #hear(text: string): void {
    const lines = (this.partial + text).split('\n');
    this.partial = lines.pop()!;
    for (const line of lines) {
      this.lines.push({ at: this.#owner.clock.time, line });
      if (this.#owner.isAnswer(line)) this.#owed--;
      this.#owner.heard(this, line);
    }
    while (this.#owed <= 0 && this.#next.length > 0) this.send(this.#next.shift()!, false);
  }

  #end(how: 'FIN' | 'RST'): void {
    if (this.ending === 'RST' || this.ending === how) return;
    this.ending = how;
    this.#owner.ended(this);
    if (how === 'FIN' && !this.plan.clings) this.fin();
  }
}
