import { cpSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { NatsEngine } from '../engine.ts';
import { LINES, row } from '../rows.ts';

const ONE = { name: 'nats', start: () => NatsEngine.start(1) } as const;
const SMALL = { name: 'nats', start: () => NatsEngine.start(1, 'max_file_store: 8MB') } as const;

/** The log is put back to an earlier state, as after a power cut. */
row('power', ONE, async (run) => {
  const scene = await run.begin();
  const { nats } = run.engine;
  const store = join(nats.folder, 's0');
  const older = join(nats.folder, 'older');
  await scene.rounds(LINES);
  await nats.kill(0, 'SIGTERM');
  cpSync(store, older, { recursive: true });
  await nats.start(0);
  // However little is lost: the log soon has more entries than before, but other ones.
  await scene.rounds(run.pick([2, LINES]));
  scene.fault('a', 'b', 'c');
  await nats.kill(0);
  rmSync(store, { recursive: true });
  cpSync(older, store, { recursive: true });
  const back = performance.now();
  await nats.start(0);
  for (const { child } of scene.nodes.values()) {
    expect(await child.exit).toEqual({ code: 70, signal: null });
    expect(child.stderr).toContain('Cannot go on: the log has lost entries that this node has read');
  }
  const exit = performance.now() - back;
  return { verdict: await scene.verdict(), more: { exit } };
});

row('full', SMALL, async (run) => {
  const scene = await run.begin();
  await scene.rounds(LINES);
  scene.fault();
  const free = await run.engine.fill();
  const knows = /^The log takes no entry: .* free disk space$/gm;
  const nodes = [...scene.nodes.values()];
  while (!nodes.some(({ child }) => knows.test(child.stderr))) await wait(20);
  await wait(2_000);
  await free();
  await scene.rounds(LINES);
  const verdict = await scene.verdict();
  expect(scene.left).toEqual([]);
  for (const { child } of nodes) expect((child.stderr.match(knows) ?? []).length).toBeLessThanOrEqual(1);
  return { verdict };
});
