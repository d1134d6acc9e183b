import { once } from 'node:events';
import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { dial, Peer, tcpServer } from '../peer.ts';
import { figure, size } from './figure.ts';

const BURST = `${'x'.repeat(1_000)}\n`.repeat(1_000);

/** Writes lines for ever and reads none. */
function flood(deaf: Socket): void {
  deaf.pause();
  deaf.write(BURST, (error) => error ?? flood(deaf));
}

/** Reads up to the end of the stream, and gives the last line. */
async function lastLine(client: Socket): Promise<string> {
  let text = '';
  client.on('data', (chunk: Buffer) => (text = (text + chunk.toString('latin1')).slice(-200)));
  await once(client, 'end');
  client.end();
  return text.split('\n').at(-2) ?? '';
}

test('F12: a quit flushes to those that read, and at the grace destroys and names those that do not', async () => {
  const graceMs = size(300, 2_000);
  const all = size(12, 500);
  const deafOnes = size(2, 20);
  const { server, address } = await tcpServer({ order: 'free', graceMs });
  const sockets: Socket[] = [];
  for (let seat = 1; seat <= all; seat++) {
    const socket = await dial(address);
    socket.on('error', () => {});
    await once(socket, 'data');
    sockets.push(socket);
  }
  const deaf = sockets.slice(0, deafOnes);
  const honest = new Peer(sockets[deafOnes] as Socket);
  const last = sockets.slice(deafOnes).map(lastLine);
  let answered = 0;
  server.on('send', ({ seat }) => {
    if (seat <= deafOnes) answered++;
  });
  for (const socket of deaf) flood(socket);
  // When nothing is answered any more the kernel has its part, and the outboxes are half full.
  for (let ping = 0, quiet = 0; quiet < 100; ping++) {
    const before = answered;
    await honest.say(`/ping ${ping}`).line(`* PONG ${ping}`);
    quiet = answered === before && answered > deafOnes * 1_000 ? quiet + 1 : 0;
  }
  const report = await server.close({ reason: 'enough' });
  const byes = (await Promise.all(last)).filter((line) => line === '* BYE enough').length;
  expect(report.forced.map(({ seat }) => seat)).toEqual(deaf.map((_, index) => index + 1));
  expect(report.clean).toHaveLength(all - deafOnes);
  expect(byes).toBe(all - deafOnes);
  for (const socket of deaf) socket.destroy();
  const { forced, tookMs } = report;
  figure({
    id: 'F12',
    what: `BYE to ${all - deafOnes} that read`,
    value: byes,
    unit: '',
    atLeast: all - deafOnes,
  });
  figure({
    id: 'F12',
    what: `forced and named of ${deafOnes}`,
    value: forced.length,
    unit: '',
    atLeast: deafOnes,
    atMost: deafOnes,
  });
  figure({ id: 'F12', what: 'took', value: tookMs, unit: 'ms', atMost: graceMs + 500 });
});
