import { expect } from 'vitest';
import { LINES, NATS, row } from './rows.ts';

row('leader', NATS, async (run) => {
  const scene = await run.begin();
  const { nats } = run.engine;
  await scene.rounds(LINES);
  scene.fault();
  const leader = await run.engine.leaderOf(scene.cluster);
  await nats.kill(leader);
  await scene.rounds(LINES);
  await nats.start(leader);
  await scene.rounds(LINES);
  const verdict = await scene.verdict();
  expect(scene.left).toEqual([]);
  return { verdict };
});
