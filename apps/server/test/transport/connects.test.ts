import { VirtualClock } from '@proto/scheduler/testing';
import { describe, expect, test } from 'vitest';
import { Connects } from '../../src/transport/connects.ts';
import { memoryServer } from '../peer.ts';

function counting(maxConnectsPerSecond: number | 'none', countsLoopback = false) {
  const clock = new VirtualClock();
  const connects = new Connects({ maxConnectsPerSecond, countsLoopback }, clock);
  const entered = (host: string, count: number): number =>
    Array.from({ length: count }, () => connects.enter(host)).filter((refusal) => refusal === undefined)
      .length;
  return { clock, connects, entered };
}

describe('Connects', () => {
  test('enter: eight seconds at once, then as many as come back; those turned away cost nothing', async () => {
    const { clock, connects, entered } = counting(2);
    expect(entered('192.0.2.1', 100)).toBe(16);
    expect(connects.enter('192.0.2.1')).toEqual({
      code: 'ADDRESS_BUSY',
      text: 'Cannot let you in: more than 2 connections a second come from your address. Try again later',
    });
    expect(entered('192.0.2.2', 1)).toBe(1);
    await clock.advance(1_000);
    expect(entered('192.0.2.1', 100)).toBe(2);
    await clock.advance(60_000);
    expect(entered('192.0.2.1', 100)).toBe(16);
  });

  test('enter: a /64 of IPv6 is one address', () => {
    const { connects, entered } = counting(1);
    expect(entered('2001:db8::1', 4) + entered('2001:db8::2', 100)).toBe(8);
    expect(connects.enter('2001:db8::3')?.text).toMatch(/your network 2001:db8:0:0::\/64/);
    expect(entered('2001:db8:0:1::1', 1)).toBe(1);
  });

  test('enter: this machine counts only where that is said', () => {
    for (const host of ['127.0.0.2', '::1', 'unix']) {
      expect(counting(1).entered(host, 100)).toBe(100);
      expect(counting(1, true).entered(host, 100)).toBe(8);
    }
    expect(counting('none', true).entered('192.0.2.1', 100)).toBe(100);
  });

  test('enter: it remembers 10,000 networks, and forgets those that have all of their allowance back', async () => {
    const { clock, connects } = counting(1);
    for (let each = 0; each < 30_000; each++)
      connects.enter(`10.${each >> 16}.${(each >> 8) & 255}.${each & 255}`);
    expect(connects.size).toBe(10_000);
    await clock.advance(1_000);
    connects.enter('192.0.2.1');
    expect(connects.size).toBe(1);
    // One that goes on connecting keeps nobody else.
    for (let each = 0; each < 100; each++) {
      connects.enter('192.0.2.1');
      connects.enter(`192.0.2.${100 + each}`);
      await clock.advance(1_000);
    }
    expect(connects.size).toBeLessThanOrEqual(3);
  });
});

test('maxConnectsPerSecond: those beyond it get one error line, and no seat', async () => {
  const clock = new VirtualClock();
  const { server, join } = await memoryServer({ order: 'free', maxConnectsPerSecond: 1 }, clock);
  const refused: string[] = [];
  server.on('refuse', ({ code }) => refused.push(code));
  for (let each = 0; each < 8; each++) await join('192.0.2.1').line(/^\* WELCOME/);
  const ninth = await join('192.0.2.1').end();
  expect(ninth.lines).toEqual([
    '* ERR ADDRESS_BUSY Cannot let you in: more than 1 connection a second comes from your address. Try again later',
    '* BYE refused',
  ]);
  await join('192.0.2.2').line(/^\* WELCOME 9 /);
  await clock.advance(1_000);
  await join('192.0.2.1').line(/^\* WELCOME 10 /);
  expect(refused).toEqual(['ADDRESS_BUSY']);
});

test('maxConnectsPerSecond: clients on this machine count where somebody has set it', async () => {
  for (const [options, isCounted] of [
    [{ host: '0.0.0.0' }, false],
    [{ host: '0.0.0.0', maxConnectsPerSecond: 1 }, true],
  ] as const) {
    const { server, join } = await memoryServer({ order: 'free', ...options }, new VirtualClock());
    let refused = 0;
    server.on('refuse', () => refused++);
    for (let each = 0; each < 200; each++) join('127.0.0.1');
    expect(refused > 0).toBe(isCounted);
  }
});
