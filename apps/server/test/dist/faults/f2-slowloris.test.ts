import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { figure, size } from '../../faults/figure.ts';
import { Client, connectDeaf } from '../client.ts';
import { start } from '../command.ts';

interface Drip {
  /** When its first byte was sent, and when the server ended the connection; ms. */
  readonly begun: number;
  readonly closed: Promise<number>;
}

/** A connection that sends a byte every now and then and never ends its line. */
async function drip(port: number, everyMs: number): Promise<Drip> {
  const socket: Socket = await connectDeaf(port);
  socket.resume();
  socket.write('x');
  const begun = performance.now();
  const timer = setInterval(() => socket.write('x'), everyMs);
  const closed = new Promise<number>((resolve) => {
    const over = (): void => {
      clearInterval(timer);
      resolve(performance.now());
    };
    // Cut, it has no end.
    socket
      .once('end', () => socket.end())
      .once('end', over)
      .once('close', over);
  });
  return { begun, closed };
}

/** How long each of so many lines took to be answered, one after the other; ms. */
async function waits(client: Client, lines: number): Promise<number[]> {
  const took: number[] = [];
  for (let line = 0; line < lines; line++) {
    const before = performance.now();
    await client.sync();
    took.push(performance.now() - before);
  }
  return took;
}

const p99 = (numbers: readonly number[]): number =>
  numbers.toSorted((one, other) => one - other)[Math.floor(numbers.length * 0.99)] ?? Number.NaN;

test('F2: a line begun must end, however it drips, and others are served meanwhile', async () => {
  const connections = size(50, 1_000);
  const timeoutMs = size(300, 10_000);
  const { port } = await start('--order', 'free', '--partial-line-timeout-ms', String(timeoutMs));
  const honest = await Client.in(port);
  const alone = p99(await waits(honest, size(100, 2_000)));
  const drips = await Promise.all(Array.from({ length: connections }, () => drip(port, size(40, 1_000))));
  const among = p99(await waits(honest, size(100, 2_000)));
  const late = await Promise.all(drips.map(async ({ begun, closed }) => (await closed) - begun - timeoutMs));
  await honest.sync();
  expect(late).toHaveLength(connections);
  expect(Math.min(...late)).toBeGreaterThan(-timeoutMs / 2);
  const worst = Math.max(...late.map((ms) => Math.abs(ms)));
  figure({
    id: 'F2',
    what: `closed, off the deadline by at most (${connections})`,
    value: worst,
    unit: 'ms',
    atMost: 1_000,
  });
  figure({
    id: 'F2',
    what: 'p99 of an honest client, to its p99 alone',
    value: among / alone,
    unit: 'x',
    atMost: 3,
  });
});
