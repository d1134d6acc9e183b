import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { setTimeout as delay } from 'node:timers/promises';
import { expect, onTestFinished, test } from 'vitest';
import { Certificates } from '../../certificates.ts';
import { figure, size, skip } from '../../faults/figure.ts';
import { isMissing } from '../binary.ts';
import { Child } from '../child.ts';
import { Client } from '../client.ts';
import { freePort, start } from '../command.ts';

const HEADERS = { v1: 'send-proxy', v2: 'send-proxy-v2' } as const;

/** HAProxy in front of a server, which it checks ten times a second, by a header of its own. */
async function proxy(folder: string, name: keyof typeof HEADERS, port: number): Promise<number> {
  const front = await freePort();
  const file = join(folder, `${name}-${port}.cfg`);
  writeFileSync(
    file,
    [
      'defaults\n  mode tcp\n  timeout connect 2s\n  timeout client 10s\n  timeout server 10s',
      `listen front\n  bind 127.0.0.1:${front}`,
      `  server s 127.0.0.1:${port} check inter 100 check-send-proxy ${HEADERS[name]}\n`,
    ].join('\n'),
  );
  const haproxy = new Child('haproxy', ['-db', '-f', file]);
  onTestFinished(() => haproxy.kill('SIGKILL'));
  return front;
}

/** A connection from another address of this machine, as soon as the port is there. */
async function from(localAddress: string, port: number): Promise<Socket> {
  for (;;) {
    const socket = connect({ host: '127.0.0.1', port, localAddress });
    const isOpen = await new Promise((resolve) => {
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false));
    });
    if (isOpen === true) return socket;
    await delay(20);
  }
}

const isAbsent = isMissing('haproxy') || process.platform !== 'linux';
if (isAbsent) skip('F35', 'there is no haproxy');

const { server: own } = new Certificates();
const SURFACES = { plain: [], TLS: ['--tls-cert', own.cert, '--tls-key', own.key] } as const;

test
  .skipIf(isAbsent)
  .each(
    (['v1', 'v2'] as const).flatMap((version) =>
      (['plain', 'TLS'] as const).map((surface) => ({ version, surface })),
    ),
  )(
  'F35: behind HAProxy by $version, $surface, the log has the real addresses, and checks take no seat',
  async ({ version, surface }) => {
    const folder = mkdtempSync(join(tmpdir(), 'proto-proxy-'));
    onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
    const flags = ['--order', 'free', '--proxy-protocol', 'required', ...SURFACES[surface]];
    const { child, port } = await start(...flags);
    const front = await proxy(folder, version, port);
    const visit = async (address: string): Promise<{ client: Client; port: number }> => {
      const socket = await from(address, front);
      const duplex = surface === 'TLS' ? connectTls({ socket, rejectUnauthorized: false }) : socket;
      if (surface === 'TLS') await once(duplex, 'secureConnect');
      return { client: new Client(duplex), port: socket.localPort! };
    };
    // It keeps the room, and its seats.
    const { client: resident } = await visit('127.0.0.8');
    await resident.line(/^\* WELCOME 1 /);
    const until = performance.now() + size(1_000, 60_000);
    let seat = 1;
    do {
      const address = `127.0.0.${9 + (seat % 100)}`;
      const { client, port: source } = await visit(address);
      // Each visit has the next seat: a check between them takes none.
      await client.line(new RegExp(`^\\* WELCOME ${++seat} `));
      await child.line(new RegExp(`^client ${seat} connected from ${address}:${source},`));
      client.say('hello', 'quit');
      await client.line('HELLO');
      await client.line(/^\* BYE /);
      // The console shows 100 of those who come in a minute.
      await delay(size(50, 700));
    } while (performance.now() < until);
    const odd = child.lines.filter((line) => /cut|turned away/.test(line));
    figure({ id: 'F35', what: 'log lines about checks by a proxy', value: odd.length, unit: '', atMost: 0 });
    expect([odd, child.stderr]).toEqual([[], '']);
  },
);
