import { setTimeout as delay } from 'node:timers/promises';
import { ClientError } from '../dial/client-error.ts';
import { dial, type Endpoint } from '../dial/dial.ts';
import { Arrivals } from './lines/arrivals.ts';
import { LinePool, numbers } from './lines/line-pool.ts';
import type { Waiting } from './lines/answer-check.ts';
import { LoadClient } from './load-client.ts';
import type { LoadPlan } from './plan.ts';
import { type Result, Tally } from './figures/tally.ts';

/** How many connections may be in progress at a time. More would overflow a backlog of 511. */
const CONNECTING = 100;

/** What came of connecting. */
export interface Arrival {
  /** Why no client got in; `undefined`: some did. */
  readonly refusal: ClientError | undefined;
  /** What the room still waits for, if it told so each client that got in. One that completes it isn't told. */
  readonly waiting: WaitingClients | undefined;
}

/** How many clients a room has, and how many it waits for. */
export type WaitingClients = Extract<Waiting, { kind: 'clients' }>;

/** What the room still waits for, from what each of its clients was told last. */
export function waitingOf(told: readonly (Waiting | undefined)[]): WaitingClients | undefined {
  let most: WaitingClients | undefined;
  for (const waiting of told) {
    if (waiting?.kind !== 'clients') return undefined;
    if (most === undefined || waiting.have > most.have) most = waiting;
  }
  return most;
}

/** What to do about a server that doesn't greet. */
function adviceFor({ tls, token }: Endpoint): string {
  if (token === undefined && tls === undefined)
    return 'If it requires a token, pass --token-file. If it speaks TLS, pass --tls';
  return token === undefined ? 'If it requires a token, pass --token-file' : 'Check host and port';
}

/** The part of a load run that one thread does. */
export class Crew {
  readonly tally: Tally = new Tally();
  readonly #endpoint: Endpoint;
  readonly #plan: LoadPlan;
  readonly #pool: LinePool;
  readonly #clients: LoadClient[] = [];
  /** Why the first client that wasn't let in was turned away. */
  #refusal: ClientError | undefined;
  #isStopped = false;
  /** What any connection read last. Processed before the next read. */
  readonly #buffer = Buffer.allocUnsafeSlow(65_536);

  constructor(endpoint: Endpoint, plan: LoadPlan) {
    this.#endpoint = endpoint;
    this.#plan = plan;
    const { size, linesPerWrite, reply, seed } = plan;
    this.#pool = new LinePool({ size, reply, seed, most: linesPerWrite });
  }

  /** How many clients the server has let in. */
  get greeted(): number {
    return this.#clients.reduce((count, { isGreeted }) => count + Number(isGreeted), 0);
  }

  /**
   * Connects every client, spread over the ramp time, and waits until each was greeted or turned away. Returns what came
   * of it.
   */
  async connect(): Promise<Arrival> {
    const { clients, rampMs, rate } = this.#plan;
    const begin = performance.now();
    let next = 0;
    const connectOne = async (): Promise<void> => {
      for (let index = next++; index < clients && !this.#isStopped; index = next++) {
        if (rampMs > 0) await delay(Math.max(0, begin + (rampMs * index) / clients - performance.now()));
        try {
          const client = await this.#open(index);
          if (client.refusal !== undefined) this.#refusal ??= client.refusal;
          else if (rampMs > 0 && rate === undefined) client.drive();
        } catch (error) {
          if (!(error instanceof ClientError)) throw error;
          this.#refusal ??= error;
          this.tally.causes.add(error.message);
          this.tally.failure('unreachable', 1);
        }
      }
    };
    const workers = Math.min(CONNECTING, clients);
    await this.#watched(() => Promise.all(Array.from({ length: workers }, connectOne)));
    const greeted = this.#clients.filter(({ isGreeted }) => isGreeted);
    return {
      refusal: greeted.length === 0 ? this.#refusal : undefined,
      waiting: waitingOf(greeted.map(({ waiting }) => waiting)),
    };
  }

  /** Sends what the plan says, and waits until everything is answered or abandoned. */
  async drive(): Promise<Result> {
    const { durationMs, rate, warmUpMs, lines } = this.#plan;
    const begin = performance.now();
    let timer: NodeJS.Timeout | undefined;
    const measure = (from: number): void => {
      if (this.#isStopped) return;
      this.tally.begin(from);
      if (durationMs !== undefined) timer = setTimeout(() => this.stop(), durationMs);
    };
    if (warmUpMs === 0) measure(begin);
    else
      timer = setTimeout(() => {
        for (const client of this.#clients) client.limit(lines);
        measure(performance.now());
      }, warmUpMs);
    try {
      if (rate === undefined) for (const client of this.#clients) client.drive();
      await this.#watched(async () => {
        if (rate !== undefined) await this.#offer(rate, begin);
        await Promise.all(this.#clients.map((client) => client.over));
      });
    } finally {
      clearTimeout(timer);
    }
    return this.tally.result(this.greeted);
  }

  /** Does something, and meanwhile gives up on answers that take too long. */
  async #watched(work: () => Promise<unknown>): Promise<void> {
    const { timeoutMs } = this.#plan;
    const look = (): void => {
      const now = performance.now();
      for (const client of this.#clients) client.expire(now, timeoutMs);
    };
    // Checked after the sockets are read: a process that was stopped (Ctrl-Z) and continued has answers waiting there.
    const watch = setInterval(() => setImmediate(look), Math.max(1, timeoutMs / 10));
    try {
      await work();
    } finally {
      clearInterval(watch);
    }
  }

  /** Sends no more. */
  stop(): void {
    this.#isStopped = true;
    this.tally.end(
      this.#clients.reduce((sum, { owed }) => sum + owed, 0),
      performance.now(),
    );
    for (const client of this.#clients) client.stop();
  }

  /** Ends every connection at once. */
  destroy(): void {
    this.#isStopped = true;
    for (const client of this.#clients) client.destroy();
  }

  async #open(index: number): Promise<LoadClient> {
    const { linesPerWrite, lines, events, warmUpMs } = this.#plan;
    // Far from each other in the pool, so that one client's answer is never another's.
    const from = (index * 7919 * linesPerWrite) % this.#pool.count;
    let client: LoadClient | undefined;
    // A new buffer for each read would be most of a run's garbage, and cause its longest latencies.
    const onread = {
      buffer: this.#buffer,
      callback: (length: number) => {
        client?.heard(this.#buffer, length);
        return true;
      },
    };
    const reads = this.#endpoint.tls === undefined ? { onread } : {};
    client = await dial({ ...this.#endpoint, ...reads }, (socket) => {
      client = new LoadClient({
        socket,
        pool: this.#pool,
        from,
        greeting: events === 'on' ? 'welcome' : 'none',
        tally: this.tally,
        lines: warmUpMs > 0 ? Infinity : lines,
        linesPerWrite,
        advice: adviceFor(this.#endpoint),
      });
      if (this.#endpoint.tls !== undefined) socket.on('data', (chunk: Buffer) => client?.heard(chunk));
      return client;
    });
    this.#clients.push(client);
    await client.ready;
    if (this.#isStopped) client.stop();
    return client;
  }

  /** Sends lines at a rate, no matter what happens to earlier ones. Each is due at its time, and late from then on. */
  async #offer(rate: number, begin: number): Promise<void> {
    const { linesPerWrite, arrival, seed } = this.#plan;
    const random = numbers(seed);
    const arrivals = new Arrivals({ arrival, rate: rate / linesPerWrite, random: () => random() / 2 ** 32 });
    let next = 0;
    for (let due = begin + arrivals.next(); this.#clients.some(({ isOpen }) => isOpen);) {
      const now = performance.now();
      const offered = new Set<LoadClient>();
      for (; due <= now; due = begin + arrivals.next()) {
        const client = this.#clients[next++ % this.#clients.length]!;
        if (!client.isOpen) continue;
        client.offer(due, linesPerWrite);
        offered.add(client);
      }
      for (const client of offered) client.flush(now);
      await delay(Math.max(1, due - now));
    }
  }
}
