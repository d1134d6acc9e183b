import { LINES, NATS, row } from '../rows.ts';

row('unread', NATS, async (run) => {
  const scene = await run.begin({
    talker: { bytes: 900, inFlight: 4 },
    flags: ['--order', 'free', '--deliver', 'all'],
  });
  const deaf = await scene.enter('a');
  deaf.stopReading();
  scene.fault();
  scene.drop(deaf);
  await scene.haveLeft([deaf], 'did not read');
  await scene.rounds(LINES);
  return { verdict: await scene.verdict() };
});
