import { copyFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { createServer, MemoryListener } from '../../../src/index.ts';
import { Certificates } from '../../certificates.ts';
import { tlsOf } from '../../tls-of.ts';
import { bridged, bridgedOnUnix, expectReset, until } from './bridged.ts';
import { folder, pagedServer, pageOf } from './page-of.ts';

const certificates = new Certificates();

describe('Bridge: how it joins', () => {
  test('Bridge: before the server listens there is nothing to join', async () => {
    const page = await pageOf(createServer({ port: 0 }));
    const bridge = await page.bridge().has('gone');
    expect(bridge.said).toEqual([{ op: 'gone', why: 'the server accepts no clients' }]);
  });

  test('Bridge: a server that does not listen on TCP cannot be joined', async () => {
    const server = createServer({ order: 'free' }, new MemoryListener());
    const page = await pageOf(server);
    await server.listen();
    const bridge = await page.bridge().has('gone');
    expect(bridge.said).toEqual([{ op: 'gone', why: 'the server does not listen on TCP' }]);
    await server.close();
  });

  test('Bridge: over TLS the certificate must be our own', async () => {
    const { server, bridge, read } = await bridged(tlsOf(certificates.server));
    bridge.say({ op: 'write', parts: ['hello\n'], apartMs: 0 });
    await until(server, 'chunk', () => read.length > 0);
    expect(read).toEqual(['hello\n']);
  });

  test('Bridge: over TLS a reset is one at the server', async () => {
    await expectReset(await bridged(tlsOf(certificates.server)));
  });

  test('Bridge: over TLS a certificate that nobody has signed is enough, and FIN is one', async () => {
    const { server, bridge, read, ends } = await bridged(tlsOf(certificates.authority));
    bridge.say({ op: 'write', parts: ['hello\n'], apartMs: 0 }).say({ op: 'end' });
    await until(server, 'chunkEnd', () => ends.length === 2);
    expect(read).toEqual(['hello\n']);
    expect(ends).toMatchObject([
      { direction: 'read', how: 'FIN', by: 'peer' },
      { direction: 'write', how: 'FIN' },
    ]);
  });

  test('Bridge: where clients need a certificate, the one of the server is shown', async () => {
    const tlsCa = certificates.authority.cert;
    const { bridge } = await bridged({ ...tlsOf(certificates.server), tlsCa });
    expect(bridge.said).toEqual([{ op: 'seat', c: 1, seat: 1 }]);
  });

  test.each(['on', 'off'] as const)(
    'Bridge: one that is not trusted says so in words, with events %s',
    async (events) => {
      const tlsCa = certificates.authorityCalled(`Another ${events}`).cert;
      const { page } = await pagedServer({ ...tlsOf(certificates.server), tlsCa, events });
      const bridge = await page.bridge().has('gone');
      expect(bridge.said).toEqual([
        {
          op: 'gone',
          why: 'the server requires a client certificate (--tls-ca). A page can show only that of the server, which is not trusted',
        },
      ]);
    },
  );

  test('Bridge: a key that cannot be read any more is reported', async () => {
    const key = certificates.at('moving.key');
    copyFileSync(certificates.server.key, key);
    const tlsCa = certificates.authority.cert;
    const { page } = await pagedServer({ tlsCert: certificates.server.cert, tlsKey: key, tlsCa });
    rmSync(key);
    const bridge = await page.bridge().has('gone');
    expect(bridge.said).toEqual([{ op: 'gone', why: expect.stringContaining('no such file') as unknown }]);
  });

  test('Bridge: a server that lets nobody in gives its reason', async () => {
    const { page } = await pagedServer({ maxClients: 1, clients: 1 });
    await page.bridge().has('seat');
    const second = await page.bridge().has('gone');
    expect(second.said).toEqual([
      { op: 'gone', why: 'Cannot let you in: 1 client is connected. Try again later' },
    ]);
  });

  test('Bridge: a server that requires a token of its clients asks for it', async () => {
    const tokenFile = join(folder(), 'token');
    writeFileSync(tokenFile, 's3cret-s3cret-s3cret');
    const { page, server } = await pagedServer({ tokenFile });
    const bridge = await page.bridge().has('asked');
    bridge.say({ op: 'write', parts: ['/auth s3cret-s3cret-s3cret\n'], apartMs: 0 });
    await bridge.has('seat');
    expect(bridge.said.filter(({ op }) => op !== 'wrote')).toEqual([
      { op: 'asked' },
      { op: 'seat', c: [...server.people()][0]?.client, seat: 1 },
    ]);
  });

  test('Bridge: on a Unix domain socket it is known among others, and FIN is one', async () => {
    const { server, bridge, read, ends, c } = await bridgedOnUnix();
    expect([...server.people()].length).toBeGreaterThan(1);
    expect(c).toBeGreaterThan(1);
    bridge.say({ op: 'write', parts: ['hello\n'], apartMs: 0 }).say({ op: 'end' });
    await until(server, 'chunkEnd', () => ends.length === 2);
    expect(read).toEqual(['hello\n']);
    expect(ends).toMatchObject([
      { client: c, direction: 'read', how: 'FIN', by: 'peer' },
      { client: c, direction: 'write', how: 'FIN' },
    ]);
  });

  test('Bridge: a Unix domain socket has no reset: the connection is only closed', async () => {
    const { server, bridge, ends, c } = await bridgedOnUnix();
    bridge.say({ op: 'reset' });
    await until(server, 'chunkEnd', () => ends.some(({ client }) => client === c));
    await bridge.has('gone');
    expect(bridge.said.at(-1)).toEqual({ op: 'gone', why: 'the connection ended' });
  });

  test('Bridge: on a Unix domain socket without events nobody says which client it is', async () => {
    const { page } = await pagedServer({ socket: join(folder(), 'socket'), events: 'off' });
    const bridge = await page.bridge().has('gone');
    expect(bridge.said).toEqual([
      {
        op: 'gone',
        why: 'on a Unix domain socket, only events name the client of a page, and they are off. Pass --events on',
      },
    ]);
  });

  test('Bridge: over TLS another certificate is not spoken to', async () => {
    const other = certificates.signed(certificates.authority, 'localhost');
    const cert = certificates.at('changing.pem');
    copyFileSync(certificates.server.cert, cert);
    const { page, server } = await pagedServer({ tlsCert: cert, tlsKey: certificates.server.key });
    copyFileSync(other.cert, cert);
    const bridge = await page.bridge().has('gone');
    expect(bridge.said).toEqual([{ op: 'gone', why: 'the certificate is not the one in --tls-cert' }]);
    expect(server.counts.bytesIn).toBe(0);
  });

  test('Bridge: behind a proxy it sends a header that names this machine, over TCP and on a Unix domain socket', async () => {
    const options = [{}, { socket: join(folder(), 'proxied') }];
    for (const surface of options) {
      const { bridge, server } = await bridged({
        ...surface,
        proxyProtocol: 'required',
        joinWith: 'connection',
      });
      expect(bridge.said).toEqual([{ op: 'seat', c: 1, seat: 1 }]);
      expect([...server.people()].map(({ seat }) => seat)).toEqual([1]);
    }
  });

  test('Bridge: bound to all addresses the server is found on this machine', async () => {
    const { bridge } = await bridged({ host: '0.0.0.0' });
    expect(bridge.said).toEqual([{ op: 'seat', c: 1, seat: 1 }]);
  });
});
