import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { type InjectedFault, type TimedWrite, WritePlan } from '../src/index.ts';

type On = Partial<Record<InjectedFault, number>>;

/** Each write in short: its bytes, and the pause before it. `|` ends what one push gave. */
function plan(on: On, ...pushed: string[]): string[] {
  const made = new WritePlan(new Map(Object.entries(on) as [InjectedFault, number][]));
  const short = (writes: readonly TimedWrite[]): string[] =>
    writes.map(({ bytes, pauseMs }) => `${pauseMs}:${Buffer.from(bytes).toString('latin1')}`);
  return [...pushed.flatMap((text) => [...short(made.push(Buffer.from(text))), '|']), ...short(made.end())];
}

test.each<[string, On, string[], string[]]>([
  ['no fault', {}, ['a\nb\n', 'c\n'], ['0:a\nb\n', '|', '0:c\n', '|']],
  ['drip', { drip: 7 }, ['ab\n'], ['7:a', '7:b', '7:\n', '|']],
  ['cut', { cut: 2 }, ['hello\n'], ['0:he', '50:llo\n', '|']],
  ['cut: each line of one write', { cut: 1 }, ['ab\ncd\n'], ['0:a', '50:b\nc', '50:d\n', '|']],
  ['cut: a line too short for it', { cut: 3 }, ['ab\n'], ['0:ab\n', '|']],
  ['cut: before the LF', { cut: 2 }, ['ab\n'], ['0:ab', '50:\n', '|']],
  ['split-crlf', { 'split-crlf': 1 }, ['ab\n\n'], ['0:ab\r', '50:\n\r', '50:\n', '|']],
  ['split-crlf and cut there', { 'split-crlf': 1, cut: 3 }, ['ab\n'], ['0:ab\r', '50:\n', '|']],
  ['coalesce', { coalesce: 2 }, ['a\n', 'b\nc\n', 'd\n'], ['|', '0:a\nb\n', '|', '0:c\nd\n', '|']],
  ['coalesce: what is left at the end', { coalesce: 2 }, ['a\n'], ['|', '0:a\n']],
  ['coalesce: a command sends what is held', { coalesce: 9 }, ['a\n', '/who\n'], ['|', '0:a\n/who\n', '|']],
  ['coalesce: so does quit', { coalesce: 9 }, ['a\n', 'Quit\n'], ['|', '0:a\nQuit\n', '|']],
  ['coalesce: //text is a message', { coalesce: 9 }, ['//who\n'], ['|', '0://who\n']],
  ['coalesce and cut', { coalesce: 2, cut: 1 }, ['ab\n', 'cd\n'], ['|', '0:a', '50:b\nc', '50:d\n', '|']],
  ['garbage', { garbage: 1 }, ['a\n/who\nquit\n'], ['0:\u00ffa\n/who\nquit\n', '|']],
  ['long', { long: 4 }, ['a\n12345\n'], ['0:a...\n12345\n', '|']],
  ['long without a terminator', { long: 4 }, ['a'], ['0:a...', '|']],
  ['split-crlf without a terminator', { 'split-crlf': 1 }, ['a'], ['0:a', '|']],
])('WritePlan: %s', (_, on, pushed, want) => {
  expect(plan(on, ...pushed)).toEqual(want);
});

test('WritePlan: 2 drip, cut and coalesce lose, add and change no byte, whatever the lines', () => {
  const lines = fc.array(fc.constantFrom('a\n', 'bcd\n', '\n', '/who\n', 'quit\n', 'xyz'), {
    maxLength: 6,
  });
  const on = fc.record(
    {
      drip: fc.nat(3),
      cut: fc.integer({ min: 1, max: 4 }),
      coalesce: fc.integer({ min: 2, max: 4 }),
    },
    { requiredKeys: [] },
  );
  fc.assert(
    fc.property(fc.array(lines, { maxLength: 4 }), on, (pushes, injected) => {
      const pushed = pushes.map((each) => each.join(''));
      const writes = plan(injected as On, ...pushed).filter((write) => write !== '|');
      expect(writes.map((write) => write.slice(write.indexOf(':') + 1)).join('')).toBe(pushed.join(''));
      if (pushed.join('') !== '') expect(writes.every((write) => !write.endsWith(':'))).toBe(true);
    }),
    { numRuns: 300 },
  );
});

test('held: counts the lines that wait for others, and none that went out', () => {
  const made = new WritePlan(new Map([['coalesce', 3]]));
  const held = (text: string): number => {
    made.push(Buffer.from(text));
    return made.held;
  };
  expect([held('a\n'), held('b\n'), held('c\n'), held('d\n'), held('/who\n')]).toEqual([1, 2, 0, 1, 0]);
});
