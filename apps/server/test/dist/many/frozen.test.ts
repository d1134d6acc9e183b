import { expect } from 'vitest';
import { LINES, rowOnBoth } from './rows.ts';

rowOnBoth('frozen', async (run) => {
  const scene = await run.begin();
  await scene.rounds(LINES);
  const name = run.pick(['a', 'b', 'c']);
  const victims = scene.fault(name);
  const { child } = scene.node(name);
  child.kill('SIGSTOP');
  await scene.haveLeft(victims);
  await scene.rounds(LINES);
  const back = performance.now();
  child.kill('SIGCONT');
  await Promise.all(victims.map((talker) => talker.until(() => talker.isOver, 'its end')));
  const cut = performance.now() - back;
  expect(await child.exit).toEqual({ code: 75, signal: null });
  const exit = performance.now() - back;
  expect(child.stderr).toContain(`Cannot go on: the others have gone on without node ${name}`);
  await scene.rounds(LINES);
  return { verdict: await scene.verdict(), more: { cut, exit } };
});
