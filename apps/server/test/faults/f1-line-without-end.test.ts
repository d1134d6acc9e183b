import type { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { createServer } from '../../src/index.ts';
import { Metered } from '../metered.ts';
import { dial, Peer } from '../peer.ts';
import { figure, size } from './figure.ts';

const MIB = 1_048_576;

/** Writes until it is told that nobody reads any more, or so much has been written. */
async function pour(duplex: Duplex, bytes: number): Promise<void> {
  const piece = Buffer.alloc(65_536, 'x');
  for (let left = bytes; left > 0 && !duplex.destroyed; left -= piece.length) {
    const goesOn = duplex.write(piece);
    if (goesOn) continue;
    await new Promise<void>((resolve) => {
      duplex.once('drain', resolve).once('close', resolve);
    });
  }
}

test('F1: a line without an end is one fault, and is read no further than 1 MiB', async () => {
  const listener = new Metered();
  await using server = createServer({ order: 'free' }, listener);
  const address = await server.listen();
  const honest = new Peer(await dial(address));
  const endless = new Peer(await dial(address));
  await endless.line(/^\* WELCOME/);
  const poured = pour(endless.duplex, size(8 * MIB, 100_000_000));
  await honest.line('* LEAVE 2 line without end');
  await endless.until(({ ended, duplex }) => ended || duplex.destroyed);
  expect(endless.lines.slice(1)).toEqual([
    expect.stringMatching(/^\* HERE 1 /),
    '* ERR FRAME_TOO_LONG Cannot read frame: it is longer than 1024 bytes (at stream offset 1024)',
    `* ERR LINE_ENDLESS Line too long: ${MIB} bytes without a line end. Closing`,
    '* BYE line without end',
  ]);
  await poured;
  await honest.say('still here').line('STILL HERE');
  const taken = listener.sockets[1]?.bytesRead ?? Number.NaN;
  expect(taken).toBeLessThanOrEqual(MIB + 131_072);
  figure({ id: 'F1', what: 'bytes taken of 100 MB', value: taken, unit: 'B', atMost: MIB + 131_072 });
});
