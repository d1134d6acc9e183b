import { parseServerLine } from '@proto/protocol';
import { expect, test } from 'vitest';
import { prompt } from '../../src/terminal/prompt.ts';
import { after, NOWHERE, type Standing } from '../../src/terminal/standing.ts';

/** The standing after these events. */
function stand(...lines: string[]): Standing {
  return lines.reduce((standing, line) => {
    const parsed = parseServerLine(line);
    if (parsed?.kind !== 'event') throw new Error(`no event: ${line}`);
    return after(standing, parsed.event);
  }, NOWHERE);
}

const IN = '* WELCOME 2 3 main 1';

test.each<[string, string[], number, string, string]>([
  ['before any welcome', [], 0, '> ', '> '],
  ['with a line owed and no welcome', [], 1, '[1 waits] > ', '[+1] > '],
  [
    'in a room that is not full',
    [IN, '* WAIT 2 3'],
    0,
    '[2 of 3 | waiting for 1 more] > ',
    '[2/3 wait 1] > ',
  ],
  [
    'when one comes',
    [IN, '* WAIT 1 3', '* JOIN 3 - x'],
    0,
    '[2 of 3 | waiting for 1 more] > ',
    '[2/3 wait 1] > ',
  ],
  [
    'when one goes before the start',
    [IN, '* WAIT 2 3', '* LEAVE 1 end'],
    0,
    '[2 of 3 | waiting for 2 more] > ',
    '[2/3 wait 2] > ',
  ],
  ['when the last one comes', [IN, '* WAIT 2 3', '* JOIN 3 - x'], 0, '[2 of 3] > ', '[2/3] > '],
  [
    'when one goes after the start',
    [IN, '* TURN 1', '* LEAVE 3 end'],
    0,
    "[2 of 3 | client 1's turn] > ",
    "[2/3 1's turn] > ",
  ],
  [
    'on another turn, with lines waiting',
    [IN, '* TURN 1'],
    2,
    "[2 of 3 | client 1's turn | 2 wait] > ",
    "[2/3 1's turn +2] > ",
  ],
  [
    'on the turn of one with a name',
    [IN, '* TURN 1', '* NAME 1 bartholomew'],
    0,
    "[2 of 3 | bartholomew's turn] > ",
    "[2/3 bartho's turn] > ",
  ],
  ['on my turn', [IN, '* TURN 2'], 0, '[2 of 3 | your turn] > ', '[2/3 your turn] > '],
  ['when the holder leaves', [IN, '* TURN 1', '* LEAVE 1 gone'], 0, '[2 of 3] > ', '[2/3] > '],
  ['when the holder is passed over', [IN, '* TURN 1', '* SKIP 1 late'], 0, '[2 of 3] > ', '[2/3] > '],
  ['as a latecomer', ['* WELCOME 5 3 main 1'], 0, '[5] > ', '[5] > '],
  ['in another room', [IN, '* TURN 1', '* WELCOME 1 1 den 1'], 0, '[1 in den] > ', '[1 den] > '],
])('prompt: %s', (_, events, owed, wide, narrow) => {
  const standing = stand(...events);
  expect(prompt({ standing, owed, columns: 80 })).toBe(wide);
  expect(prompt({ standing, owed, columns: 40 })).toBe(narrow);
});

test('prompt: is short where the long one would leave less than half a row', () => {
  const standing = stand('* WELCOME 1 3 den 1', '* WAIT 1 3');
  const facts = { standing, owed: 1 };
  expect(prompt({ ...facts, columns: 100 })).toBe('[1 of 3 in den | waiting for 2 more | 1 waits] > ');
  expect(prompt({ ...facts, columns: 80 })).toBe('[1/3 den wait 2 +1] > ');
});

test('prompt: leaves space to type in 40 columns, whatever the numbers', () => {
  const standing = stand(`* WELCOME 9999 10000 ${'r'.repeat(32)} 1`, '* TURN 9998');
  expect(prompt({ standing, owed: 999, columns: 40 }).length).toBeLessThan(40);
});
