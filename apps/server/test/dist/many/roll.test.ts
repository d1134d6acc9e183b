import { expect } from 'vitest';
import { LINES, rowOnBoth } from './rows.ts';

/** One node after the other is replaced, while clients of all talk. */
rowOnBoth('roll', async (run) => {
  const scene = await run.begin();
  for (const name of ['a', 'b', 'c']) {
    await scene.rounds(LINES);
    const leaving = scene.fault(name);
    const { child } = scene.node(name);
    child.kill('SIGTERM');
    await Promise.all(leaving.map((talker) => talker.until(() => talker.isOver, 'its end')));
    for (const { events } of leaving) expect(events.at(-1)).toBe('* BYE SIGTERM');
    expect(await child.exit).toEqual({ code: 0, signal: null });
    await scene.start(name);
    for (let n = 0; n < leaving.length; n++) (await scene.enter(name)).talk();
  }
  await scene.rounds(LINES);
  return { verdict: await scene.verdict() };
});
