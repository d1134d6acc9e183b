import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import { connect } from 'node:tls';
import { expect, onTestFinished, test } from 'vitest';
import { Certificates } from '../certificates.ts';
import { tcpServer } from '../peer.ts';
import { tlsOf } from '../tls-of.ts';
import { figure } from './figure.ts';

const { server: own } = new Certificates();
const PORTS = 12;
const ROUNDS = 10;
/** The beginning of a ClientHello of 512 bytes. */
const HALF_HELLO = Buffer.from('\u0016\u0003\u0001\u0002\u0000\u0001', 'latin1');

async function from(localPort: number, port: number): Promise<Socket> {
  const socket = connectTcp({ host: '127.0.0.1', port, localAddress: '127.0.0.2', localPort });
  onTestFinished(() => void socket.destroy());
  socket.on('error', () => {}).resume();
  await once(socket, 'connect');
  socket.write(HALF_HELLO);
  return socket;
}

/** Not `once`, which rejects on a reset. */
function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.once('close', () => resolve());
  });
}

// Loopback addresses of one's own are there on Linux only.
test.runIf(process.platform === 'linux')(
  'F40: of 120 handshakes that are reset and begun again from the same ports, none escapes the deadline or the quota',
  async () => {
    const { server, address } = await tcpServer({
      ...tlsOf(own),
      host: '0.0.0.0',
      order: 'free',
      handshakeTimeoutMs: 300,
      maxClientsPerAddress: PORTS,
    });
    const port = Number(address.split(':').at(-1));
    const cuts: string[] = [];
    server.on('cut', ({ code }) => void cuts.push(code));
    // The system chooses ports that are free.
    const first = await Promise.all(Array.from({ length: PORTS }, () => from(0, port)));
    const ports = first.map(({ localPort }) => localPort!);
    let open = first;
    for (let round = 1; round < ROUNDS; round++) {
      for (const socket of open) socket.resetAndDestroy();
      open = await Promise.all(ports.map((localPort) => from(localPort, port)));
    }
    // Those of the last round are open: each is cut at its deadline.
    await Promise.all(open.map(closed));
    expect(cuts.filter((code) => code === 'HANDSHAKE_TIMEOUT')).toHaveLength(PORTS);
    expect(cuts).not.toContain('HANDSHAKES');
    // The quota is whole again.
    const again = await Promise.all(Array.from({ length: PORTS }, () => from(0, port)));
    for (const socket of again) socket.resetAndDestroy();
    const honest = connect({ host: '127.0.0.1', port, rejectUnauthorized: false });
    onTestFinished(() => void honest.destroy());
    await once(honest, 'secureConnect');
    expect(cuts).not.toContain('HANDSHAKES');
    figure({
      id: 'F40',
      what: 'handshakes past their deadline, of 120 from 12 ports',
      value: PORTS - cuts.filter((code) => code === 'HANDSHAKE_TIMEOUT').length,
      unit: '',
      atMost: 0,
    });
  },
);
