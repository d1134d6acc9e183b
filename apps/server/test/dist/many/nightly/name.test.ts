import { expect } from 'vitest';
import { LINES, NATS, row } from '../rows.ts';

/** Two nodes with one name: both serve, and are told apart all the same. */
row('name', NATS, async (run) => {
  const scene = await run.begin({ nodes: ['a', 'b'] });
  await scene.rounds(LINES);
  scene.fault();
  await scene.start('second', 'a');
  for (let n = 0; n < 4; n++) (await scene.enter('second')).talk();
  await scene.rounds(LINES);
  const verdict = await scene.verdict();
  expect(scene.left).toEqual([]);
  return { verdict };
});
