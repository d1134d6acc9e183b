import { expect, test } from 'vitest';
import { figure, size } from '../../faults/figure.ts';
import { Client, connectDeaf } from '../client.ts';
import { start } from '../command.ts';
import { memoryOf } from '../memory-of.ts';

const MIB = 1_048_576;

/** Pours a line without an end, and waits until the connection is over. */
async function pour(port: number, bytes: number): Promise<void> {
  const socket = await connectDeaf(port);
  socket.resume();
  const piece = Buffer.alloc(65_536, 'x');
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  let left = bytes;
  const write = (): void => {
    if (left <= 0 || socket.destroyed) return;
    left -= piece.length;
    socket.write(piece, write);
  };
  write();
  socket.once('end', () => socket.end());
  await closed;
}

test.runIf(process.platform === 'linux')(
  'F1: a line without an end costs the server no memory and the others no time',
  async () => {
    const { child, port } = await start('--order', 'free');
    const honest = await Client.in(port);
    let longest = 0;
    /** Asks for as long as a line is poured. */
    const among = async (pouring: Promise<void>): Promise<void> => {
      let isOver = false;
      const over = pouring.finally(() => (isOver = true));
      longest = 0;
      const ask = async (): Promise<void> => {
        const before = performance.now();
        await honest.sync();
        longest = Math.max(longest, performance.now() - before);
        if (!isOver) await ask();
      };
      await ask();
      await over;
    };
    // What the process needs once, it has had.
    const before = size(2, 40);
    for (let time = 0; time < before; time++) await among(pour(port, 4 * MIB));
    const { now } = memoryOf(child.pid);
    await among(pour(port, size(4 * MIB, 100_000_000)));
    await honest.sync();
    expect(honest.lines.filter((line) => line.endsWith('line without end')).length).toBe(before + 1);
    figure({
      id: 'F1',
      what: 'memory more',
      value: (memoryOf(child.pid).now - now) / 1e6,
      unit: 'MB',
      atMost: 2,
    });
    figure({ id: 'F1', what: 'longest wait of another client', value: longest, unit: 'ms', atMost: 20 });
  },
);
