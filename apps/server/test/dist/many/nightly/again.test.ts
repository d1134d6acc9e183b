import { LINES, NATS, row } from '../rows.ts';

row('again', NATS, async (run) => {
  const scene = await run.begin({ flags: ['--order', 'free', '--deliver', 'all'] });
  await scene.rounds(LINES);
  const name = run.pick(['a', 'b', 'c']);
  const victims = scene.fault(name);
  const killed = performance.now();
  scene.node(name).child.kill('SIGKILL');
  const gone = scene.haveLeft(victims).then(() => performance.now() - killed);
  await scene.start(name);
  const back = performance.now();
  const talker = (await scene.enter(name)).talk();
  await talker.until(() => talker.answers.length > 0, 'its first answer');
  const served = performance.now() - back;
  const ghosts = await gone;
  await scene.rounds(LINES);
  return { verdict: await scene.verdict(), more: { served, ghosts } };
});
