import { LINES, rowOnBoth } from './rows.ts';

rowOnBoth('plain', async (run) => {
  const scene = await run.begin();
  scene.fault();
  await scene.rounds(2 * LINES);
  return { verdict: await scene.verdict() };
});
