import { setTimeout as delay } from 'node:timers/promises';
import { ClientError } from '../dial/client-error.ts';
import { dial, type Endpoint } from '../dial/dial.ts';
import { Arrivals } from './lines/arrivals.ts';
import { LinePool, numbers } from './lines/line-pool.ts';
import { LoadClient } from './load-client.ts';
import type { LoadPlan } from './plan.ts';
import { type Result, Tally } from './figures/tally.ts';

/** How many connections may be in progress at a time. More would overflow a backlog of 511. */
const CONNECTING = 100;

/** The part of a load run that one thread does. */
export class Crew {
  readonly tally: Tally = new Tally();
  readonly #endpoint: Endpoint;
  readonly #plan: LoadPlan;
  readonly #pool: LinePool;
  readonly #clients: LoadClient[] = [];
  /** What any connection read last. Processed before the next read. */
  readonly #buffer = Buffer.allocUnsafeSlow(65_536);

  constructor(endpoint: Endpoint, plan: LoadPlan) {
    this.#endpoint = endpoint;
    this.#plan = plan;
    const { size, linesPerWrite, reply, seed } = plan;
    this.#pool = new LinePool({ size, reply, seed, most: linesPerWrite });
  }

  /**
   * Connects every client, spread over the ramp time, and waits until each was greeted.
   *
   * Errors: rejects with `ClientError` if none of them got in.
   */
  async connect(): Promise<void> {
    const { clients, rampMs, rate } = this.#plan;
    const begin = performance.now();
    let refusal: unknown;
    let next = 0;
    const connectOne = async (): Promise<void> => {
      for (let index = next++; index < clients; index = next++) {
        if (rampMs > 0) await delay(Math.max(0, begin + (rampMs * index) / clients - performance.now()));
        try {
          const client = await this.#open(index);
          if (rampMs > 0 && rate === undefined) client.drive();
        } catch (error) {
          refusal ??= error;
          this.tally.trouble ??= (error as Error).message;
          this.tally.failure('unreachable', 1);
        }
      }
    };
    const workers = Math.min(CONNECTING, clients);
    await this.#watched(() => Promise.all(Array.from({ length: workers }, connectOne)));
    if (this.#clients.length === 0) throw refusal;
    if (!this.#clients.some(({ isGreeted }) => isGreeted)) {
      const text =
        this.tally.trouble ?? 'Cannot talk to this server: it ended every connection before * WELCOME';
      throw new ClientError('NOT_OURS', text);
    }
  }

  /** Sends what the plan says, and waits until everything is answered or abandoned. */
  async drive(): Promise<Result> {
    const { durationMs, rate } = this.#plan;
    this.tally.begin();
    const end = durationMs === undefined ? undefined : setTimeout(() => this.stop(), durationMs);
    try {
      const begin = performance.now();
      if (rate === undefined) for (const client of this.#clients) client.drive();
      await this.#watched(async () => {
        if (rate !== undefined) await this.#offer(rate, begin);
        await Promise.all(this.#clients.map((client) => client.over));
      });
    } finally {
      clearTimeout(end);
    }
    return this.tally.result(this.#clients.length);
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
    this.tally.end();
    for (const client of this.#clients) client.stop();
  }

  async #open(index: number): Promise<LoadClient> {
    const { linesPerWrite, lines, events } = this.#plan;
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
        lines,
        linesPerWrite,
      });
      if (this.#endpoint.tls !== undefined) socket.on('data', (chunk: Buffer) => client?.heard(chunk));
      return client;
    });
    this.#clients.push(client);
    await client.ready;
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
