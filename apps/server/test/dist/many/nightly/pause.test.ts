import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { LINES, rowOnBoth } from '../rows.ts';

rowOnBoth('pause', async (run) => {
  const scene = await run.begin();
  await scene.rounds(LINES);
  scene.fault();
  const { child } = scene.node(run.pick(['a', 'b', 'c']));
  child.kill('SIGSTOP');
  await wait(1_200);
  child.kill('SIGCONT');
  await scene.rounds(LINES);
  const verdict = await scene.verdict();
  expect(scene.left).toEqual([]);
  return { verdict };
});
