import type { Clock } from '@proto/scheduler';

export interface DeadlineOptions {
  readonly partialLineTimeoutMs: number | 'never';
  readonly idleTimeoutMs: number | 'never';
  readonly outboxTimeoutMs: number | 'never';
  readonly endedTimeoutMs: number | 'never';
}

/**
 * What has taken too long: a line begun to end, a client to say anything, a reader to take anything, a client that
 * sends nothing more to be served.
 */
export type Overdue = 'line' | 'idle' | 'outbox' | 'ended';

/** A connection, as its deadlines see it. */
export interface Watched {
  /** Something of this client waits: a line for its turn, or output for the socket. */
  readonly isBusy: boolean;
  /** Bytes on their way out that the network has not taken. */
  readonly unsentBytes: number;
  /** Called once for `line` and `idle` together, once for `outbox`, and once for `ended`. */
  overdue(what: Overdue): void;
}

// Deadlines are looked at this many times in the shortest of them at most: they pass that much late.
const LOOKS = 64;
const LEAST_GAP_MS = 1;

const units = (ms: number | 'never'): number => (ms === 'never' ? Infinity : ms);

/**
 * The deadlines of all connections.
 *
 * A connection notes when its deadlines are, which is all that it pays; one timer, set for the earliest one that was
 * noted, looks at all connections and is set anew. A deadline that is moved on leaves the timer where it is.
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

  /** Begins with a connection; `undefined` where nothing has a deadline. */
  open(connection: Watched): ConnectionDeadlines | undefined {
    if (this.#gapMs === Infinity) return undefined;
    const deadlines = new ConnectionDeadlines(connection, this);
    this.#all.add(deadlines);
    deadlines.heard();
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

/** The deadlines of one connection. All are absolute: what comes in between does not move them, but where it says so. */
export class ConnectionDeadlines {
  readonly #connection: Watched;
  readonly #all: Deadlines;
  #lineAt = Infinity;
  /** What was left of the time for the line when the reading stopped. */
  #lineLeftMs = Infinity;
  #idleAt = Infinity;
  #wasBusy = false;
  #outboxAt = Infinity;
  #unsentBytes = 0;
  #endedAt = Infinity;

  constructor(connection: Watched, all: Deadlines) {
    this.#connection = connection;
    this.#all = all;
  }

  /** Something was received. */
  heard(): void {
    this.#wasBusy = false;
    this.#idleAt = this.#in(this.#all.idleMs);
  }

  /** What was read last is part of a line. `anew`: of another line than the time before. */
  inLine(anew: boolean): void {
    if (anew || this.#lineAt === Infinity) this.#lineAt = this.#in(this.#all.lineMs);
  }

  /** What was read last is a whole line. */
  betweenLines(): void {
    this.#lineAt = Infinity;
  }

  /** The client is not read any more: the time for a line begun stands still. */
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

  /** Nothing that it says is waited for any more: from now on it waits for us. */
  inputOver(): void {
    this.#lineAt = Infinity;
    this.#lineLeftMs = Infinity;
    this.#idleAt = Infinity;
    if (this.#endedAt === Infinity) this.#endedAt = this.#in(this.#all.endedMs);
  }

  /** It gets something: a line of it was answered, or it has read some of what waits for it. */
  served(): void {
    if (this.#endedAt !== Infinity) this.#endedAt = this.#in(this.#all.endedMs);
  }

  /** It waits for nothing but its output. */
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
    if (this.#outboxAt <= now) this.#passOutbox();
    if (this.#endedAt <= now) return this.#tell('ended');
    if (this.#lineAt <= now) this.#tell('line');
    else if (this.#idleAt <= now) this.#passIdle();
  }

  /** A client with something that waits is not idle; its time begins when nothing does. */
  #passIdle(): void {
    const { isBusy } = this.#connection;
    if (!isBusy && !this.#wasBusy) return this.#tell('idle');
    this.#wasBusy = isBusy;
    this.#idleAt = this.#in(isBusy ? this.#all.idleMs / LOOKS : this.#all.idleMs);
  }

  /** Part of a write may have been taken, of which nobody tells. */
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

  /** The time `ms` from now, noted. */
  #in(ms: number): number {
    if (ms === Infinity) return Infinity;
    const at = this.#all.clock.now() + ms;
    this.#all.note(at);
    return at;
  }
}
