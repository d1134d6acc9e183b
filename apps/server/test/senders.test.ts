import { expect, test } from 'vitest';
import { MOST_SENDERS, Senders } from '../src/events/senders.ts';
import { memoryServer } from './peer.ts';

test('Senders: each client once, until it is taken; two tallies count for themselves', () => {
  const senders = new Senders();
  const [one, other] = [senders.open(), senders.open()];
  for (const client of [1, 2, 1, 2, 1]) senders.heard(client);
  expect(one.take()).toBe(2);
  senders.heard(3);
  expect([one.take(), other.take()]).toEqual([1, 3]);
  one.close();
  senders.heard(4);
  expect([one.take(), other.take()]).toEqual([0, 1]);
});

test('Senders: holds its bound, whoever comes', () => {
  const senders = new Senders();
  const tally = senders.open();
  for (let client = 0; client < 2 * MOST_SENDERS; client++) senders.heard(client);
  expect(tally.take()).toBe(MOST_SENDERS);
});

test('senders: who sends lines, one by one or many at once, and who has left since; nobody else', async () => {
  const { server, join } = await memoryServer({ order: 'free', quit: 'self' });
  const [one, many, gone, silent] = [join(), join(), join(), join()];
  await silent.line(/^\* WELCOME/);
  const tally = server.senders.open();
  await one.say('a').line('A');
  await many.say(...Array.from({ length: 500 }, () => 'b'), 'c').line('C');
  await gone.say('/quit').end();
  expect(tally.take()).toBe(3);
  await one.say('d').line('D');
  expect(tally.take()).toBe(1);
});
