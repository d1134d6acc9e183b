import { expect } from 'vitest';
import { LINES, rowOnBoth } from './rows.ts';

rowOnBoth('quit', async (run) => {
  const scene = await run.begin();
  await scene.rounds(LINES);
  const quitter = run.pick(scene.talkers);
  const told = performance.now();
  scene.fault('a', 'b', 'c');
  quitter.write('/quit good night');
  await Promise.all(scene.talkers.map((talker) => talker.until(() => talker.isOver, 'its end')));
  const closed = performance.now() - told;
  for (const { events } of scene.talkers) expect(events.at(-1)).toBe('* BYE good night');
  for (const { child } of scene.nodes.values()) expect(await child.exit).toEqual({ code: 0, signal: null });
  return { verdict: await scene.verdict(), more: { closed } };
});
