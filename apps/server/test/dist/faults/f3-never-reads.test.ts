import type { Socket } from 'node:net';
import { expect, test } from 'vitest';
import { figure, size } from '../../faults/figure.ts';
import { Client, connectDeaf } from '../client.ts';
import { start } from '../command.ts';
import { memoryOf } from '../memory-of.ts';

const MB = 1_000_000;
const BATCH = 50;
const TEXT = 'x'.repeat(1_000);

/** Counts the relayed lines that come in order, and keeps none of them. */
class Reader {
  count = 0;
  #partial = '';

  constructor(socket: Socket) {
    socket.on('data', (chunk: Buffer) => {
      const lines = (this.#partial + chunk.toString('latin1')).split('\n');
      this.#partial = lines.pop() ?? '';
      for (const line of lines) if (line === `* MSG 1 ${TEXT} ${this.count}`) this.count++;
    });
    socket.resume();
  }
}

// What the server does with it is tested in `test/faults`; there its clients are of the same process.
test.runIf(process.platform === 'linux')(
  'F3: one that never reads costs the server what may wait for it, and no more',
  async () => {
    const all = size(8, 50);
    const { child, port } = await start(
      ...'--order free --deliver others --transform none --quit self'.split(' '),
    );
    const sender = await Client.in(port);
    const readers: Reader[] = [];
    for (let seat = 2; seat < all; seat++) readers.push(new Reader(await connectDeaf(port)));
    await sender.line(new RegExp(`^\\* JOIN ${all - 1} `));
    let sent = 0;
    /** Lets one batch go to all, and gives the memory that the server has then. */
    const relay = async (): Promise<number> => {
      sender.lines.length = 0;
      sender.say(...Array.from({ length: BATCH }, () => `${TEXT} ${sent++}`));
      const answers = (): string[] => sender.lines.filter((line) => line === '* OK');
      await sender.until(() => answers().length === BATCH, 'the answers');
      return memoryOf(child.pid).now;
    };
    // What the process needs once, it has had.
    let before = 0;
    while (sent < size(200, 30_000)) before = await relay();
    await connectDeaf(port);
    await sender.line(new RegExp(`^\\* JOIN ${all} `));
    let most = before;
    let isCut = false;
    while (!isCut) {
      if (sent >= 90_000) throw new Error('Cannot go on: nobody was cut');
      most = Math.max(most, await relay());
      isCut = sender.lines.includes(`* LEAVE ${all} did not read`);
    }
    // Each goes round the loop of both processes once more.
    while (readers.some(({ count }) => count < sent)) await sender.sync();
    expect(readers.map(({ count }) => count)).toEqual(readers.map(() => sent));
    figure({
      id: 'F3',
      what: 'memory more, of the server alone',
      value: (most - before) / MB,
      unit: 'MB',
      atMost: 20,
    });
  },
);
