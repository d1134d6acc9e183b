import { LINES, rowOnBoth } from './rows.ts';

rowOnBoth('kill', async (run) => {
  const scene = await run.begin();
  await scene.rounds(LINES);
  const name = run.pick(['a', 'b', 'c']);
  const victims = scene.fault(name);
  scene.node(name).child.kill('SIGKILL');
  await scene.haveLeft(victims);
  await scene.rounds(LINES);
  return { verdict: await scene.verdict() };
});
