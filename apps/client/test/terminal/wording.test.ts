import { EVENT_VERBS, parseServerLine } from '@proto/protocol';
import { expect, test } from 'vitest';
import { after, NOWHERE } from '../../src/terminal/standing.ts';
import { here, type Tone, wording } from '../../src/terminal/wording.ts';

const ME = after(NOWHERE, { verb: 'WELCOME', seat: 2, clients: 3, room: 'main', version: 1 });
const STANDING = after(ME, { verb: 'NAME', seat: 3, name: 'bob' });

const ROWS: readonly (readonly [string, Tone, string])[] = [
  ['* WELCOME 2 3 main 1', 'notice', '- you are client 2 in room main'],
  ['* WELCOME 2 1 den 1', 'notice', '- you are client 2 in room den'],
  ['* HERE 3 bob 127.0.0.1:5 2', 'notice', '- here: bob (client 3, 2 lines wait)'],
  ['* HERE 1 - - 0', 'notice', '- here: client 1'],
  ['* OK', 'notice', '- done, nothing to show'],
  ['* JOIN 4 - 127.0.0.1:5', 'notice', '- client 4 joined from 127.0.0.1:5'],
  ['* JOIN 4 - -', 'notice', '- client 4 joined'],
  ['* LEAVE 3 reset', 'notice', '- bob (client 3) left: reset'],
  ['* WAIT 2 3', 'notice', '- 2 of the 3 to begin with are here'],
  ['* TURN 2', 'notice', '- your turn: everybody waits for you'],
  ['* TURN 3', 'notice', '- the room waits for bob (client 3)'],
  ['* TURNS 3 7 2,3,1,2,3', 'notice', '- turns 3 to 7: clients 2, 3, 1, 2, 3 were served'],
  ['* TURNS 3 3 2', 'notice', '- turn 3: client 2 was served'],
  [
    '* TURNS 3 90 1,2,3,1,2,3,1,2',
    'notice',
    '- turns 3 to 90: in the end, clients 1, 2, 3, 1, 2, 3, 1, 2 were served',
  ],
  ['* MSG 1 < fake', 'relay', '1> < fake'],
  ['* MSG 3 hi', 'relay', '3 bob> hi'],
  ['* SKIP 1 deadline', 'notice', '- client 1 missed a turn: deadline'],
  ['* SKIP 1 passed', 'notice', '- client 1 passed'],
  ['* WHO 2 - 127.0.0.1:5 4', 'notice', '- you at 127.0.0.1:5, 4 lines wait'],
  ['* WHO 4 - - 4', 'notice', '- client 4, 4 lines wait'],
  ['* WHO 4 - - 1', 'notice', '- client 4, 1 line waits'],
  ['* END 3 of 3', 'notice', '- 3 of 3 listed'],
  ['* SAY back at noon', 'notice', '- the server says: back at noon'],
  [
    '* ROOM main strict all 3 3 1',
    'notice',
    '- room main: strict order, 3 are here, 1 line waits. A quit closes all 3 clients here and the server',
  ],
  [
    '* ROOM den fair room 1 4 0',
    'notice',
    '- room den: fair order, 1 of the 4 to begin with are here, 0 lines wait. A quit closes you',
  ],
  [
    '* ROOM den free self 1 1 2',
    'notice',
    '- room den: free order, 1 is here, 2 lines wait. A quit closes only the client that quits',
  ],
  ['* PONG x', 'notice', '- pong x'],
  ['* HELP /who: who is here', 'notice', '- /who: who is here'],
  ['* NAME 1 ann', 'notice', '- client 1 is now called ann'],
  ['* NAME 2 ann', 'notice', '- you are now called ann'],
  ['* ERR NOT_YOUR_TURN no', 'error', '! NOT_YOUR_TURN: no'],
  ['* QUIT 3 bye all', 'notice', '- bob (client 3) quit (bye all): this closes everybody here'],
  ['* QUIT 1 quit', 'notice', '- client 1 quit: this closes everybody here'],
  ['* QUIT - SIGTERM', 'notice', '- somebody quit (SIGTERM): this closes everybody here'],
  ['* BYE quit', 'notice', '- goodbye: quit'],
];

test.each(ROWS)('wording: %s', (line, tone, text) => {
  const parsed = parseServerLine(line);
  if (parsed?.kind !== 'event') throw new Error(`no event: ${line}`);
  expect(wording(parsed, STANDING)).toEqual({ tone, text });
});

test('wording: leaves the turn of another to the prompt, once it was known whose turn it is', () => {
  const known = after(ME, { verb: 'TURN', seat: 3 });
  expect(wording({ kind: 'event', event: { verb: 'TURN', seat: 1 } }, known)).toBeUndefined();
});

test('here: names the first eight of those who were there, in one line', () => {
  const events = Array.from({ length: 10 }, (_, index) => ({
    verb: 'HERE' as const,
    seat: index + 3,
    name: '-',
    address: 'x',
    queued: index,
  }));
  const first = here(events.slice(0, 2), STANDING);
  expect(first).toEqual({ tone: 'notice', text: '- here: bob (client 3), client 4 (1 line waits)' });
  expect(here(events, STANDING).text).toMatch(/client 10 \(7 lines wait\) and 2 more; \/who lists them$/);
});

test('wording: has a row for every event', () => {
  expect(new Set(ROWS.map(([line]) => line.split(' ')[1]))).toEqual(new Set(EVENT_VERBS));
});

test('wording: tells replies, relayed lines, refusals and strange lines apart by their first characters', () => {
  expect(wording({ kind: 'answer', answer: { kind: 'reply', text: '- \u001b' } }, ME)?.text).toBe(
    '< - \\x1b',
  );
  expect(wording({ kind: 'answer', answer: { kind: 'refused', code: 'NO_SEAT', text: 'x' } }, ME)?.text).toBe(
    '! NO_SEAT: x',
  );
  expect(wording({ kind: 'text', text: '< x' }, ME)?.text).toBe('? < x');
  expect(wording({ kind: 'lost', count: 3 }, ME)?.text).toBe('- 3 events came too fast and are not shown');
});
