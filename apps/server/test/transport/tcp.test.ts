import { once } from 'node:events';
import { createServer as createNetServer, type AddressInfo, type Socket } from 'node:net';
import { duplexPair } from 'node:stream';
import { describe, expect, test, vi } from 'vitest';
import { type Connection, createServer, OptionError } from '../../src/index.ts';
import { canSharePorts } from '../../src/transport/tcp.ts';
import { Metered } from '../metered.ts';
import { dial, Peer, tcpServer } from '../peer.ts';

describe('over TCP', () => {
  test('server: three clients that send a line and half-close each get their answer', async () => {
    const { join } = await tcpServer();
    const peers = await Promise.all([join(), join(), join()]);
    for (const peer of peers) {
      peer.say('hi');
      peer.duplex.end();
    }
    await Promise.all(peers.map((peer) => peer.end()));
    for (const peer of peers) expect(peer.replies).toEqual(['HI']);
  });

  test('server: a reset in the middle of a line drops the part, and nobody else notices but for LEAVE', async () => {
    const { server, join } = await tcpServer({ order: 'free' });
    const other = await join();
    const peer = await join();
    await peer.line('* WELCOME 2 1 main 1');
    peer.duplex.write('half a line');
    const left = once(server, 'leave');
    (peer.duplex as Socket).resetAndDestroy();
    await left;
    await other.say('fine').line('FINE');
    expect(other.lines.filter((line) => !/JOIN|LEAVE|WELCOME/.test(line))).toEqual(['FINE']);
  });

  test('server: a quit ends with FIN for a client with unread input and one that sends on', async () => {
    const { server, join } = await tcpServer({ clients: 2, maxQueuedLines: 1 });
    const [first, second] = [await join(), await join()];
    await first.line('* TURN 1');
    second.say('waits', ...Array.from({ length: 5_000 }, () => 'never read'));
    const noise = setInterval(() => second.duplex.write('more\n'), 1);
    const errors: Error[] = [];
    second.duplex.on('error', (error) => errors.push(error));
    first.say('quit');
    await Promise.all([first.end(), second.end()]);
    clearInterval(noise);
    await server.closed;
    expect(second.lines.slice(-2)).toEqual(['WAITS', '* BYE quit']);
    expect(errors).toEqual([]);
  });

  test('server: after a quit the port is free at once', async () => {
    const { server, address } = await tcpServer();
    await server.close();
    const again = createServer({ port: Number(address.split(':')[1]) });
    expect(await again.listen()).toBe(address);
    await again.close();
  });

  test('server: a port in use is one clear error', async () => {
    const taken = createNetServer().listen(0, '127.0.0.1');
    await once(taken, 'listening');
    const { port } = taken.address() as AddressInfo;
    await expect(createServer({ port }).listen()).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: `Cannot listen on 127.0.0.1:${port}: the port is in use. Stop the other server, or pick another port (0: any free one)`,
    });
    taken.close();
  });

  test.each([
    { version: '20.20.2', can: false },
    { version: '22.11.0', can: false },
    { version: '22.12.0', can: true },
    { version: '23.0.0', can: false },
    { version: '23.1.0', can: true },
    { version: '24.0.0', can: true },
  ])('canSharePorts: Node $version: $can', ({ version, can }) => {
    expect(canSharePorts(version)).toBe(can);
  });

  test('server: two share a port where Node can, and otherwise the option is refused', async () => {
    if (canSharePorts(process.versions.node)) {
      const { address } = await tcpServer({ reusePort: 'on' });
      const other = createServer({ reusePort: 'on', port: Number(address.split(':')[1]) });
      expect(await other.listen()).toBe(address);
      await other.close();
    } else {
      expect(() => createServer({ reusePort: 'on' })).toThrow(OptionError);
      expect(() => createServer({ reusePort: 'on' })).toThrow(
        `Cannot start with reusePort on: Node ${process.versions.node} cannot share a port. Use Node 22.12, or 23.1 or newer, or a socket that systemd passes`,
      );
    }
  });

  test('server: whoever still waited when a listener closes is told why, not reset', async () => {
    const [near, far] = duplexPair();
    let pass: ((connection: Connection) => void) | undefined;
    const server = createServer(
      { lingerMs: 0 },
      {
        listen: (onConnection) => {
          pass = onConnection;
          return Promise.resolve('here');
        },
        close: () => {
          pass?.({ duplex: far, host: 'here', address: 'here:1' });
          return Promise.resolve();
        },
      },
    );
    await server.listen();
    const peer = new Peer(near);
    const closed = server.close({ reason: 'restart' });
    await peer.end();
    expect(peer.lines).toEqual(['* BYE restart']);
    expect(await closed).toMatchObject({ told: [] });
  });

  test('server: an IPv4 client on an IPv6 socket is shown by its IPv4 address', async () => {
    const { address, server } = await tcpServer({ host: '::', order: 'free' });
    const joined = once(server, 'join');
    const peer = new Peer(await dial(`127.0.0.1:${address.split(':').at(-1)}`));
    expect((await joined)[0]).toMatchObject({ address: expect.stringMatching(/^127\.0\.0\.1:\d+$/) });
    peer.duplex.destroy();
  });

  test('server: classic clients send no terminator and take one read as the answer', async () => {
    const classic = { framing: 'chunk', events: 'off', order: 'strict', clients: 3, quit: 'all' } as const;
    const { server, join } = await tcpServer(classic);
    const peers = [await join(), await join(), await join()] as const;
    for (let round = 0; round < 2; round++) {
      for (const [index, peer] of peers.entries()) {
        peer.raw = '';
        peer.duplex.write(`hello ${index}`);
        await peer.until(({ raw }) => raw !== '');
        expect(peer.raw).toBe(`HELLO ${index}`);
      }
    }
    peers[1].duplex.write('quit');
    await Promise.all(peers.map((peer) => peer.end()));
    expect(await server.closed).toMatchObject({ seat: 2, scope: 'all' });
  });

  test('server: a client that reads is never dropped, however many send to it in one pass of the loop', async () => {
    const { server, join } = await tcpServer({ order: 'free', clients: 1 });
    const reader = await join();
    const senders = await Promise.all(Array.from({ length: 100 }, join));
    await reader.line(/^\* JOIN 101 /);
    const left = vi.fn<() => void>();
    server.on('leave', left);
    for (const sender of senders) sender.say(...Array.from({ length: 64 }, () => '/to 1 x'));
    await reader.until(({ lines }) => lines.filter((line) => line.startsWith('* MSG')).length === 6_400);
    expect(left).not.toHaveBeenCalled();
  });

  test('server: of a flood no more is read than fills the queue, and all of it once there is capacity', async () => {
    const listener = new Metered();
    await using server = createServer({ clients: 2, maxQueuedLines: 64 }, listener);
    const address = await server.listen();
    const first = new Peer(await dial(address));
    await first.line(/^\* WELCOME/);
    const flooder = new Peer(await dial(address));
    await flooder.line('* TURN 1');
    let told = 0;
    server.on('chunk', ({ seat, direction, bytes, from }) => {
      if (seat !== 2 || direction !== 'read') return;
      expect(from).toBe(told);
      told += bytes.length;
    });
    const texts = Array.from({ length: 1_000 }, (_, line) => `${'X'.repeat(996)}${1_000 + line}`);
    flooder.say(...texts).duplex.end();
    const bytes = 1_001 * texts.length;
    for (let round = 0; round < 10; round++) await first.say(`/ping ${round}`).line(`* PONG ${round}`);
    expect(told).toBeGreaterThanOrEqual(64 * 1_001);
    // The last read brings 64 KiB at most; before it the queue was not full.
    expect(listener.sockets[1]?.bytesRead).toBeLessThan(64 * 1_001 + 65_536);
    first.say(...texts.map(() => 'a'));
    await flooder.until(({ replies }) => replies.length === texts.length);
    await flooder.end();
    expect(flooder.replies).toEqual(texts);
    expect(told).toBe(bytes);
  });
});
