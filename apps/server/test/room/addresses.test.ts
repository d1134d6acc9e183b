import { expect, test } from 'vitest';
import { createServer, MemoryListener } from '../../src/index.ts';
import { memoryServer } from '../peer.ts';
import { House } from './house.ts';

test.each([
  { addresses: 'shown', others: ['10.0.0.1:1', '10.0.0.2:2', '10.0.0.3:3'] },
  { addresses: 'hidden', others: ['10.0.0.2:2'] },
] as const)(
  'addresses $addresses: a client learns $others.length of three by JOIN and WHO',
  ({ addresses, others }) => {
    const house = new House({ order: 'free', addresses });
    for (const client of [1, 2, 3])
      house.apply({ type: 'join', client, address: `10.0.0.${client}:${client}` });
    for (const client of [1, 3])
      house.say(client, `/name n${client}`).say(client, '/join side').say(client, '/join main');
    house.say(2, '/join side').say(2, '/join main').say(2, '/who').say(3, '/who');
    const told = house.got(2);
    const seen = told.flatMap((line) => line.match(/10\.0\.0\.\d:\d/g) ?? []);
    expect([...new Set(seen)].toSorted((a, b) => a.localeCompare(b))).toEqual(others);
    const rows = told.filter((line) => /^\* (?:JOIN|WHO) /.test(line));
    const without = rows.filter((line) => /^\* (?:JOIN \d+ \S+ -|WHO \d+ \S+ - \d+)$/.test(line));
    expect([rows.length, without.length]).toEqual(addresses === 'shown' ? [6, 0] : [6, 5]);
  },
);

test('addresses: hidden on an exposed address by default, and the operator sees them', async () => {
  const { server, join } = await memoryServer({ host: '0.0.0.0', order: 'free' });
  const came: string[] = [];
  server.on('join', ({ address }) => came.push(address));
  const first = join('10.0.0.1').say('hello');
  await first.line('HELLO');
  join('10.0.0.2').say('hello');
  await first.line('* JOIN 2 - -');
  expect(came).toEqual(['10.0.0.1:1', '10.0.0.2:2']);
  expect(Array.from(server.people(), ({ address }) => address)).toEqual(came);
  expect(createServer({}, new MemoryListener()).settings.addresses).toBe('shown');
});
