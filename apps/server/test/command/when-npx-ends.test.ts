import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { whenNpxEnds } from '../../src/command/when-npx-ends.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** How often the act of a process was called, whose parents become others after two looks. */
function callsOf(script: string | undefined, after: readonly number[]): number {
  let calls = 0;
  let parents: readonly number[] = [7, 6];
  whenNpxEnds('proto-server', () => calls++, { script, parents: () => parents });
  vi.advanceTimersByTime(1000);
  expect(calls).toBe(0);
  parents = after;
  vi.advanceTimersByTime(5000);
  return calls;
}

describe('whenNpxEnds', () => {
  test.each(['proto-server', "'proto-server'", "'proto-server' --port 0"])(
    'whenNpxEnds: %s is ours',
    (script) => {
      expect(callsOf(script, [1])).toBe(1);
      expect(callsOf(script, [7, 1])).toBe(1);
      expect(callsOf(script, [7, 6])).toBe(0);
    },
  );

  test.each([
    undefined,
    '',
    'vitest run',
    "'pm2' start proto-server",
    'nohup proto-server',
    'proto-server & wait',
    'proto-servers',
  ])('whenNpxEnds: %s is not', (script) => expect(callsOf(script, [1])).toBe(0));
});
