import { expect } from 'vitest';
import { size } from '../../../faults/figure.ts';
import { LINES, NATS, row } from '../rows.ts';

/** Somebody publishes to the log what no node has written. */
row('stranger', NATS, async (run) => {
  const scene = await run.begin();
  await scene.rounds(LINES);
  scene.fault();
  const junk = Array.from({ length: size(20, 1_000) }, (_, n) => junkOf(n, run.random));
  await run.engine.publish(`proto.${scene.cluster}.log`, junk);
  await scene.rounds(LINES);
  const verdict = await scene.verdict();
  expect(scene.left).toEqual([]);
  return { verdict };
});

function junkOf(n: number, random: () => number): Buffer {
  const bytes = Buffer.from(
    Array.from({ length: Math.floor(random() * 300) }, () => Math.floor(random() * 256)),
  );
  const kinds = [
    Buffer.alloc(0),
    bytes,
    Buffer.from(`1 nobody.${n} ${n} `),
    Buffer.from('hello\n'),
    Buffer.alloc(200_000, 'x'),
  ];
  return kinds[Math.floor(random() * kinds.length)]!;
}
