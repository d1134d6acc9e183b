import { expect } from 'vitest';
import type { Way } from '../../../cluster/engines/ports.ts';
import { LINES, type Outcome, rowOnBoth, type Run } from '../rows.ts';

/** A node that is cut off from the log, until the others have gone on without it. */
async function cutOff(run: Run, ...ways: readonly Way[]): Promise<Outcome> {
  const scene = await run.begin();
  await scene.rounds(LINES);
  const name = run.pick(['a', 'b', 'c']);
  const victims = scene.fault(name);
  const { child, door } = scene.node(name);
  for (const relay of door.relays) relay.hold(...ways);
  await scene.haveLeft(victims);
  await scene.rounds(LINES);
  const back = performance.now();
  for (const relay of door.relays) relay.release();
  expect(await child.exit).toEqual({ code: 75, signal: null });
  // One that hears the others, and isn't heard, knows before.
  const exit = Math.max(0, performance.now() - back);
  await scene.rounds(LINES);
  return { verdict: await scene.verdict(), more: { exit } };
}

rowOnBoth('cut', (run) => cutOff(run, 'up', 'down'));
rowOnBoth('unsaid', (run) => cutOff(run, 'up'));
rowOnBoth('unheard', (run) => cutOff(run, 'down'));
