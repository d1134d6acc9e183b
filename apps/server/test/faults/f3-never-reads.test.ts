import { expect, test } from 'vitest';
import { memoryServer, type Peer, tcpServer } from '../peer.ts';
import { figure, size } from './figure.ts';

const BATCH = 50;
const TEXT = 'x'.repeat(1_000);
const CHARGE = `* MSG 1 ${TEXT} 000000\n`.length + 256;

/** Counts the relayed lines that come in order, and keeps none of them. */
function counting({ duplex }: Peer): () => number {
  let next = 0;
  let partial = '';
  duplex.removeAllListeners('data');
  duplex.on('data', (chunk: Buffer) => {
    const lines = (partial + chunk.toString('latin1')).split('\n');
    partial = lines.pop() ?? '';
    for (const line of lines) if (line === `* MSG 1 ${TEXT} ${next}`) next++;
  });
  return () => next;
}

// Over TCP the kernel has its part of what is not read, some MB, before the outbox has any: that is the full size.
test.each(size(0, 1) === 1 ? ['TCP'] : ['memory'])(
  'F3: over %s, one that never reads is cut at its bound, and the others lose nothing',
  async (over) => {
    const all = size(8, 50);
    const maxOutboxBytes = size(262_144, 1_048_576);
    const options = { order: 'free', deliver: 'others', transform: 'none', maxOutboxBytes } as const;
    const { server, join } = await (over === 'TCP' ? tcpServer(options) : memoryServer(options));
    const peers: Peer[] = [];
    for (let seat = 1; seat <= all; seat++) {
      const peer = await join();
      await peer.line(`* WELCOME ${seat} 1 main 1`);
      peers.push(peer);
    }
    const [sender, deaf, ...readers] = peers as [Peer, Peer, ...Peer[]];
    deaf.duplex.pause();
    const counts = readers.map(counting);
    const seen = { cut: 0, outboxBytes: 0, drops: [] as unknown[] };
    let sent = 0;
    server.on('drop', ({ seat, reason }) => {
      seen.drops.push({ seat, reason });
      seen.cut = sent;
    });
    while (seen.cut === 0 || sent < size(0, 30_000)) {
      if (sent >= 60_000) throw new Error('Cannot go on: nobody was cut');
      sender.say(...Array.from({ length: BATCH }, () => `${TEXT} ${sent++}`));
      await sender.until(({ lines }) => lines.filter((line) => line === '* OK').length >= BATCH);
      sender.lines.length = 0;
      sender.raw = '';
      if (seen.cut === 0) seen.outboxBytes = server.load().outboxBytes;
    }
    while (counts.some((count) => count() < sent)) await new Promise((resolve) => setImmediate(resolve));
    expect(seen.drops).toEqual([{ seat: 2, reason: 'did not read' }]);
    expect(server.load().clients).toBe(all - 1);
    // What waited for it before the last batch was within its bound, and the last batch was more than fits.
    expect(seen.outboxBytes).toBeLessThanOrEqual(maxOutboxBytes + (all - 2) * BATCH * CHARGE);
    expect(seen.outboxBytes).toBeGreaterThan(maxOutboxBytes - 2 * BATCH * CHARGE);
    const lost = counts.reduce((sum, count) => sum + sent - count(), 0);
    figure({ id: 'F3', what: `lines lost to the other ${readers.length}`, value: lost, unit: '', atMost: 0 });
  },
);
