import type { Clock } from '@proto/scheduler';
import { expect, onTestFinished, test } from 'vitest';
import { type Peer, tcpServer } from '../peer.ts';

const CLIENTS = 20;
const LINES = 64;

/** A clock that moves when a handler works. What falls due runs in the event loop, as timers do. */
class WorkClock implements Clock {
  #now = 0;
  #isOver = false;
  readonly #timers = new Set<{ readonly at: number; readonly task: () => void }>();
  /** Called in each pass of the event loop. */
  onPass = (): void => {};

  constructor() {
    onTestFinished(() => void (this.#isOver = true));
    this.#pass();
  }

  now(): number {
    return this.#now;
  }

  work(ms: number): void {
    this.#now += ms;
  }

  setTimeout(task: () => void, ms: number): () => void {
    const timer = { at: this.#now + ms, task };
    this.#timers.add(timer);
    return () => void this.#timers.delete(timer);
  }

  #pass(): void {
    for (const timer of this.#timers) {
      if (timer.at > this.#now) continue;
      this.#timers.delete(timer);
      timer.task();
    }
    this.onPass();
    if (!this.#isOver) setImmediate(() => this.#pass());
  }
}

/** A server with a handler that takes this long, and clients whose queues are full. */
async function busyServer(handlerMs: number, options: { readonly order: 'strict' | 'fair' | 'free' }) {
  const clock = new WorkClock();
  const handled: string[] = [];
  const transform = (line: string): string => {
    clock.work(handlerMs);
    handled.push(line);
    return line.toUpperCase();
  };
  const { server, join } = await tcpServer({ ...options, clients: CLIENTS, transform }, clock);
  const peers: Peer[] = [];
  for (let count = 0; count < CLIENTS; count++) {
    const peer = await join();
    peer.duplex.once('end', () => peer.duplex.end());
    peers.push(peer);
  }
  await Promise.all(peers.map((peer) => peer.line(/^\* WELCOME /)));
  const fill = (): void => {
    for (const [index, peer] of peers.entries())
      peer.say(...Array.from({ length: LINES }, (_, line) => `${index} ${line}`));
  };
  return { server, clock, handled, peers, fill };
}

test.each(['strict', 'fair', 'free'] as const)(
  'F44: a handler that takes long is called once in a pass of the event loop, %s',
  async (order) => {
    const { clock, handled, peers, fill } = await busyServer(10, { order });
    let before = 0;
    let most = 0;
    clock.onPass = () => {
      most = Math.max(most, handled.length - before);
      before = handled.length;
    };
    fill();
    await Promise.all(peers.map((peer) => peer.until(({ replies }) => replies.length === LINES)));
    expect(most).toBe(1);
    for (const [index, { replies }] of peers.entries())
      expect(replies).toEqual(Array.from({ length: LINES }, (_, line) => `${index} ${line}`));
  },
);

test('F44: a listener that takes long is called for one share of lines while sockets are read, and for one after that', async () => {
  const { server, clock, peers, fill } = await busyServer(0, { order: 'free' });
  let heard = 0;
  let before = 0;
  let most = 0;
  server.on('line', () => {
    clock.work(10);
    heard++;
  });
  clock.onPass = () => {
    most = Math.max(most, heard - before);
    before = heard;
  };
  fill();
  fill();
  await Promise.all(peers.map((peer) => peer.until(({ replies }) => replies.length === 2 * LINES)));
  expect(heard).toBe(2 * LINES * CLIENTS);
  expect(most).toBeLessThanOrEqual(2 * LINES);
});

test('F44: a quit waits for its grace period and one line of the handler, however many lines wait', async () => {
  const { server, clock, handled, fill } = await busyServer(100, { order: 'free' });
  fill();
  await new Promise<void>((resolve) => {
    clock.onPass = () => void (handled.length > 0 && resolve());
  });
  const { tookMs, forced } = await server.close({ graceMs: 1_000 });
  expect(forced.length).toBeGreaterThan(0);
  expect(tookMs).toBeLessThanOrEqual(1_100);
  const atEnd = handled.length;
  await new Promise<void>((resolve) => {
    let passes = 0;
    clock.onPass = () => void (++passes === 10 && resolve());
  });
  expect(handled.length).toBe(atEnd);
});
