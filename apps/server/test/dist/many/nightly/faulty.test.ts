import { expect } from 'vitest';
import { mangled } from './mangle.ts';
import { LINES, NATS, row } from '../rows.ts';

row('faulty', NATS, async (run) => {
  const scene = await run.begin({ meddle: mangled(run.random) });
  scene.fault();
  await scene.rounds(2 * LINES);
  const verdict = await scene.verdict();
  expect(scene.left).toEqual([]);
  return { verdict };
});
