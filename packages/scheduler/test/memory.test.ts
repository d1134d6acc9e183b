import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, it } from 'vitest';
import { TurnQueue } from '../src/index.ts';

setFlagsFromString('--expose-gc');
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- it has no type of its own
const collect = runInNewContext('gc') as () => void;

/** How many of them something holds still. */
async function alive(refs: readonly WeakRef<object>[]): Promise<number> {
  // What was looked at in this pass of the loop is kept until its end.
  await new Promise((resolve) => void setImmediate(resolve));
  collect();
  return refs.filter((ref) => ref.deref() !== undefined).length;
}

/** Objects that only the taker holds. */
function made(count: number, taker: (object: object, index: number) => void): WeakRef<object>[] {
  return Array.from({ length: count }, (_, index) => {
    const object = { index };
    taker(object, index);
    return new WeakRef(object);
  });
}

it.each(['strict', 'fair', 'free'] as const)(
  'remove: at most half of what is kept was taken back (%s)',
  async (order) => {
    const queue = new TurnQueue<string, object>({ order });
    for (const id of ['first', 'a']) queue.join(id);
    // It stays before the others, so that they are not passed on the way.
    queue.push('first', {});
    queue.push('a', {});
    const refs = made(100, (object) => queue.push('a', object));
    expect(await alive(refs)).toBe(100);
    for (let arrival = 3; arrival <= 102; arrival += 1) queue.remove('a', arrival);
    expect(await alive(refs)).toBeLessThanOrEqual(2);
    expect(queue.size).toBe(2);
  },
);

it('hold: in free order, what was held before is not kept twice', async () => {
  const queue = new TurnQueue<string, object>({ order: 'free' });
  for (const id of ['first', 'a']) queue.join(id);
  queue.push('first', {});
  const refs = made(100, (object) => queue.push('a', object));
  queue.hold('a');
  queue.clear('a');
  expect(await alive(refs)).toBe(0);
});

it('leave: at most as many names of those who left are kept as there are members, or 64', async () => {
  const queue = new TurnQueue<object, string>({ order: 'fair' });
  const stay = Array.from({ length: 100 }, (_, index) => ({ index }));
  for (const id of stay) queue.join(id);
  const refs = made(1_000, (id) => {
    queue.join(id);
    queue.leave(id);
  });
  expect(await alive(refs)).toBeLessThanOrEqual(51);
  expect([...queue.ids()]).toEqual(stay);
});
