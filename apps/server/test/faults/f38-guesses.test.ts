import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as pathOf } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { VirtualClock } from '@proto/scheduler/testing';
import { Guesses } from '../../src/door/guesses.ts';
import { showOnConsole } from '../../src/observe/index.ts';
import { memoryServer, type Peer } from '../peer.ts';
import { figure, size } from './figure.ts';

const TOKEN = 'correct horse battery staple';
const folder = mkdtempSync(pathOf(tmpdir(), 'proto-f38-'));
const tokenFile = pathOf(folder, 'token');
writeFileSync(tokenFile, `${TOKEN}\n`, { mode: 0o600 });
afterAll(() => rmSync(folder, { recursive: true }));

const passed = async (): Promise<void> => {
  for (let each = 0; each < 5; each++) await new Promise(setImmediate);
};

describe('F38', () => {
  test.each([
    { addresses: 1, tries: size(2_000, 10_000) },
    { addresses: 200, tries: 10_000 },
  ])(
    'F38: $tries tries from $addresses addresses, each reset after two: at most 10 a second and address are looked at',
    async ({ addresses, tries }) => {
      const clock = new VirtualClock();
      const { server, join } = await memoryServer(
        { order: 'free', tokenFile, maxClients: 100_000, maxClientsPerAddress: 'none' },
        clock,
      );
      const lines: string[] = [];
      const stop = showOnConsole(server, { write: (line) => lines.push(line), colour: false });
      let looked = 0;
      server.on('wrongToken', () => looked++);
      const seconds = 2;
      for (let second = 0; second < seconds; second++) {
        const open: Peer[] = [];
        for (let each = 0; each < tries / 2 / seconds; each++)
          open.push(join(`10.0.0.${each % addresses}`).say('/auth guess', '/auth again'));
        await passed();
        for (const peer of open) peer.duplex.destroy();
        await passed();
        await clock.advance(1_000);
      }
      // The first three of an address are free.
      expect(looked).toBeLessThanOrEqual(addresses * (3 + 10 * seconds));
      // Nobody else waits, and the attacker's own address can still come in.
      const other = join('192.0.2.1').say(`/auth ${TOKEN}`);
      await other.line(/^\* WELCOME /);
      const late = join('10.0.0.0').say(`/auth ${TOKEN}`);
      await passed();
      await clock.advance(1_000);
      await late.line(/^\* WELCOME /);
      stop();
      expect(lines.filter((line) => /wrong token/.test(line)).length).toBeLessThanOrEqual(6);
      figure({
        id: 'F38',
        what: `tries a second and address, of ${addresses}`,
        value: (looked / addresses - 3) / seconds,
        unit: '',
        atMost: 10,
      });
    },
  );

  test('F38: what came behind a token that waits is read once it was looked at', async () => {
    const clock = new VirtualClock();
    const { join } = await memoryServer({ order: 'free', tokenFile }, clock);
    for (let each = 0; each < 3; each++)
      await join('10.0.0.1')
        .say('/auth no')
        .line(/^\* ERR AUTH_FAILED/);
    const honest = join('10.0.0.1').say(`/auth ${TOKEN}`, 'hello');
    const wrong = join('10.0.0.1').say('/auth no', '/auth no', '/auth no');
    await passed();
    expect([honest.lines, wrong.lines]).toEqual([[], []]);
    for (let each = 0; each < 10; each++) {
      await clock.advance(100);
      await passed();
    }
    expect(honest.replies).toEqual(['HELLO']);
    expect(wrong.lines.filter((line) => line.startsWith('* ERR AUTH_FAILED'))).toHaveLength(3);
    expect(wrong.lines.at(-1)).toBe('* BYE refused');
  });

  test('F38: it remembers 10,000 networks, for 10 minutes', async () => {
    const clock = new VirtualClock();
    const guesses = new Guesses(clock);
    for (let each = 0; each < 30_000; each++)
      guesses.failed(`10.${each >> 16}.${(each >> 8) & 255}.${each & 255}`);
    expect(guesses.size).toBe(10_000);
    await clock.advance(600_001);
    guesses.failed('192.0.2.1');
    expect(guesses.size).toBe(1);
    // One that always waits and never is looked at keeps its place, and nobody else's.
    for (let each = 0; each < 3; each++) guesses.failed('192.0.2.2');
    guesses.ask('192.0.2.2', () => {});
    for (let each = 0; each < 20_000; each++) guesses.failed(`10.0.${each >> 8}.${each & 255}`);
    expect(guesses.size).toBe(10_000);
  });
});
