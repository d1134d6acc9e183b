import { expect, test } from 'vitest';
import { thinned } from '../../stage/thinned.ts';
import { chunks, tick } from '../model/told.ts';

test('thinned: ticks that say nothing new are left out, and the longest delay stays', () => {
  const [chunk] = chunks(1, 'read', ['a\n'], { t: 160 });
  const messages = [
    tick(50, { loopMs: 1 }),
    tick(100, { loopMs: 30 }),
    tick(150, { loopMs: 2 }),
    chunk!,
    tick(200, { loopMs: 3 }),
    tick(1_150, { loopMs: 4 }),
    tick(1_200, { loopMs: 5 }),
    tick(1_250, { loopMs: 6 }),
  ];
  expect(thinned(messages)).toEqual([
    tick(50, { seq: 1, loopMs: 1 }),
    chunk,
    tick(200, { seq: 2, loopMs: 30 }),
    tick(1_200, { seq: 3, loopMs: 5 }),
    tick(1_250, { seq: 4, loopMs: 6 }),
  ]);
});
