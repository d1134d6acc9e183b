import { expect, test } from 'vitest';
import { thinned } from '../../stage/thinned.ts';
import { chunks, tick } from '../model/told.ts';

test('thinned: ticks that say nothing new or follow closely are left out, and the longest delay stays', () => {
  const [soon, late] = chunks(1, 'read', ['a\n', 'b\n'], { t: 160, every: 200 });
  const messages = [
    tick(50, { loopMs: 1 }),
    tick(100, { loopMs: 30 }),
    soon!,
    tick(200, { loopMs: 3 }),
    tick(300, { loopMs: 2 }),
    late!,
    tick(400, { loopMs: 5 }),
    tick(1_250, { loopMs: 4 }),
    tick(1_300, { loopMs: 6 }),
    tick(1_350, { loopMs: 7 }),
  ];
  expect(thinned(messages)).toEqual([
    tick(50, { seq: 1, loopMs: 1 }),
    soon,
    tick(300, { seq: 2, loopMs: 30 }),
    late,
    tick(1_250, { seq: 3, loopMs: 5 }),
    tick(1_350, { seq: 4, loopMs: 7 }),
  ]);
});
