import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { RateLimit } from '../../src/observe/rate-limit.ts';

type Say = (more: number, kind: string) => void;

describe('rate limit', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  test('RateLimit: the first few of a kind, then one line for all the rest of that minute', () => {
    const say = vi.fn<Say>();
    const limit = new RateLimit(say);
    const shown = Array.from({ length: 9_000 }, () => limit.admits('refuse', 5)).filter(Boolean);
    expect(shown).toHaveLength(5);
    expect(say).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60_000);
    expect(say.mock.calls).toEqual([[8_995, 'refuse']]);
  });

  test('RateLimit: the next minute has its own first few, and says nothing when nothing was left out', () => {
    const say = vi.fn<Say>();
    const limit = new RateLimit(say);
    for (let minute = 0; minute < 3; minute++) {
      expect(Array.from({ length: 3 }, () => limit.admits('a', 3))).toEqual([true, true, true]);
      vi.advanceTimersByTime(60_000);
    }
    expect(say).not.toHaveBeenCalled();
    expect(vi.getTimerCount()).toBe(0);
  });

  test('RateLimit: a kind does not use up what another may show', () => {
    const say = vi.fn<Say>();
    const limit = new RateLimit(say);
    expect(['a', 'a', 'b', 'b'].map((kind) => limit.admits(kind, 1))).toEqual([true, false, true, false]);
    vi.advanceTimersByTime(60_000);
    expect(say.mock.calls.toSorted()).toEqual([
      [1, 'a'],
      [1, 'b'],
    ]);
  });

  test('RateLimit: flush says what has been counted, and leaves no timer', () => {
    const say = vi.fn<Say>();
    const limit = new RateLimit(say);
    for (let event = 0; event < 4; event++) limit.admits('a', 1);
    limit.flush();
    expect(say.mock.calls).toEqual([[3, 'a']]);
    expect(vi.getTimerCount()).toBe(0);
    expect(limit.admits('a', 1)).toBe(true);
  });

  test('RateLimit: too many kinds are one kind, until the minute is over', () => {
    const say = vi.fn<Say>();
    const limit = new RateLimit(say);
    const many = (from: number): boolean[] =>
      Array.from({ length: 1_500 }, (_, index) => limit.admits(`from ${from + index}`, 1));
    expect(many(0).filter(Boolean)).toHaveLength(1_001);
    vi.advanceTimersByTime(60_000);
    expect(say.mock.calls).toEqual([[499, 'others']]);
    expect(many(10_000).filter(Boolean)).toHaveLength(1_001);
  });
});
