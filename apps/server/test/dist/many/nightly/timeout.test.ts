import { expect } from 'vitest';
import { LINES, rowOnBoth } from '../rows.ts';

rowOnBoth('timeout', async (run) => {
  const scene = await run.begin({
    flags: ['--order', 'free', '--deliver', 'all', '--log-timeout-ms', '3000'],
  });
  await scene.rounds(LINES);
  const name = run.pick(['a', 'b', 'c']);
  const victims = scene.fault(name);
  const { child, door } = scene.node(name);
  for (const relay of door.relays) relay.hold('up', 'down');
  const began = performance.now();
  expect(await child.exit).toEqual({ code: 69, signal: null });
  const exit = performance.now() - began;
  expect(child.stderr).toContain('Cannot go on: the log has not answered for 3000 ms');
  for (const { events } of victims) expect(events.at(-1)).toBe('* BYE this server cannot go on');
  await scene.haveLeft(victims);
  await scene.rounds(LINES);
  return { verdict: await scene.verdict(), more: { exit } };
});
