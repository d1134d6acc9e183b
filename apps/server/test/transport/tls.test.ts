import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import { connect, type ConnectionOptions, type TLSSocket } from 'node:tls';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { ServerOptions } from '../../src/index.ts';
import { Certificates } from '../certificates.ts';
import { dial, Peer, tcpServer } from '../peer.ts';
import { tlsOf } from '../tls-of.ts';

const certificates = new Certificates();
const { authority, server: own } = certificates;
const TLS = tlsOf(own);

const portOf = (address: string): number => Number(address.split(':').at(-1));

async function dialTls(address: string, options: ConnectionOptions = {}): Promise<TLSSocket> {
  const ca = readFileSync(authority.cert);
  const socket = connect({
    port: portOf(address),
    host: '127.0.0.1',
    ca,
    servername: 'localhost',
    ...options,
  });
  onTestFinished(() => void socket.destroy());
  await once(socket, 'secureConnect');
  return socket;
}

async function secure(options: ServerOptions = {}) {
  const { server, address } = await tcpServer({ ...TLS, order: 'free', ...options });
  return {
    server,
    address,
    join: async (more?: ConnectionOptions) => new Peer(await dialTls(address, more)),
  };
}

describe('TLS', () => {
  test('server: a client is served, and its half-close is answered to the end', async () => {
    const { join } = await secure();
    const peer = await join();
    peer.say('one', 'two');
    peer.duplex.end();
    await peer.until(({ ended }) => ended);
    expect(peer.replies).toEqual(['ONE', 'TWO']);
    expect(peer.lines.at(-1)).toMatch(/^\* BYE /);
  });

  test('server: 64 lines at once from each of 20 clients come back whole and in order', async () => {
    const { join } = await secure({ clients: 20, order: 'fair' });
    const peers = await Promise.all(Array.from({ length: 20 }, () => join()));
    const lines = Array.from({ length: 64 }, (_, at) => `line ${at}`);
    for (const peer of peers) peer.say(...lines);
    for (const peer of peers) {
      await peer.until(({ replies }) => replies.length === 64);
      expect(peer.replies).toEqual(lines.map((line) => line.toUpperCase()));
    }
  });

  test('server: a quit ends with BYE and a clean end of the stream', async () => {
    const { server, join } = await secure({ clients: 2 });
    const [one, two] = [await join(), await join()];
    const errors: unknown[] = [];
    two.duplex.on('error', (error) => errors.push(error));
    await Promise.all([one.line(/^\* WELCOME/), two.line(/^\* WELCOME/)]);
    one.say('quit');
    await Promise.all([one.end(), two.end()]);
    expect((await server.closed).clean).toHaveLength(2);
    expect(two.lines.at(-1)).toBe('* BYE quit');
    expect(errors).toEqual([]);
  });

  test('server: no seat before the handshake is done', async () => {
    const { server, address, join } = await secure();
    const joined = vi.fn<() => void>();
    server.on('join', joined);
    const silent = await dial(address);
    await (await join()).line(/^\* WELCOME 1 /);
    expect(joined).toHaveBeenCalledOnce();
    silent.destroy();
  });

  test('server: TLS 1.2 is spoken, 1.1 is not', async () => {
    const { server, address, join } = await secure();
    const peer = await join({ maxVersion: 'TLSv1.2' });
    expect((peer.duplex as TLSSocket).getProtocol()).toBe('TLSv1.2');
    const cut = once(server, 'cut');
    const old = dialTls(address, {
      minVersion: 'TLSv1.1',
      maxVersion: 'TLSv1.1',
      ciphers: 'ALL:@SECLEVEL=0',
    });
    await expect(old).rejects.toThrow(/protocol version|unsupported protocol/i);
    expect((await cut)[0]).toMatchObject({
      code: 'HANDSHAKE',
      text: 'Cannot complete the TLS handshake: unsupported protocol',
    });
  });

  test.each([
    {
      name: 'plain text',
      bytes: 'hello\n',
      text: /^Cannot complete the TLS handshake: (wrong version number|packet length)/,
    },
    {
      name: 'HTTP',
      bytes: 'GET / HTTP/1.1\r\n\r\n',
      text: 'Cannot complete the TLS handshake: http request',
    },
    {
      name: 'garbage',
      bytes: '\u0016\u0003\u0001\u0000\u0005abcde',
      text: /^Cannot complete the TLS handshake: /,
    },
  ])('server: $name on the TLS port is cut', async ({ bytes, text }) => {
    const { server, address } = await secure();
    const cut = once(server, 'cut');
    const peer = new Peer(await dial(address));
    peer.duplex.write(bytes, 'latin1');
    await peer.gone();
    expect((await cut)[0]).toEqual({
      code: 'HANDSHAKE',
      address: expect.stringMatching(/^127\.0\.0\.1:\d+$/),
      text: expect.stringMatching(text),
    });
  });

  // As a load balancer's check does.
  test.each([
    ['at once', ''],
    ['in the middle of its hello', '\u0016\u0003\u0001\u0002\u0000\u0001'],
  ])('server: who ends its stream %s only wanted to know whether somebody listens', async (_, hello) => {
    const { server, address, join } = await secure({ handshakeTimeoutMs: 'never', maxClientsPerAddress: 1 });
    const cut = vi.fn<() => void>();
    server.on('cut', cut);
    for (let visit = 0; visit < 20; visit++) {
      const peer = new Peer(await dial(address));
      peer.duplex.end(hello, 'latin1');
      await peer.gone();
    }
    await (await join()).line(/^\* WELCOME 1 /);
    expect(cut).not.toHaveBeenCalled();
  });

  test('server: a handshake that is silent, or drips, is cut at its deadline', async () => {
    const { server, address } = await secure({ handshakeTimeoutMs: 150 });
    const cuts: unknown[] = [];
    server.on('cut', ({ code }) => cuts.push(code));
    const [silent, drips] = [new Peer(await dial(address)), new Peer(await dial(address))];
    const hello = Buffer.from('\u0016\u0003\u0001\u0002\u0000\u0001', 'latin1');
    let at = 0;
    const drip = setInterval(() => drips.duplex.write(hello.subarray(at, ++at)), 40);
    await Promise.all([silent.gone(), drips.gone()]);
    clearInterval(drip);
    expect(cuts).toEqual(['HANDSHAKE_TIMEOUT', 'HANDSHAKE_TIMEOUT']);
  });

  test('server: one address cannot have all the handshakes', async () => {
    const { server, address, join } = await secure({ maxClientsPerAddress: 2 });
    const cut = once(server, 'cut');
    const sockets = [await dial(address), await dial(address), await dial(address)];
    expect((await cut)[0]).toMatchObject({ code: 'HANDSHAKES' });
    for (const socket of sockets) socket.destroy();
    // Until the server has seen that they are gone.
    const again = (): Promise<Peer> => join().catch(again);
    await (await again()).line(/^\* WELCOME/);
  });

  test('server: a handshake that is not done does not hold up the end', async () => {
    const { server, address } = await secure();
    const peer = new Peer(await dial(address));
    await server.close();
    await peer.gone();
  });
});

describe('client certificates', () => {
  const stranger = certificates.authorityCalled('Somebody Else');
  const asked = { tlsCa: authority.cert };
  const show = ({ cert, key }: { cert: string; key: string }) => ({
    cert: readFileSync(cert),
    key: readFileSync(key),
  });

  test('server: one that the authority has signed is let in', async () => {
    const { join } = await secure(asked);
    const peer = await join(show(certificates.signed(authority, 'alice')));
    await peer.say('hello').line('HELLO');
  });

  test.each([
    { name: 'none', pair: undefined, why: /this server requires a client certificate, and you sent none$/ },
    {
      name: 'one of somebody else',
      pair: certificates.signed(stranger, 'mallory'),
      why: /does not trust your certificate \([A-Z_]+\)$/,
    },
    {
      name: 'one that signed itself',
      pair: certificates.authorityCalled('mallory'),
      why: /does not trust your certificate \([A-Z_]+\)$/,
    },
    {
      name: 'one that has expired',
      pair: certificates.signed(authority, 'bob', -1),
      why: /does not trust your certificate \(CERT_HAS_EXPIRED\)$/,
    },
  ])('server: $name is told why, and gets nothing else', async ({ pair, why }) => {
    const { server, join } = await secure(asked);
    const [joined, line] = [vi.fn<() => void>(), vi.fn<() => void>()];
    server.on('join', joined).on('line', line);
    for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
      const peer = await join({ ...(pair && show(pair)), maxVersion: version });
      peer.say('hello', 'quit');
      await peer.end();
      expect(peer.lines).toEqual([
        expect.stringMatching(/^\* ERR CERTIFICATE_REFUSED Cannot/),
        '* BYE refused',
      ]);
      expect(peer.lines[0]).toMatch(why);
    }
    expect(joined).not.toHaveBeenCalled();
    expect(line).not.toHaveBeenCalled();
    expect(server.isAccepting).toBe(true);
  });
});

describe('reload', () => {
  test('server: new connections get the new certificate, the old ones live on', async () => {
    const files = { cert: certificates.at('live.crt'), key: certificates.at('live.key') };
    const put = ({ cert, key }: typeof files): void => {
      copyFileSync(cert, files.cert);
      copyFileSync(key, files.key);
    };
    put(own);
    const { server, join } = await secure(tlsOf(files));
    const serial = (peer: Peer): string => (peer.duplex as TLSSocket).getPeerCertificate().serialNumber;
    const before = await join();
    put(certificates.signed(authority, 'localhost'));
    const reloaded = once(server, 'reload');
    await server.reload();
    expect((await reloaded)[0]).toEqual({ what: 'certificate' });
    const after = await join();
    expect(serial(after)).not.toBe(serial(before));
    await before.say('still here').line('STILL HERE');

    const warned = once(server, 'warning');
    writeFileSync(files.cert, 'no certificate');
    await server.reload();
    expect((await warned)[0]).toEqual({
      text: `Cannot take the new tlsCert ${files.cert}: it contains no certificate. Expected PEM: -----BEGIN CERTIFICATE-----. The old one stays`,
    });
    expect(serial(await join())).toBe(serial(after));
  });
});

describe('files of certificates', () => {
  const other = certificates.signed(authority, 'other');
  const empty = certificates.at('empty.pem');
  writeFileSync(empty, '');

  test.each([
    { files: { tlsCert: '/not/there.crt' }, error: 'tlsCert /not/there.crt: there is no such file' },
    { files: { tlsCert: certificates.folder }, error: `tlsCert ${certificates.folder}: it is a folder` },
    { files: { tlsCert: empty }, error: `tlsCert ${empty}: it contains no certificate. Expected PEM` },
    { files: { tlsCert: own.key }, error: `tlsCert ${own.key}: it contains no certificate. Expected PEM` },
    { files: { tlsKey: own.cert }, error: `tlsKey ${own.cert}: it contains no private key. Expected PEM` },
    {
      files: { tlsKey: other.key },
      error: `tlsKey ${other.key}: it is not the key of ${own.cert}. Pass a matching pair`,
    },
    { files: { tlsCa: empty }, error: `tlsCa ${empty}: it contains no certificate. Expected PEM` },
  ])('server: $error', async ({ files, error }) => {
    await expect(tcpServer({ ...TLS, ...files })).rejects.toThrow(`Cannot start with ${error}`);
  });

  test('server: says of a certificate that has expired that it has', async () => {
    const pair = certificates.signed(authority, 'localhost', -1);
    const { createServer } = await import('../../src/index.ts');
    const server = createServer({ port: 0, ...tlsOf(pair) });
    const warnings: string[] = [];
    server.on('warning', ({ text }) => warnings.push(text));
    await server.listen();
    expect(warnings).toEqual([
      expect.stringMatching(/^The certificate .* expired on .*: clients will refuse it/),
    ]);
    await server.close();
  });
});

describe('TLS on the plain port', () => {
  test.each([{ greetingGuard: 'on' }, { greetingGuard: 'off' }] as const)(
    'server: is cut with $greetingGuard',
    async (options) => {
      const { server, address, join } = await tcpServer({ order: 'free', ...options });
      const [other, cut, dropped] = [await join(), once(server, 'cut'), once(server, 'drop')];
      await other.line(/^\* WELCOME/);
      await expect(dialTls(address)).rejects.toThrow(/./);
      expect((await cut)[0]).toMatchObject({ code: 'TLS' });
      expect((await dropped)[0]).toMatchObject({ reason: 'spoke TLS' });
      await other.line('* LEAVE 2 spoke TLS');
      expect(other.lines.filter((line) => /ERR/.test(line))).toEqual([]);
    },
  );

  test('server: a first byte of TLS and no second one is cut too', async () => {
    const { server, address } = await tcpServer();
    const cut = once(server, 'cut');
    const socket = connectTcp(portOf(address), '127.0.0.1', () => socket.write('\u0016'));
    socket.on('error', () => {}).resume();
    expect((await cut)[0]).toMatchObject({ code: 'TLS' });
    socket.destroy();
  });
});
