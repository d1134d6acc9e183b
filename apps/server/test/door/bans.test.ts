import { VirtualClock } from '@proto/scheduler/testing';
import { describe, expect, test } from 'vitest';
import { Bans, MOST_BANS } from '../../src/door/bans.ts';
import { memoryServer } from '../peer.ts';

const clock = new VirtualClock();

describe('Bans', () => {
  test.each([
    { block: '192.0.2.1', host: '192.0.2.1', is: true },
    { block: '192.0.2.1', host: '192.0.2.2', is: false },
    { block: '192.0.2.0/24', host: '192.0.2.255', is: true },
    { block: '192.0.2.0/24', host: '192.0.3.0', is: false },
    { block: '2001:DB8::/32', host: '2001:db8:1::1', is: true },
    { block: 'fe80::1', host: 'fe80::1%eth0', is: true },
    { block: '0.0.0.0/0', host: 'unix', is: false },
    { block: '0.0.0.0/0', host: '::1', is: false },
  ])('Bans: with $block, $host is banned: $is', ({ block, host, is }) => {
    const bans = new Bans(clock);
    expect(bans.has(host)).toBe(false);
    expect(bans.add(block, undefined)).toBe(undefined);
    expect(bans.has(host)).toBe(is);
    expect(bans.remove(block)).toBe(true);
    expect([bans.has(host), bans.remove(block), bans.list()]).toEqual([false, false, []]);
  });

  test.each(['', 'here', '192.0.2.256', '192.0.2.0/33', '192.0.2.1,192.0.2.2', '::1/129', '1.2.3.4/'])(
    'Bans: %j is no block',
    (block) => {
      const bans = new Bans(clock);
      expect(bans.add(block, undefined)).toBe('expected an address or a CIDR block');
      expect(bans.list()).toEqual([]);
    },
  );

  test.each([undefined, null, 5, {}, []] as unknown as string[])(
    'Server: %j is no block to ban',
    async (block) => {
      const { server } = await memoryServer({ order: 'free' });
      expect(() => server.ban(block)).toThrow(/^Cannot ban \w+: expected an address or a CIDR block$/);
      expect(() => server.ban(block, 0)).toThrow(/^Cannot ban \w+ for 0 ms: /);
      expect(server.unban(block)).toBe(false);
    },
  );

  test('Bans: one that is over is forgotten, and the others stay', async () => {
    const time = new VirtualClock();
    const bans = new Bans(time);
    bans.add('192.0.2.1', 1_000);
    bans.add('192.0.2.1/32', 2_000);
    bans.add('192.0.2.2', undefined);
    await time.advance(1_999);
    expect(bans.list()).toEqual([
      { block: '192.0.2.1', leftMs: 1 },
      { block: '192.0.2.2', leftMs: undefined },
    ]);
    expect(bans.has('192.0.2.1')).toBe(true);
    await time.advance(1);
    expect([bans.has('192.0.2.1'), bans.has('192.0.2.2'), bans.list().length]).toEqual([false, true, 1]);
  });

  test(`Bans: there are at most ${MOST_BANS}`, () => {
    const bans = new Bans(clock);
    for (let each = 0; each < MOST_BANS; each++) bans.add(`10.0.${each >> 8}.${each & 255}`, undefined);
    expect(bans.add('192.0.2.1', undefined)).toBe('there are already 1000');
    expect(bans.add('10.0.0.0', 5)).toBe(undefined);
    expect([bans.has('192.0.2.1'), bans.list().length]).toEqual([false, MOST_BANS]);
  });
});

describe('an operator', () => {
  test('Server: kick() ends a client at once, whatever its room waits for', async () => {
    const { server, join } = await memoryServer({ clients: 2 });
    const [first, second] = [await join().line(/^\* WELCOME/), await join().line(/^\* TURN 1/)];
    second.say('waits', 'and is dropped');
    await second.line('* TURN 1');
    const [, { client }] = [...server.people()] as [unknown, { client: number }];
    expect(server.kick(client, 'enough of you')).toBe(true);
    await second.end();
    expect(second.lines.at(-1)).toBe('* BYE enough of you');
    expect(second.lines).not.toContain('WAITS');
    await first.line('* LEAVE 2 enough of you');
    expect([server.kick(client), server.load().queuedLines]).toEqual([false, 0]);
  });

  test('Server: a client that is kicked and reads nothing is gone after the grace period', async () => {
    const time = new VirtualClock();
    const { server, join } = await memoryServer(
      { order: 'free', graceMs: 5_000, maxLineBytes: 60_000 },
      time,
    );
    const peer = await join().line(/^\* WELCOME/);
    peer.duplex.pause();
    for (let each = 0; each < 4; each++) peer.say('x'.repeat(60_000));
    while (server.load().outboxBytes === 0) await new Promise(setImmediate);
    server.kick([...server.people()][0]!.client);
    await time.advance(4_999);
    expect(server.load().clients).toBe(1);
    await time.advance(1);
    while (server.load().clients > 0) await new Promise(setImmediate);
  });

  test('Server: say() tells everybody, or a room', async () => {
    const { server, join } = await memoryServer({ order: 'free' });
    const [a, b] = [join(), join()];
    await a.say('/join side').line('* WELCOME 1 1 side 1');
    await b.line(/^\* WELCOME/);
    server.say('back at noon');
    server.say('to you', 'side');
    server.say('to none', 'nowhere');
    await a.line('* SAY to you');
    await b.say('/ping').line(/^\* PONG/);
    expect(a.lines.filter((line) => /SAY/.test(line))).toEqual(['* SAY back at noon', '* SAY to you']);
    expect(b.lines.filter((line) => /SAY/.test(line))).toEqual(['* SAY back at noon']);
  });

  test('Server: ban() ends those who are in, lets nobody else in from there, and is over after its time', async () => {
    const time = new VirtualClock();
    const { server, join } = await memoryServer({ order: 'free', joinWith: 'line' }, time);
    const bad = join('192.0.2.7').say('hello');
    const good = join('198.51.100.1').say('hello');
    await Promise.all([bad.line('HELLO'), good.line('HELLO')]);
    const waiting = join('192.0.2.8');
    expect(server.ban('192.0.2.0/24', 60_000)).toBe(1);
    await bad.end();
    expect(bad.lines.at(-1)).toBe('* BYE banned');
    const refused: string[] = [];
    server.on('refuse', ({ code, address }) => refused.push(`${code} ${address}`));
    await waiting.say('too late').end();
    const late = await join('192.0.2.9').end();
    for (const { lines } of [waiting, late])
      expect(lines).toEqual(['* ERR BANNED Cannot let you in: your address is banned', '* BYE refused']);
    expect(refused).toEqual([
      expect.stringMatching(/^BANNED 192.0.2.8:/),
      expect.stringMatching(/^BANNED 192.0.2.9:/),
    ]);
    await good.say('still here').line('STILL HERE');
    expect(server.bans()).toEqual([{ block: '192.0.2.0/24', leftMs: 60_000 }]);
    await time.advance(60_000);
    await join('192.0.2.9').say('again').line('AGAIN');
    expect([server.bans(), server.unban('192.0.2.0/24')]).toEqual([[], false]);
  });

  test.each([
    {
      act: 'kick',
      call: [1, 'a\nb'],
      want: 'Cannot kick with reason "a\\nb": expected HT and 0x20 to 0x7E, at most 1024 bytes',
    },
    {
      act: 'say',
      call: ['a\nb'],
      want: 'Cannot say "a\\nb": expected HT and 0x20 to 0x7E, at most 1024 bytes',
    },
    { act: 'ban', call: ['here'], want: 'Cannot ban here: expected an address or a CIDR block' },
    {
      act: 'ban',
      call: ['::1', 0],
      want: 'Cannot ban ::1 for 0 ms: expected an integer from 1 to 31536000000',
    },
  ] as const)('Server: $act($call) is refused', async ({ act, call, want }) => {
    const { server } = await memoryServer();
    expect(() => Reflect.apply(server[act], server, call)).toThrow(new RangeError(want));
  });
});
