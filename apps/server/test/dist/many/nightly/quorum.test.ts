import { setTimeout as wait } from 'node:timers/promises';
import { expect } from 'vitest';
import { size } from '../../../faults/figure.ts';
import { memoryOf } from '../../memory-of.ts';
import { LINES, NATS, row } from '../rows.ts';
import { Talker } from '../talker.ts';

/** 150 clients, each with 64 lines of 100 bytes that wait: as many as a server reads of one. */
row('quorum', NATS, async (run) => {
  const scene = await run.begin({
    clients: size(15, 150),
    talker: { inFlight: 64, bytes: 100 },
    flags: ['--order', 'free', '--http', '127.0.0.1:0'],
  });
  await scene.rounds(20 * LINES);
  scene.fault();
  const { nats } = run.engine;
  const dead = [run.pick([0, 1, 2])];
  dead.push(run.pick([0, 1, 2].filter((n) => !dead.includes(n))));
  await Promise.all(dead.map((n) => nats.kill(n)));
  const down = wait(10_000);
  for (const { name, child, port } of scene.nodes.values()) {
    const [, http] = /serving (http:\/\/\S+)\/healthz/.exec(child.stderr) ?? [];
    while ((await fetch(`${http}/readyz`)).status !== 503) await wait(50);
    const late = await Talker.in('late', name, port);
    await late.until(() => late.isOver, 'its end');
    expect(late.events).toEqual([
      '* ERR SERVER_AWAY Cannot let you in: the other servers cannot be reached. Try again',
      expect.stringMatching(/^\* BYE /),
    ]);
  }
  await down;
  await Promise.all(dead.map((n) => nats.start(n)));
  await scene.rounds(20 * LINES);
  const memory =
    Math.max(...Array.from(scene.nodes.values(), ({ child }) => memoryOf(child.pid).most)) / 1_000_000;
  const verdict = await scene.verdict();
  return { verdict, more: { memory } };
});
