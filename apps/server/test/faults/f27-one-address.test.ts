import { once } from 'node:events';
import { connect } from 'node:net';
import { expect, test } from 'vitest';
import { Peer, tcpServer } from '../peer.ts';
import { figure } from './figure.ts';

const CLIENTS = 100;

async function from(localAddress: string, address: string): Promise<Peer> {
  const port = Number(address.split(':').at(-1));
  const socket = connect({ host: '127.0.0.1', port, localAddress, allowHalfOpen: true });
  await once(socket, 'connect');
  const peer = new Peer(socket);
  await peer.until(({ lines }) => lines.length > 0);
  return peer;
}

const isIn = ({ lines }: Peer): boolean => lines[0]?.startsWith('* WELCOME') === true;

// Loopback addresses of one's own are there on Linux only.
test.runIf(process.platform === 'linux')(
  'F27: of 100 from one address 64 are in, and another is unaffected',
  async () => {
    const { address } = await tcpServer({ host: '0.0.0.0', order: 'free', maxClientsPerAddress: 64 });
    const peers = await Promise.all(Array.from({ length: CLIENTS }, () => from('127.0.0.2', address)));
    const inside = peers.filter(isIn);
    const refused = peers.find((peer) => !isIn(peer));
    await refused?.end();
    expect(refused?.lines).toEqual([
      '* ERR ADDRESS_FULL Cannot let you in: 64 clients are connected from your address',
      '* BYE refused',
    ]);
    expect(isIn(await from('127.0.0.3', address))).toBe(true);
    expect(inside).toHaveLength(64);
    inside[0]?.duplex.destroy();
    await inside[1]?.line(/^\* LEAVE /);
    expect(isIn(await from('127.0.0.2', address))).toBe(true);
    figure({
      id: 'F27',
      what: 'in, of 100 from one address',
      value: inside.length,
      unit: '',
      atLeast: 64,
      atMost: 64,
    });
  },
);

test.runIf(process.platform === 'linux')(
  'F27: this machine is exempt where nobody has set the limit',
  async () => {
    const { server, address } = await tcpServer({ host: '0.0.0.0', order: 'free' });
    expect(server.settings.maxClientsPerAddress).toBe(64);
    const peers = await Promise.all(Array.from({ length: CLIENTS }, () => from('127.0.0.2', address)));
    expect(peers.filter(isIn)).toHaveLength(CLIENTS);
  },
);
