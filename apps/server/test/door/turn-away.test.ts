import { Duplex } from 'node:stream';
import { setImmediate as passOfTheLoop } from 'node:timers/promises';
import { expect, test } from 'vitest';
import { systemClock } from '@proto/scheduler';
import { turnAway } from '../../src/door/turn-away.ts';

/** A connection whose client has ended its side, and whose output is taken when the test says so. */
function slow(): { duplex: Duplex; written: string[]; take: () => void } {
  const written: string[] = [];
  let take = (): void => {};
  const duplex = new Duplex({
    read() {
      this.push(null);
    },
    write(chunk: Buffer, _encoding, done) {
      take = () => {
        written.push(chunk.toString('latin1'));
        done();
      };
    },
  });
  return { duplex, written, take: () => take() };
}

test('turnAway: the last word is flushed, although the client ended its side before', async () => {
  const { duplex, written, take } = slow();
  turnAway(duplex, '* BYE refused\n', 60_000, systemClock);
  while (!duplex.readableEnded) await passOfTheLoop();
  expect(duplex.destroyed).toBe(false);
  take();
  while (!duplex.destroyed) await passOfTheLoop();
  expect([written, duplex.writableFinished]).toEqual([['* BYE refused\n'], true]);
});
