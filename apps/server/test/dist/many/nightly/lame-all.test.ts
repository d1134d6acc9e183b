import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { LINES, NATS, row } from '../rows.ts';

row('lame', NATS, async (run) => {
  const scene = await run.begin();
  const { nats } = run.engine;
  await scene.rounds(LINES);
  scene.fault();
  const leader = await run.engine.leaderOf(scene.cluster);
  // It ends when its clients have gone elsewhere.
  await nats.kill(leader, 'SIGUSR2');
  await scene.rounds(LINES);
  await nats.start(leader);
  await scene.rounds(LINES);
  const verdict = await scene.verdict();
  expect(scene.left).toEqual([]);
  return { verdict };
});

row('all', NATS, async (run) => {
  const scene = await run.begin();
  const { nats } = run.engine;
  await scene.rounds(LINES);
  scene.fault();
  await Promise.all([0, 1, 2].map((n) => nats.kill(n)));
  await wait(4_000);
  await Promise.all([0, 1, 2].map((n) => nats.start(n)));
  await scene.rounds(LINES);
  const verdict = await scene.verdict();
  expect(scene.left).toEqual([]);
  return { verdict };
});
