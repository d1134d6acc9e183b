import { parseServerLine } from '@proto/protocol';
import { expect, test } from 'vitest';
import { prompt, type PromptFacts } from '../../src/terminal/prompt.ts';
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

const NEVER: Omit<PromptFacts, 'standing' | 'columns'> = { owed: 0, held: 0, state: 'open' };

test.each<[string, string[], Partial<PromptFacts>, string, string]>([
  ['before any welcome', [], {}, '> ', '> '],
  [
    'with a line owed and no welcome',
    [],
    { owed: 1 },
    '[your lines waiting: 1] > ',
    '[your lines waiting: 1]\n> ',
  ],
  ['alone', ['* WELCOME 1 1 main 1'], {}, '[you: client 1] > ', '[you: client 1] > '],
  [
    'alone in another room',
    ['* WELCOME 1 1 den 1'],
    {},
    '[you: client 1 in den] > ',
    '[you: client 1 in den]\n> ',
  ],
  [
    'in a room that is not full',
    [IN, '* WAIT 2 3'],
    {},
    '[you: client 2 | waiting for 1 more client]\n> ',
    '[you: client 2 |\n waiting for 1 more client]\n> ',
  ],
  [
    'when one comes',
    [IN, '* WAIT 1 3', '* JOIN 3 - x'],
    {},
    '[you: client 2 | waiting for 1 more client]\n> ',
    '[you: client 2 |\n waiting for 1 more client]\n> ',
  ],
  [
    'when one goes before the start',
    [IN, '* WAIT 2 3', '* LEAVE 1 end'],
    {},
    '[you: client 2 | waiting for 2 more clients]\n> ',
    '[you: client 2 |\n waiting for 2 more clients]\n> ',
  ],
  [
    'when the last one comes',
    [IN, '* WAIT 2 3', '* JOIN 3 - x'],
    {},
    '[you: client 2] > ',
    '[you: client 2] > ',
  ],
  [
    'when it has asked for the room',
    [IN, '* ROOM main strict all 2 3 0'],
    {},
    '[you: client 2 | waiting for 1 more client]\n> ',
    '[you: client 2 |\n waiting for 1 more client]\n> ',
  ],
  [
    'on another turn, with lines waiting',
    [IN, '* TURN 1'],
    { owed: 2 },
    '[you: client 2 | turn: client 1 | your lines waiting: 2]\n> ',
    '[you: client 2 | turn: client 1 |\n your lines waiting: 2]\n> ',
  ],
  [
    'with lines that have not left',
    [IN, '* TURN 1'],
    { owed: 3, held: 2 },
    '[you: client 2 | turn: client 1 | your lines waiting: 1 | not sent: 2]\n> ',
    '[you: client 2 | turn: client 1 |\n your lines waiting: 1 | not sent: 2]\n> ',
  ],
  [
    'on the turn of one with a name',
    [IN, '* TURN 1', '* NAME 1 bartholomew'],
    {},
    '[you: client 2 | turn: bartholomew (client 1)]\n> ',
    '[you: client 2 |\n turn: bartholomew (client 1)]\n> ',
  ],
  [
    'on the turn of one whose name lies',
    [IN, '* TURN 1', '* NAME 1 yours'],
    {},
    '[you: client 2 | turn: yours (client 1)]\n> ',
    '[you: client 2 |\n turn: yours (client 1)]\n> ',
  ],
  [
    'on my turn',
    [IN, '* TURN 2'],
    {},
    '[you: client 2 | turn: yours] > ',
    '[you: client 2 | turn: yours]\n> ',
  ],
  [
    'when the holder leaves',
    [IN, '* TURN 1', '* LEAVE 1 gone'],
    {},
    '[you: client 2] > ',
    '[you: client 2] > ',
  ],
  [
    'when the holder is skipped',
    [IN, '* TURN 1', '* SKIP 1 late'],
    {},
    '[you: client 2] > ',
    '[you: client 2] > ',
  ],
  [
    'after FIN',
    [IN, '* TURN 1'],
    { owed: 1, state: 'half-closed' },
    '[you: client 2 | turn: client 1 | FIN sent | your lines waiting: 1]\n> ',
    '[you: client 2 | turn: client 1 |\n FIN sent | your lines waiting: 1]\n> ',
  ],
  [
    'while it connects again',
    [],
    { owed: 1, state: 'reconnecting' },
    '[reconnecting | your lines waiting: 1]\n> ',
    '[reconnecting |\n your lines waiting: 1]\n> ',
  ],
])('prompt: %s', (_, events, facts, wide, narrow) => {
  const standing = stand(...events);
  expect(prompt({ ...NEVER, ...facts, standing, columns: 80 })).toBe(wide);
  expect(prompt({ ...NEVER, ...facts, standing, columns: 40 })).toBe(narrow);
});

test('prompt: is in the row of what is typed where it leaves half of it', () => {
  const standing = stand(IN, '* TURN 1');
  const columns = 2 * '[you: client 2 | turn: client 1] > '.length;
  expect(prompt({ ...NEVER, standing, columns })).toBe('[you: client 2 | turn: client 1] > ');
  expect(prompt({ ...NEVER, standing, columns: columns - 1 })).toBe('[you: client 2 | turn: client 1]\n> ');
});

test('prompt: never wraps, whatever the numbers and the names', () => {
  const standing = stand(
    `* WELCOME 9999 10000 ${'r'.repeat(32)} 1`,
    '* TURN 9998',
    `* NAME 9998 ${'n'.repeat(32)}`,
  );
  for (let columns = 10; columns < 200; columns++) {
    const rows = prompt({ owed: 999, held: 99, state: 'half-closed', standing, columns }).split('\n');
    for (const row of rows) expect(row.length).toBeLessThan(columns);
    expect(rows.at(-1)).toMatch(/> $/);
  }
});
