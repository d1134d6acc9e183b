import type { Clock } from '@proto/scheduler';

export interface DeadlineOptions {
  readonly partialLineTimeoutMs: number | 'never';
  readonly idleTimeoutMs: number | 'never';
  readonly outboxTimeoutMs: number | 'never';
  readonly endedTimeoutMs: number | 'never';
}

/**
 * What has taken too long: a line to end, a client to say anything, a reader to take anything, a client that has
 * stopped sending to be served.
 */
export type Overdue = 'line' | 'idle' | 'outbox' | 'ended';

/** A connection, as its deadlines see it. */
export interface Watched {
  /** Something of this client waits: a line for its turn, or output for the socket. */
  readonly isBusy: boolean;
  /** Something of this client has not come back from the journal. */
  readonly isPending: boolean;
  /** The server makes it wait before it is read on. */
  readonly isThrottled: boolean;
  /** Outgoing bytes that the network hasn't taken. */
  readonly unsentBytes: number;
  /** Called once for `line` and `idle` together, once for `outbox`, and once for `ended`. */
  overdue(what: Overdue): void;
}

// Deadlines are checked at most this many times within the shortest one, so they pass late by that much.
const LOOKS = 64;
const LEAST_GAP_MS = 1;

const units = (ms: number | 'never'): number => (ms === 'never' ? Infinity : ms);

/**
 * The deadlines of all connections.
 *
 * A connection only notes when its deadlines are. One timer, set for the earliest one noted, checks all connections and
 * is then set again. Postponing a deadline doesn't change the timer.
 */
export class Deadlines {
  readonly clock: Clock;
  readonly lineMs: number;
  readonly idleMs: number;
  readonly outboxMs: number;
  readonly endedMs: number;
  readonly #gapMs: number;
  readonly #all = new Set<ConnectionDeadlines>();
  #lookAt = Infinity;
  #lookedAt = -Infinity;
  #callOff: (() => void) | undefined;

  constructor(options: DeadlineOptions, clock: Clock) {
    this.clock = clock;
    this.lineMs = units(options.partialLineTimeoutMs);
    this.idleMs = units(options.idleTimeoutMs);
    this.outboxMs = units(options.outboxTimeoutMs);
    this.endedMs = units(options.endedTimeoutMs);
    const shortestMs = Math.min(this.lineMs, this.idleMs, this.outboxMs, this.endedMs);
    this.#gapMs = Math.max(LEAST_GAP_MS, shortestMs / LOOKS);
  }

  /** Starts with a connection; `undefined` if nothing has a deadline. */
  open(connection: Watched): ConnectionDeadlines | undefined {
    if (this.#gapMs === Infinity) return undefined;
    const deadlines = new ConnectionDeadlines(connection, this);
    this.#all.add(deadlines);
    deadlines.heard();
    deadlines.endPass(this.clock.now());
    return deadlines;
  }

  close(deadlines: ConnectionDeadlines): void {
    this.#all.delete(deadlines);
    if (this.#all.size === 0) this.#rest();
  }

  /** Something is due at `at`. */
  note(at: number): void {
    if (at < this.#lookAt) this.#set(at);
  }

  #set(at: number): void {
    const now = this.clock.now();
    this.#callOff?.();
    this.#lookAt = Math.max(at, this.#lookedAt + this.#gapMs);
    this.#callOff = this.clock.setTimeout(() => this.#look(), this.#lookAt - now);
  }

  #rest(): void {
    this.#callOff?.();
    this.#callOff = undefined;
    this.#lookAt = Infinity;
  }

  #look(): void {
    const now = this.clock.now();
    this.#callOff = undefined;
    this.#lookAt = Infinity;
    this.#lookedAt = now;
    let next = Infinity;
    for (const deadlines of this.#all) {
      if (deadlines.earliest <= now) deadlines.pass(now);
      next = Math.min(next, deadlines.earliest);
    }
    this.note(next);
  }
}

/** The deadlines of one connection. All are absolute: nothing moves them unless it says so. */
export class ConnectionDeadlines {
  readonly #connection: Watched;
  readonly #all: Deadlines;
  #lineAt = Infinity;
  /** The time left for the line when reading stopped. */
  #lineLeftMs = Infinity;
  #idleAt = Infinity;
  /** Something was received in this pass of the event loop. */
  #hasHeard = false;
  #wasBusy = false;
  #outboxAt = Infinity;
  #unsentBytes = 0;
  #endedAt = Infinity;

  constructor(connection: Watched, all: Deadlines) {
    this.#connection = connection;
    this.#all = all;
  }

  /** Something was received. `endPass` has to follow: one look at the clock is enough for all that were heard. */
  heard(): void {
    this.#wasBusy = false;
    this.#hasHeard = true;
  }

  /** The pass of the event loop ends. `now`: not before anything in it was received. */
  endPass(now: number): void {
    if (!this.#hasHeard) return;
    this.#hasHeard = false;
    this.#idleAt = now + this.#all.idleMs;
    this.#all.note(this.#idleAt);
  }

  /** What was read last is part of a line. `isNew`: of another line than the last time. */
  inLine(isNew: boolean): void {
    if (isNew || this.#lineAt === Infinity) this.#lineAt = this.#in(this.#all.lineMs);
  }

  /** What was read last is a whole line. */
  betweenLines(): void {
    this.#lineAt = Infinity;
    this.#lineLeftMs = Infinity;
  }

  /** The client isn't read any more: the time for its unfinished line stands still. */
  paused(): void {
    if (this.#lineAt === Infinity) return;
    this.#lineLeftMs = this.#lineAt - this.#all.clock.now();
    this.#lineAt = Infinity;
  }

  resumed(): void {
    if (this.#lineLeftMs === Infinity) return;
    this.#lineAt = this.#in(this.#lineLeftMs);
    this.#lineLeftMs = Infinity;
  }

  /** The server no longer waits for the client. From now on, the client waits for the server. */
  inputOver(): void {
    this.#lineAt = Infinity;
    this.#lineLeftMs = Infinity;
    this.#hasHeard = false;
    this.#idleAt = Infinity;
    if (this.#endedAt === Infinity) this.#endedAt = this.#in(this.#all.endedMs);
  }

  /** It gets something: one of its lines was answered, or it has read some of its waiting output. */
  served(): void {
    if (this.#endedAt !== Infinity) this.#endedAt = this.#in(this.#all.endedMs);
  }

  /** It waits only for its output. */
  closing(): void {
    this.inputOver();
    this.#endedAt = Infinity;
  }

  /** Output waits for the client to read. */
  unsent(): void {
    if (this.#outboxAt === Infinity) this.#awaitOutbox();
  }

  /** Some output was taken. */
  taken(): void {
    this.served();
    if (this.#outboxAt === Infinity) return;
    if (this.#connection.unsentBytes > 0) this.#awaitOutbox();
    else this.#outboxAt = Infinity;
  }

  close(): void {
    this.#all.close(this);
  }

  get earliest(): number {
    return Math.min(this.#lineAt, this.#idleAt, this.#outboxAt, this.#endedAt);
  }

  /** At least one deadline has been reached. */
  pass(now: number): void {
    this.endPass(now);
    if (this.#outboxAt <= now) this.#passOutbox();
    if (this.#endedAt <= now) {
      const { isPending, isThrottled } = this.#connection;
      if (!isPending && !isThrottled) return this.#tell('ended');
      this.#endedAt = this.#in(this.#all.endedMs);
    }
    if (this.#lineAt <= now) this.#tell('line');
    else if (this.#idleAt <= now) this.#passIdle();
  }

  /** A client with something waiting isn't idle. Its time starts when nothing waits. */
  #passIdle(): void {
    const { isBusy } = this.#connection;
    if (!isBusy && !this.#wasBusy) return this.#tell('idle');
    this.#wasBusy = isBusy;
    this.#idleAt = this.#in(isBusy ? this.#all.idleMs / LOOKS : this.#all.idleMs);
  }

  /** Part of a write may have been taken, which nobody reports. */
  #passOutbox(): void {
    if (this.#connection.unsentBytes < this.#unsentBytes) return this.#awaitOutbox();
    this.#outboxAt = Infinity;
    this.#connection.overdue('outbox');
  }

  #tell(what: 'line' | 'idle' | 'ended'): void {
    if (what === 'ended') this.closing();
    else this.inputOver();
    this.#connection.overdue(what);
  }

  #awaitOutbox(): void {
    this.#outboxAt = this.#in(this.#all.outboxMs);
    this.#unsentBytes = this.#connection.unsentBytes;
  }

  /** Notes and returns the time `ms` from now. */
  #in(ms: number): number {
    if (ms === Infinity) return Infinity;
    const at = this.#all.clock.now() + ms;
    this.#all.note(at);
    return at;
  }
}
