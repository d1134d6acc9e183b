import { once } from 'node:events';
import { expect, test } from 'vitest';
import type { Entry, ServerEvents } from '../../src/index.ts';
import { memoryServer } from '../peer.ts';
import { House } from '../room/house.ts';

test('server: its entries, written down and read into other rooms, give every client the same lines', async () => {
  const { server, join } = await memoryServer({ clients: 2, quit: 'self' });
  const written: string[] = [];
  server.on('entry', (entry) => written.push(JSON.stringify(entry)));
  const [ann, bob] = [join().say('/name Ann', 'one', 'two'), join().say('three', '\x01', '/to 1 four')];
  await ann.line('* MSG 2 FOUR');
  bob.say('/join side', 'five');
  await bob.line('* WAIT 1 2');
  const left = once(server, 'leave') as Promise<ServerEvents['leave']>;
  ann.say('/quit good night');
  await ann.end();
  await left;
  const entries = written.map((text) => JSON.parse(text) as Entry);
  expect(entries.map(({ seq }) => seq)).toEqual(entries.map((_, index) => index + 1));
  const house = new House({ clients: 2, quit: 'self' });
  for (const { record } of entries) house.apply(record);
  expect([house.got(1), house.got(2)]).toEqual([ann.lines, bob.lines]);
});
