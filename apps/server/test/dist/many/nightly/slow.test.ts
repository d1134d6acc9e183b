import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { size } from '../../../faults/figure.ts';
import { LINES, rowOnBoth } from '../rows.ts';

/** What a bad network does to one node: everything is late, stands still now and then, or the connection is reset. */
rowOnBoth('slow', async (run) => {
  const scene = await run.begin();
  await scene.rounds(LINES);
  scene.fault();
  const { relays } = scene.node(run.pick(['a', 'b', 'c'])).door;
  for (const relay of relays) relay.delayMs = 20;
  for (let n = 0; n < size(2, 8); n++) {
    await wait(200 + 300 * run.random());
    if (run.random() < 0.5) for (const relay of relays) relay.cut();
    else {
      for (const relay of relays) relay.hold('up', 'down');
      await wait(800 * run.random());
      for (const relay of relays) relay.release();
    }
  }
  await scene.rounds(LINES);
  const verdict = await scene.verdict();
  expect(scene.left).toEqual([]);
  return { verdict };
});
