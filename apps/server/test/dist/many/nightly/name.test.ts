import { expect } from 'vitest';
import { LINES, NATS, row } from '../rows.ts';

/** A second node of one name ends, and the first one goes on. */
row('name', NATS, async (run) => {
  const scene = await run.begin({ nodes: ['a', 'b'] });
  await scene.rounds(LINES);
  scene.fault();
  const { child } = await scene.start('second', 'a');
  const began = performance.now();
  expect(await child.exit).toEqual({ code: 78, signal: null });
  const exit = performance.now() - began;
  expect(child.stderr).toContain(
    'another server called a is up. Give this one a name of its own with --node',
  );
  await scene.rounds(LINES);
  const verdict = await scene.verdict();
  expect(scene.left).toEqual([]);
  return { verdict, more: { exit } };
});
