import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ServerOptions } from '../../src/options/options.ts';
import type { Cut } from '../../src/transport/listener.ts';
import { readProxyHeader } from '../../src/transport/proxy-header.ts';
import { Certificates } from '../certificates.ts';
import { Peer, tcpServer } from '../peer.ts';
import { tlsOf } from '../tls-of.ts';

const { server: own } = new Certificates();
const SIGNATURE = Buffer.from('\r\n\r\n\0\r\nQUIT\n', 'latin1');

/** A header of version 2. `command` 1: for a client; 0: the proxy's own. */
function v2(command: number, family: number, body: Buffer): Buffer {
  const size = Buffer.alloc(2);
  size.writeUInt16BE(body.length);
  return Buffer.concat([SIGNATURE, Buffer.from([0x20 | command, family]), size, body]);
}

const IPV4 = Buffer.from([192, 0, 2, 1, 127, 0, 0, 1, 0xd9, 0x03, 0x1a, 0x15]);
const IPV6 = Buffer.concat([
  Buffer.from('20010db8000000000000000000000001', 'hex'),
  Buffer.from('00000000000000000000000000000001', 'hex'),
  Buffer.from([0xd9, 0x03, 0x1a, 0x15]),
]);
const MAPPED = Buffer.concat([
  Buffer.from('00000000000000000000ffffc0000201', 'hex'),
  Buffer.from('00000000000000000000ffff7f000001', 'hex'),
  Buffer.from([0xd9, 0x03, 0x1a, 0x15]),
]);
/** An addition: the type NOOP, 3 bytes. */
const NOOP = Buffer.from([0x04, 0, 3, 1, 2, 3]);

/** Headers, and the client that they name. */
const GOOD: Readonly<Record<string, readonly [Buffer, string | undefined]>> = {
  'version 1, IPv4': [Buffer.from('PROXY TCP4 192.0.2.1 127.0.0.1 55555 6677\r\n'), '192.0.2.1:55555'],
  'version 1, IPv6': [Buffer.from('PROXY TCP6 2001:db8::1 ::1 55555 6677\r\n'), '[2001:db8::1]:55555'],
  'version 1, IPv4 in IPv6': [
    Buffer.from('PROXY TCP6 0:0::FFFF:192.0.2.1 ::ffff:127.0.0.1 55555 6677\r\n'),
    '192.0.2.1:55555',
  ],
  'version 1, IPv6 with zeros': [
    Buffer.from('PROXY TCP6 2001:0DB8:0:0::0001 ::1 55555 6677\r\n'),
    '[2001:db8::1]:55555',
  ],
  'version 1, UNKNOWN': [Buffer.from('PROXY UNKNOWN\r\n'), undefined],
  'version 1, UNKNOWN with addresses': [
    Buffer.from('PROXY UNKNOWN ffff:f:f:f::1 ::1 65535 1\r\n'),
    undefined,
  ],
  'version 2, IPv4': [v2(1, 0x11, IPV4), '192.0.2.1:55555'],
  'version 2, IPv6': [v2(1, 0x21, IPV6), '[2001:db8::1]:55555'],
  'version 2, IPv4 in IPv6': [v2(1, 0x21, MAPPED), '192.0.2.1:55555'],
  'version 2, additions': [v2(1, 0x11, Buffer.concat([IPV4, NOOP, NOOP])), '192.0.2.1:55555'],
  'version 2, LOCAL': [v2(0, 0, Buffer.alloc(0)), undefined],
  'version 2, LOCAL with addresses': [v2(0, 0x11, IPV4), undefined],
  'version 2, Unix': [v2(1, 0x31, Buffer.alloc(216)), undefined],
  'version 2, unspecified': [v2(1, 0, Buffer.alloc(0)), undefined],
};

const BAD: Readonly<Record<string, Buffer>> = {
  'a line': Buffer.from('hello\n'),
  'lower case': Buffer.from('proxy TCP4 192.0.2.1 127.0.0.1 1 2\r\n'),
  'another family': Buffer.from('PROXY UDP4 192.0.2.1 127.0.0.1 1 2\r\n'),
  'IPv6 as TCP4': Buffer.from('PROXY TCP4 ::1 ::1 1 2\r\n'),
  'a name': Buffer.from('PROXY TCP4 localhost 127.0.0.1 1 2\r\n'),
  'no ports': Buffer.from('PROXY TCP4 192.0.2.1 127.0.0.1\r\n'),
  'a port beyond the last': Buffer.from('PROXY TCP4 192.0.2.1 127.0.0.1 65536 2\r\n'),
  'a port with a zero in front': Buffer.from('PROXY TCP4 192.0.2.1 127.0.0.1 01 2\r\n'),
  'two spaces': Buffer.from('PROXY  TCP4 192.0.2.1 127.0.0.1 1 2\r\n'),
  'something more': Buffer.from('PROXY TCP4 192.0.2.1 127.0.0.1 1 2 3\r\n'),
  'an LF alone': Buffer.from(`PROXY TCP4 192.0.2.1 127.0.0.1 1 2\n${'x'.repeat(100)}`),
  'no end': Buffer.from(`PROXY TCP4 ${'1'.repeat(107)}`),
  'version 1 by the signature of 2': v2(1, 0x11, IPV4).fill(0x11, 12, 13),
  'a command that does not exist': v2(2, 0x11, IPV4),
  'addresses cut short': v2(1, 0x11, IPV4.subarray(0, 8)),
  'beyond 4,096 bytes': v2(1, 0x11, Buffer.alloc(4_097)),
};

describe('readProxyHeader', () => {
  test.each(Object.entries(GOOD))('%s: read at its last byte, and not before', (_, [bytes, address]) => {
    for (let size = 0; size < bytes.length; size++)
      expect(readProxyHeader(bytes.subarray(0, size)), `${size} bytes`).toBeUndefined();
    for (const rest of ['', 'quit\n', 'PROXY ']) {
      const header = readProxyHeader(Buffer.concat([bytes, Buffer.from(rest)]));
      expect(header).toMatchObject({
        bytes: bytes.length,
        client: address === undefined ? undefined : { address },
      });
    }
  });

  test.each(Object.entries(BAD))('%s: refused', (_, bytes) => {
    expect(readProxyHeader(bytes)).toBe('bad');
  });
});

async function proxied(options: ServerOptions = {}) {
  const { server, address } = await tcpServer({
    order: 'free',
    quit: 'self',
    proxyProtocol: 'required',
    ...options,
  });
  const cuts: Cut[] = [];
  const joined: string[] = [];
  server.on('cut', (cut) => cuts.push(cut));
  server.on('join', (came) => joined.push(came.address));
  const dial = async (): Promise<Socket> => {
    const socket = connect({ host: '127.0.0.1', port: Number(address.split(':').at(-1)), noDelay: true });
    onTestFinished(() => void socket.destroy());
    await once(socket, 'connect');
    return socket;
  };
  return { server, cuts, joined, dial };
}

const gone = (socket: Socket): Promise<void> =>
  new Promise((resolve) => {
    socket.on('error', () => {}).once('close', () => resolve());
    socket.resume();
  });

describe('--proxy-protocol required', () => {
  test.each([
    { over: 'plain', options: {}, code: 'ADDRESS_BUSY' },
    { over: 'TLS', options: tlsOf(own), code: 'HANDSHAKES' },
  ])(
    'over $over, how often an address connects is told by the one in the header',
    async ({ options, code }) => {
      const limits = { maxConnectsPerSecond: 1, maxClientsPerAddress: 'none' } as const;
      const { server, cuts, dial } = await proxied({ ...limits, ...options });
      const codes = new Set<string>();
      server.on('refuse', ({ code: refused }) => codes.add(refused));
      const connectFrom = async (host: string): Promise<void> => {
        const socket = await dial();
        socket.on('error', () => {}).resume();
        socket.write(`PROXY TCP4 ${host} 127.0.0.1 1 2\r\n\n`);
        await new Promise(setImmediate);
      };
      // From one address after the other: nobody connects too often.
      for (let each = 0; each < 8; each++) await connectFrom(`192.0.2.${each + 10}`);
      expect([...codes, ...cuts.filter((cut) => cut.code === 'HANDSHAKES')]).toEqual([]);
      for (let each = 0; each < 40 && !codes.has(code); each++) {
        await connectFrom('192.0.2.1');
        for (const cut of cuts) codes.add(cut.code);
      }
      expect([...codes].filter((each) => each !== 'HANDSHAKE')).toEqual([code]);
    },
  );

  test('cut at every byte, the client is the one in the header, and its bytes are all there', async () => {
    const { joined, cuts, dial } = await proxied();
    for (const [header, address] of [GOOD['version 1, IPv4']!, GOOD['version 2, IPv4']!]) {
      const wire = Buffer.concat([header, Buffer.from('hello\nquit\n')]);
      for (let at = 1; at < wire.length; at++) {
        const socket = await dial();
        const peer = new Peer(socket);
        socket.write(wire.subarray(0, at));
        await new Promise(setImmediate);
        socket.write(wire.subarray(at));
        await peer.end();
        expect(peer.replies).toEqual(['HELLO']);
      }
      expect(joined).toHaveLength(wire.length - 1);
      expect(new Set(joined.splice(0))).toEqual(new Set([address]));
    }
    expect(cuts).toEqual([]);
  });

  test('limits are by the address in the header', async () => {
    const { dial } = await proxied({ maxClientsPerAddress: 1 });
    const from = async (last: number): Promise<Peer> => {
      const socket = await dial();
      socket.write(`PROXY TCP4 192.0.2.${last} 127.0.0.1 1 2\r\n`);
      return new Peer(socket);
    };
    await (await from(1)).line(/^\* WELCOME /);
    await (await from(1)).line(/^\* ERR ADDRESS_FULL /);
    await (await from(2)).line(/^\* WELCOME /);
  });

  test('TLS begins behind the header', async () => {
    const { joined, dial } = await proxied(tlsOf(own));
    for (const isSplit of [true, false]) {
      const socket = await dial();
      socket.write('PROXY TCP4 192.0.2.1 127.0.0.1 55555 2\r\n');
      if (isSplit) await new Promise((resolve) => setTimeout(resolve, 20));
      const secure = connectTls({ socket, rejectUnauthorized: false });
      const peer = new Peer(secure);
      await once(secure, 'secureConnect');
      peer.say('hello');
      await peer.line('HELLO');
      expect(joined.at(-1)).toBe('192.0.2.1:55555');
    }
  });

  // HAProxy names itself in the header of a check, and ends the stream behind it.
  test.each([true, false])(
    'TLS: an end behind the header is seen at once, with it: %s',
    async (isTogether) => {
      const { cuts, dial } = await proxied({ ...tlsOf(own), handshakeTimeoutMs: 'never' });
      for (let visit = 0; visit < 20; visit++) {
        const socket = await dial();
        const end = gone(socket);
        socket.write('PROXY TCP4 127.0.0.1 127.0.0.1 55555 6677\r\n');
        if (!isTogether) await new Promise((resolve) => setTimeout(resolve, visit % 4));
        socket.end();
        await end;
      }
      expect(cuts).toEqual([]);
    },
  );

  test('a check by the proxy takes no seat and no line; one that says something is served as the proxy', async () => {
    const { joined, cuts, dial } = await proxied();
    for (const header of [v2(0, 0, Buffer.alloc(0)), Buffer.from('PROXY UNKNOWN\r\n'), Buffer.alloc(0)]) {
      const ends = await dial();
      ends.end(header);
      await gone(ends);
      const resets = await dial();
      resets.write(header);
      await new Promise(setImmediate);
      resets.resetAndDestroy();
    }
    const speaks = await dial();
    speaks.write(v2(0, 0, Buffer.alloc(0)));
    await new Promise(setImmediate);
    const peer = new Peer(speaks).say('hello');
    await peer.line('HELLO');
    expect(joined).toEqual([`127.0.0.1:${speaks.localPort}`]);
    expect(cuts).toEqual([]);
    expect(peer.lines[0]).toMatch(/^\* WELCOME 1 /);
  });

  test.each([
    ['no header', 'quit\n', {}, 'it does not begin with a valid header of the PROXY protocol'],
    ['another source', '', { proxyFrom: '192.0.2.0/24,::1' }, 'it is from no address in --proxy-from'],
    ['silence', '', { handshakeTimeoutMs: 50 }, 'its header of the PROXY protocol took more than 50 ms'],
  ])('%s: cut, with one line', async (_, bytes, options, text) => {
    const { joined, cuts, dial } = await proxied(options);
    const socket = await dial();
    const end = gone(socket);
    socket.write(bytes);
    await end;
    expect(cuts).toEqual([{ address: expect.any(String), code: 'PROXY', text: `Cannot serve it: ${text}` }]);
    expect(joined).toEqual([]);
  });

  test('a silent check is cut at the deadline without a line, and the server closes meanwhile', async () => {
    const { server, cuts, dial } = await proxied({ handshakeTimeoutMs: 50 });
    const socket = await dial();
    socket.write('PROXY UNKNOWN\r\n');
    await gone(socket);
    expect(cuts).toEqual([]);
    const other = await dial();
    other.write('PROXY ');
    const end = gone(other);
    await server.close();
    await end;
  });

  test('the server is exposed, whatever address it listens on', async () => {
    const { server } = await proxied();
    expect(server.settings).toMatchObject({ host: '127.0.0.1', maxErrors: 16, authTimeoutMs: 5_000 });
  });
});
