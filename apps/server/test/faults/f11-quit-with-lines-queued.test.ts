import { expect, test } from 'vitest';
import { type Peer, tcpServer } from '../peer.ts';
import { figure, size } from './figure.ts';

const LINES = 60;

test('F11: a quit answers everything accepted, in ring order, then BYE, then FIN', async () => {
  const all = size(20, 100);
  // One more is waited for, so that nothing is served before the quit.
  const { server, join } = await tcpServer({ order: 'strict', clients: all + 1, quit: 'all' });
  const peers: Peer[] = [];
  let resets = 0;
  for (let seat = 1; seat <= all; seat++) {
    const peer = await join();
    peer.duplex.on('error', () => resets++);
    await peer.line(`* WELCOME ${seat} ${all + 1} main 1`);
    peers.push(peer);
  }
  const served: number[] = [];
  server.on('turn', ({ seat, state }) => {
    if (state === 'served') served.push(seat);
  });
  for (const [index, peer] of peers.entries()) {
    peer.say(...Array.from({ length: LINES }, (_, line) => `c${index + 1} l${line}`), '/ping queued');
  }
  await Promise.all(peers.map((peer) => peer.line('* PONG queued')));
  peers[0]?.say('/quit enough');
  await Promise.all(peers.map((peer) => peer.end()));
  const report = await server.closed;
  for (const [index, peer] of peers.entries()) {
    expect(peer.replies).toEqual(Array.from({ length: LINES }, (_, line) => `C${index + 1} L${line}`));
    expect(peer.raw.endsWith('* BYE enough\n')).toBe(true);
  }
  const round = Array.from({ length: all }, (_, index) => index + 1);
  expect(served).toEqual(Array.from({ length: LINES }, () => round).flat());
  expect(report.clean).toHaveLength(all);
  expect(resets).toBe(0);
  const answers = peers.reduce((sum, { replies }) => sum + replies.length, 0);
  const byes = peers.filter(({ lines }) => lines.at(-1) === '* BYE enough').length;
  figure({ id: 'F11', what: 'answers', value: answers, unit: '', atLeast: all * LINES, atMost: all * LINES });
  figure({ id: 'F11', what: 'BYE is the last line of', value: byes, unit: '', atLeast: all });
  figure({ id: 'F11', what: 'resets', value: resets, unit: '', atMost: 0 });
});
