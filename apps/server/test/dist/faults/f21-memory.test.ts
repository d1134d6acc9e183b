import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { figure, size } from '../../faults/figure.ts';
import { Child } from '../child.ts';
import { Client, connectDeaf } from '../client.ts';
import { MAIN, portOf } from '../command.ts';
import { memoryOf } from '../memory-of.ts';

const MB = 1_000_000;
const FLOOD = Buffer.from(`${'x'.repeat(1_000)}\n`.repeat(256), 'latin1');

test.runIf(process.platform === 'linux')(
  'F21: queues flooded by many, with a heap of 128 MB: its own bounds hold before those of V8 do',
  async () => {
    const clients = size(50, 1_000);
    const flags = [
      '--port',
      '0',
      '--quit',
      'self',
      '--clients',
      String(clients + 1),
      '--max-clients',
      '2000',
      // The bound of the whole is F46.
      '--max-memory-bytes',
      '1000000000',
    ];
    const child = new Child(process.execPath, ['--max-old-space-size=128', MAIN, ...flags]);
    await child.until(({ lines }) => lines.length > 0, 'its first line');
    const port = portOf(child.lines[0]);
    const flooders: Socket[] = [];
    // Nobody is served before the last one is there: every queue fills up, and then nobody is read.
    for (let count = 0; count < clients; count++) {
      const socket = await connectDeaf(port);
      socket.write(FLOOD);
      flooders.push(socket);
    }
    const last = await Client.in(port);
    // In strict order each is served up to where its outbox is half full and it is passed over.
    for (let line = 0; line < 20; line++) await last.sync();
    const resident = memoryOf(child.pid).most;
    figure({
      id: 'F21',
      what: `resident, ${clients} flooding`,
      value: resident / MB,
      unit: 'MB',
      atMost: 200,
    });
    for (const socket of flooders) socket.destroy();
    await last.sync();
    expect(child.stderr).toBe('');
    child.kill('SIGTERM');
    await child.exit;
  },
);
