import { VirtualClock } from '@proto/scheduler/testing';
import { expect, test } from 'vitest';
import { TurnDeadlines } from '../src/effects/turn-deadlines.ts';
import { memoryServer } from './peer.ts';

test('createServer: a handler that hangs is given up when the time of the given clock is over', async () => {
  const clock = new VirtualClock();
  const options = { order: 'free', handlerTimeoutMs: 86_400_000 } as const;
  const { join } = await memoryServer({ ...options, transform: () => new Promise(() => {}) }, clock);
  const peer = join().say('hello', '/ping');
  await peer.line('* PONG ');
  expect(peer.lines).toEqual(['* WELCOME 1 1 main 1', '* PONG ']);
  await clock.advance(86_400_000);
  await peer.line(/^\* ERR HANDLER .* took more than 86400000 ms$/);
});

test('createServer: a handler that hangs leaves no timer when the server has closed', async () => {
  const clock = new VirtualClock();
  const options = { order: 'free', graceMs: 0, lingerMs: 0 } as const;
  const { server, join } = await memoryServer({ ...options, transform: () => new Promise(() => {}) }, clock);
  await join().say('hello', '/ping').line('* PONG ');
  const closed = server.close();
  await clock.advance(1);
  await closed;
  expect(clock.pending).toBe(0);
});

test('createServer: who is turned away and stays is cut when the time of the given clock is over', async () => {
  const clock = new VirtualClock();
  const { join } = await memoryServer({ order: 'free', maxClients: 1, lingerMs: 60_000 }, clock);
  await join().line(/^\* WELCOME/);
  const late = join();
  await late.line('* BYE refused');
  expect(late.duplex.destroyed).toBe(false);
  await clock.advance(60_000);
  await late.until(({ duplex }) => duplex.destroyed);
});

test('TurnDeadlines: once the server closes, nobody is waited for', () => {
  const clock = new VirtualClock();
  const deadlines = new TurnDeadlines(1_000, clock, () => false);
  deadlines.start('main', 1, 1);
  expect(deadlines.waitedMs('main')).toBe(0);
  deadlines.close();
  deadlines.start('main', 2, 2);
  expect([deadlines.isWaiting, clock.pending]).toEqual([false, 0]);
});
