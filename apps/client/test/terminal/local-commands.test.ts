import { expect, test } from 'vitest';
import { localMeant } from '../../src/terminal/local-commands.ts';

test.each([
  ['/falt drip 5', 'this terminal has no /falt. Did you mean /fault?'],
  ['/XRYA', 'this terminal has no /xrya. Did you mean /xray?'],
])('localMeant: %s', (line, text) => {
  expect(localMeant(line)).toEqual([{ tone: 'notice', text: `- ${text}` }]);
});

test.each(['/fault drip 5', '/xray', '/whoo', '/nope', '//falt', 'falt', ''])(
  'localMeant: nothing about %j',
  (line) => {
    expect(localMeant(line)).toEqual([]);
  },
);
