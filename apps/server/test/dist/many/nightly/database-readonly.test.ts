import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { LINES, POSTGRES, row } from '../rows.ts';

row('database', POSTGRES, async (run) => {
  const scene = await run.begin();
  const { postgres } = run.engine;
  await scene.rounds(LINES);
  scene.fault();
  await postgres.kill();
  await wait(2_000);
  await postgres.start();
  await scene.rounds(LINES);
  const verdict = await scene.verdict();
  expect(scene.left).toEqual([]);
  return { verdict };
});

row('readonly', POSTGRES, async (run) => {
  const scene = await run.begin();
  const { postgres } = run.engine;
  const change = async (value: 'on' | 'off'): Promise<void> => {
    const set = `ALTER SYSTEM SET default_transaction_read_only = ${value}`;
    await postgres.sql('SET default_transaction_read_only = off', set, 'SELECT pg_reload_conf()');
  };
  await scene.rounds(LINES);
  scene.fault();
  await change('on');
  await wait(3_000);
  await change('off');
  await scene.rounds(LINES);
  const verdict = await scene.verdict();
  expect(scene.left).toEqual([]);
  for (const { child } of scene.nodes.values()) {
    expect(child.stderr.match(/^The log takes no entry: it is read-only/gm)).toHaveLength(1);
  }
  return { verdict };
});
