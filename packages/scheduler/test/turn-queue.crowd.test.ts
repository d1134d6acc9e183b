import { expect, it } from 'vitest';
import { TurnQueue } from '../src/index.ts';

it.each([10, 64, 65, 1_000])('leave: of %d, each is known until it leaves, and may come again', (count) => {
  const queue = new TurnQueue<number, string>({ order: 'fair' });
  const ids = Array.from({ length: count }, (_, id) => id);
  for (const id of ids) queue.join(id);
  const gone = new Set<number>();
  for (const id of ids.filter((each) => each % 4 !== 0)) {
    queue.leave(id);
    gone.add(id);
    expect(() => queue.push(id, 'x')).toThrow(
      `Cannot serve ${id}: it is not one of the ${count - gone.size} participants`,
    );
  }
  expect(ids.filter((id) => queue.has(id))).toEqual(ids.filter((id) => !gone.has(id)));
  for (const id of gone) queue.join(id);
  expect([...queue.ids()]).toEqual([...ids.filter((id) => !gone.has(id)), ...gone]);
  expect(ids.every((id) => queue.has(id))).toBe(true);
});
