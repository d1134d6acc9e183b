import { expect, test } from 'vitest';
import { Inbox } from '../../src/library/inbox.ts';

test('Inbox: drops the oldest over its capacity, and says how many in their place', async () => {
  const inbox = new Inbox<{ kind: number }>(2);
  for (let kind = 0; kind < 5; kind++) inbox.push({ kind });
  inbox.end();
  const got = [await inbox.next(), await inbox.next(), await inbox.next(), await inbox.next()];
  expect(got.map(({ value }) => value)).toEqual([
    { kind: 'lost', count: 3 },
    { kind: 3 },
    { kind: 4 },
    undefined,
  ]);
});

test('Inbox: gives items to readers who wait, in the order they asked', async () => {
  const inbox = new Inbox<number>(1);
  const readers = [inbox.next(), inbox.next(), inbox.next()];
  inbox.push(1);
  inbox.push(2);
  inbox.end(new Error('cut'));
  expect(await Promise.allSettled(readers)).toEqual([
    { status: 'fulfilled', value: { done: false, value: 1 } },
    { status: 'fulfilled', value: { done: false, value: 2 } },
    { status: 'rejected', reason: new Error('cut') },
  ]);
  expect(await inbox.next()).toEqual({ done: true, value: undefined });
});

test('Inbox: calls onRoom when it is no longer full, and only then', async () => {
  const inbox = new Inbox<number>(2);
  let calls = 0;
  inbox.onRoom = () => calls++;
  for (const item of [1, 2]) inbox.push(item);
  expect([inbox.full, calls]).toEqual([true, 0]);
  await inbox.next();
  expect([inbox.full, calls]).toEqual([false, 1]);
  await inbox.next();
  expect(calls).toBe(1);
});
