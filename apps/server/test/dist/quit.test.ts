import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { isMissing } from './binary.ts';
import { Child } from './child.ts';
import { Client, connectDeaf } from './client.ts';
import { type Command, start, take } from './command.ts';

const GONE = { code: 0, signal: null };

/** Enough to fill what the kernel takes for a client that does not read. */
const OWED_LINES = 320;
const OWED_LINE = 'x'.repeat(60_000);

/** A relay in which client 1 never reads and is owed megabytes, and client 2 is well. */
async function withDeaf(...flags: string[]): Promise<{ server: Command; well: Client }> {
  const roomy = ['--max-line-bytes', '60000', '--max-outbox-bytes', '1073741824'];
  const server = await start('--order', 'free', '--deliver', 'others', ...roomy, ...flags);
  await connectDeaf(server.port);
  await server.child.line(/^client 1 connected/);
  const well = await Client.in(server.port);
  for (let sent = 0; sent < OWED_LINES; sent++) well.say(OWED_LINE);
  await well.until(() => well.lines.filter((line) => line === '* OK').length === OWED_LINES, 'every answer');
  return { server, well };
}

describe('who cannot hold up the end', () => {
  test('quit: a deaf client that is owed megabytes is forced when the grace is over', async () => {
    const { server, well } = await withDeaf('--grace-ms', '1000');
    well.say('quit');
    await well.end();
    expect(well.lines.slice(-2)).toEqual(['* QUIT 2 quit', '* BYE quit']);
    expect(await server.child.exit).toEqual(GONE);
    expect(server.child.lines).toContain('closed cleanly: 1: client 2');
    expect(server.child.lines).toContain('forced: 1: client 1');
    await take(server.port);
  });

  test('quit: a deaf client that is owed little is closed cleanly', async () => {
    const server = await start('--clients', '2');
    await connectDeaf(server.port);
    await server.child.line(/^client 1 connected/);
    (await Client.in(server.port)).say('quit');
    expect(await server.child.exit).toEqual(GONE);
    expect(server.child.lines).toContain('closed cleanly: 2: client 1, client 2');
  });

  test('quit: a client that talks on and never ends its side is closed cleanly', async () => {
    const server = await start('--clients', '2');
    const talker = await connectDeaf(server.port);
    await server.child.line(/^client 1 connected/);
    const talk = (): void => {
      if (!talker.destroyed) talker.write('on and on\n', () => setImmediate(talk));
    };
    talk();
    (await Client.in(server.port)).say('quit');
    expect(await server.child.exit).toEqual(GONE);
    expect(server.child.lines).toContain('closed cleanly: 2: client 1, client 2');
  });

  test.skipIf(isMissing('nc.openbsd'))(
    'quit: an nc that keeps its standard input open is closed cleanly',
    async () => {
      const server = await start('--clients', '2');
      const nc = new Child('nc.openbsd', ['127.0.0.1', String(server.port)]);
      await nc.line(/^\* WELCOME 1 /);
      (await Client.in(server.port)).say('quit');
      expect(await server.child.exit).toEqual(GONE);
      await nc.line('* BYE quit');
      expect(server.child.lines).toContain('closed cleanly: 2: client 1, client 2');
    },
  );
});

describe('signals', () => {
  const folder = mkdtempSync(join(tmpdir(), 'proto-server-'));
  const hangs = join(folder, 'hangs.mjs');
  beforeAll(() => writeFileSync(hangs, 'export default () => new Promise(() => {});'));
  afterAll(() => rmSync(folder, { recursive: true }));

  test.each(['SIGTERM', 'SIGINT'] as const)(
    '%s: what was accepted is answered, then all end, with 0',
    async (signal) => {
      const server = await start();
      const clients = [
        await Client.in(server.port),
        await Client.in(server.port),
        await Client.in(server.port),
      ];
      clients[1]?.say('b1', 'b2');
      clients[2]?.say('c1');
      await clients[1]?.sync();
      await clients[2]?.sync();
      server.child.kill(signal);
      for (const client of clients) await client.end();
      expect(await server.child.exit).toEqual(GONE);
      const last = clients.map(({ lines }) => lines.slice(lines.indexOf(`* QUIT - ${signal}`) + 1));
      const bye = `* BYE ${signal}`;
      expect(last).toEqual([[bye], ['B1', 'B2', bye], ['C1', bye]]);
      await take(server.port);
    },
  );

  test.each([
    { first: 'SIGTERM', second: 'SIGTERM', code: 143 },
    { first: 'SIGINT', second: 'SIGINT', code: 130 },
    { first: 'SIGINT', second: 'SIGTERM', code: 143 },
  ] as const)(
    '$first, then $second: the second one ends it at once, with $code',
    async ({ first, second, code }) => {
      const server = await start('--clients', '1', '--transform', hangs, '--grace-ms', '86400000');
      const client = await Client.in(server.port);
      client.say('never answered');
      await client.sync();
      server.child.kill(first);
      await client.line(`* QUIT - ${first}`);
      expect(client.lines).not.toContain(`* BYE ${first}`);
      server.child.kill(second);
      expect(await server.child.exit).toEqual({ code, signal: null });
    },
  );

  test('SIGTERM, then SIGTERM: with a deaf client that is owed megabytes too', async () => {
    const { server, well } = await withDeaf('--grace-ms', '86400000');
    server.child.kill('SIGTERM');
    await well.end();
    server.child.kill('SIGTERM');
    expect(await server.child.exit).toEqual({ code: 143, signal: null });
  });
});
