import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DueTimes } from '../../../src/load/lines/due-times.ts';

test('DueTimes: gives back every line once, in order, with its time', () => {
  const step = fc.oneof(fc.record({ push: fc.integer({ min: 1, max: 5 }) }), fc.record({ take: fc.nat(7) }));
  fc.assert(
    fc.property(fc.array(step, { maxLength: 3000 }), (steps) => {
      const due = new DueTimes();
      const model: number[] = [];
      let time = 0;
      for (const each of steps) {
        if ('push' in each) {
          due.push(++time, each.push);
          for (let line = 0; line < each.push; line++) model.push(time);
          expect([...due.unwritten()]).toEqual([[time, each.push]]);
        } else {
          const taken: number[] = [];
          due.take(each.take, (at, count) => taken.push(...Array<number>(count).fill(at)));
          expect(taken).toEqual(model.splice(0, each.take));
        }
      }
    }),
    { numRuns: 60 },
  );
});
