import { type Message, writeLine } from '@proto/watch';
import type { Page } from 'playwright-core';
import { expect } from 'vitest';
import { hello, join, row, tick, turn } from '../model/told.ts';

/** Few elements and little memory, however many clients there are. */
export async function expectSmall(page: Page): Promise<void> {
  const { nodes, heap } = await page.evaluate(() => ({
    nodes: document.querySelectorAll('*').length,
    heap: (performance as unknown as { memory: { usedJSHeapSize: number } }).memory.usedJSHeapSize,
  }));
  expect(nodes).toBeLessThanOrEqual(700);
  expect(heap).toBeLessThanOrEqual(80_000_000);
}

/** A session of many clients, each with lines that wait: what a server says about them, without their bytes. */
export function crowdSession(clients: number): string {
  const all = Array.from({ length: clients }, (_, i) => i + 1);
  const messages: Message[] = [
    hello({ clients }, { why: 'file' }),
    ...all.map((c) => join(c, c, c, clients)),
    turn(clients + 1, 1, 1, 'waiting'),
  ];
  for (let t = 1_100; t < 10_000; t += 250) {
    const rows = all
      .filter((c) => (c * 7 + t / 50) % 6 < 1)
      // The room waits for the first client: everybody else has more and more lines that wait.
      .map((c) =>
        row(c, c === 1 ? 0 : Math.min(64, Math.floor(((c % 13) * (t - 1_000)) / 1_500)), { served: 0 }),
      );
    messages.push({ k: 'people', t, rows }, tick(t, { all: clients }));
  }
  return messages.map(writeLine).join('');
}
