import { expect, test } from 'vitest';
import { commandMeant, hostMeant } from '../../src/command/meant.ts';
import { ClientError } from '../../src/dial/client-error.ts';

test.each([
  ['laod', ' Did you mean load?'],
  ['lod', ' Did you mean load?'],
  ['help', ' Did you mean --help?'],
  ['version', ' Did you mean --version?'],
  ['localhost', ''],
  ['127.0.0.1', ''],
])('commandMeant: %s', (word, meant) => {
  expect(commandMeant(word)).toBe(meant);
});

test.each([
  ['ENOTFOUND', 'laod', '. Did you mean load?'],
  ['EAI_AGAIN', 'laod', '. Did you mean load?'],
  ['ECONNREFUSED', 'laod', ''],
  ['ENOTFOUND', 'example', ''],
])('hostMeant: %s for %s', (code, host, meant) => {
  const cause = Object.assign(new Error(code), { code });
  expect(hostMeant(new ClientError('UNREACHABLE', 'no', { cause }), host)).toBe(meant);
});

test('hostMeant: nothing for another error', () => {
  expect(hostMeant(new Error('no'), 'laod')).toBe('');
});
