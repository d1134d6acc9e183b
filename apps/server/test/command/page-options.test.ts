import { expect, test } from 'vitest';
import { commandSettings, serverOptions } from '../../src/command/command-options.ts';
import { flagOf } from '../../src/command/flags.ts';

test.each([
  [{ page: 'join' }, 'Cannot start with --page join: it needs an address. Pass --http HOST:PORT too'],
  [
    { page: 'watch', http: '0.0.0.0:6678' },
    'Cannot start with --page watch: 0.0.0.0:6678 can be reached from other machines. Pass --page-token-file too',
  ],
  [{ page: 'rule' }, 'Cannot start with --page rule: expected none or watch or join or hold'],
  [{ pageHost: 'http://a' }, 'Cannot start with --page-host http://a: expected NAME[:PORT],... or none'],
  [
    { recordMaxBytes: 1 },
    'Cannot start with --record-max-bytes 1: expected an integer from 1024 to 1099511627776',
  ],
  [
    { replay: 'lesson:11' },
    'Cannot start with --replay lesson:11: expected lesson:1 to lesson:10 or a file or none',
  ],
  [
    { replay: 'lesson:0' },
    'Cannot start with --replay lesson:0: expected lesson:1 to lesson:10 or a file or none',
  ],
  [
    { replay: '/a.jsonl', http: 'none' },
    'Cannot start with --replay /a.jsonl: it needs an address. Pass --http HOST:PORT too',
  ],
  [
    { replay: '/a.jsonl', http: '0.0.0.0:6678', pageTokenFile: '/token' },
    'Cannot start with --replay /a.jsonl: 0.0.0.0:6678 can be reached from other machines, and a recording holds every byte',
  ],
])('commandSettings: %o is refused', (options, text) => {
  expect(() => commandSettings(options, flagOf)).toThrow(text);
});

test.each([
  { page: 'watch', http: '[::1]:6678' },
  { page: 'watch', http: '127.0.0.1:6678', socket: '/run/proto' },
  { page: 'join', http: '127.0.0.1:6678', socket: '/run/proto' },
  { page: 'join', http: '0.0.0.0:6678', pageTokenFile: '/token', pageHost: 'a.example,b:443' },
  { page: 'hold', http: '127.0.0.1:6678' },
  { record: '/session.jsonl' },
  { replay: '/session.jsonl', http: '127.0.0.1:6678' },
  { replay: 'lesson:10', http: '127.0.0.1:6678', page: 'join' },
])('commandSettings: %o is taken, and no option of the page is a server option', (options) => {
  const settings = commandSettings(options, flagOf);
  expect(settings).toMatchObject(options);
  expect(
    Object.keys(serverOptions(settings, { options })).filter((key) => /page|record|replay/i.test(key)),
  ).toEqual([]);
});
