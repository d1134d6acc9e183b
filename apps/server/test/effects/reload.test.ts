import { describe, expect, test } from 'vitest';
import { Reloads } from '../../src/effects/reload.ts';

describe('Reloads', () => {
  test('Reloads: one at a time, and calls meanwhile share one more, which begins after them', async () => {
    const begun: (() => void)[] = [];
    const reloads = new Reloads(() => new Promise((resolve) => void begun.push(resolve)));
    let done = 0;
    const calls = Array.from({ length: 100 }, () => reloads.run().then(() => ++done));
    await new Promise(setImmediate);
    expect(begun.length).toBe(1);
    const late = Array.from({ length: 100 }, () => reloads.run().then(() => ++done));
    await new Promise(setImmediate);
    expect([begun.length, done]).toEqual([1, 0]);
    begun[0]?.();
    await Promise.all(calls);
    await new Promise(setImmediate);
    expect([begun.length, done]).toEqual([2, 100]);
    begun[1]?.();
    await Promise.all(late);
    expect([begun.length, done]).toEqual([2, 200]);
  });

  test('Reloads: one that fails is reported to its callers, and the next begins', async () => {
    let reloaded = 0;
    const reloads = new Reloads(() =>
      ++reloaded === 1 ? Promise.reject(new Error('first')) : Promise.resolve(),
    );
    await expect(reloads.run()).rejects.toThrow('first');
    await reloads.run();
    expect(reloaded).toBe(2);
  });
});
