import { expect, test } from 'vitest';
import { FLAGS, help, parseOptions } from '../../src/command/options.ts';
import { EXIT, EXIT_HELP } from '../../src/mode/exit-codes.ts';

const DEFAULT = {
  host: '127.0.0.1',
  port: 6677,
  socket: undefined,
  tls: undefined,
  tokenFile: undefined,
  maxLineBytes: 1024,
  classic: false,
  events: 'on',
  expect: undefined,
  json: false,
  reconnect: false,
  strictAnswers: false,
  timeoutMs: 10_000,
  name: undefined,
  room: undefined,
  injected: new Map(),
  xray: 'off',
  xrayClock: 'start',
};

test.each<[string, object]>([
  ['', {}],
  ['example.org', { host: 'example.org' }],
  ['example.org:7000', { host: 'example.org', port: 7000 }],
  [':7000', { port: 7000 }],
  ['7000', { port: 7000 }],
  ['[::1]:7000', { host: '::1', port: 7000 }],
  ['[::1]', { host: '::1' }],
  ['127.0.0.1 7000', { host: '127.0.0.1', port: 7000 }],
  ['example.org 7000 --json', { host: 'example.org', port: 7000, json: true }],
  ['::1 7000', { host: '::1', port: 7000 }],
  ['[::1] 7000', { host: '::1', port: 7000 }],
  ['--strict-answers', { strictAnswers: true }],
  ['--socket /run/proto', { socket: '/run/proto' }],
  ['--tls', { tls: {} }],
  ['--tls-ca a.pem --tls-servername b', { tls: { ca: 'a.pem', servername: 'b' } }],
  ['--tls-cert a --tls-key b --token-file c', { tls: { cert: 'a', key: 'b' }, tokenFile: 'c' }],
  ['--classic', { classic: true }],
  ['--events off', { events: 'off' }],
  ['--reconnect', { reconnect: true }],
  ['--json --timeout-ms 1', { json: true, timeoutMs: 1 }],
  ['--expect free.txt :7000', { expect: 'free.txt', port: 7000 }],
  ['--max-line-bytes 16777216', { maxLineBytes: 16_777_216 }],
  ['--name bob --room den 10.0.0.1', { host: '10.0.0.1', name: 'bob', room: 'den' }],
])('parseOptions: %s', (line, want) => {
  const argv = line.split(' ').filter((word) => word !== '');
  expect(parseOptions(argv)).toEqual({ kind: 'run', options: { ...DEFAULT, ...want } });
});

test.each([
  ['--nosuch', 'Cannot start: --nosuch is not an option'],
  ['-x', 'Cannot start: -x is not an option'],
  ['--xary', 'Cannot start: --xary is not an option. Did you mean --xray?'],
  ['--max-line-byte 9', 'Cannot start: --max-line-byte is not an option. Did you mean --max-line-bytes?'],
  ['--clients 3', 'Cannot start: --clients is not an option. It is one of load: proto-client load'],
  ['--name', "Cannot start: Option '--name <value>' argument missing"],
  ['a 0', 'Cannot start with "a 0": expected a host and a port'],
  ['a 65536', 'Cannot start with "a 65536": expected a host and a port'],
  ['a:1 2', 'Cannot start with "a:1 2": expected a host and a port'],
  ['laod a:1', 'Cannot start with 2 addresses: expected one host:port. Did you mean load?'],
  ['help a b', 'Cannot start with 3 addresses: expected one host:port. Did you mean --help?'],
  ['a:1 b:2', 'Cannot start with 2 addresses: expected one host:port'],
  ['a:0', 'Cannot start with "a:0": expected host:port'],
  ['a:65536', 'Cannot start with "a:65536": expected host:port'],
  ['a:b', 'Cannot start with "a:b": expected host:port'],
  ['--max-line-bytes 0', 'Cannot start with --max-line-bytes "0": expected an integer from 1 to 16777216'],
  [
    '--max-line-bytes 1e3',
    'Cannot start with --max-line-bytes "1e3": expected an integer from 1 to 16777216',
  ],
  ['--events maybe', 'Cannot start with --events "maybe": expected on or off'],
  ['--name 1', 'Cannot start with --name "1": expected 1 to 32 of A-Z a-z 0-9 _ -, starting with a letter'],
  ['--room Den', 'Cannot start with --room "Den": expected 1 to 32 of a-z 0-9 _ -'],
  ['--socket a b:1', 'Cannot start with --socket and an address: expected only one of them'],
  ['--tls-cert a', 'Cannot start with only one of --tls-cert and --tls-key: a certificate needs its key'],
  [
    '--classic --token-file a',
    'Cannot start with --classic and --token-file: a classic server has no commands',
  ],
  [
    '--classic --reconnect',
    'Cannot start with --classic and --reconnect: a classic server does not say goodbye',
  ],
  [
    '--classic --strict-answers',
    'Cannot start with --classic and --strict-answers: a classic server has no ERR',
  ],
  ['--timeout-ms 0', 'Cannot start with --timeout-ms "0": expected an integer from 1 to 86400000'],
  [
    '--expect a --json',
    'Cannot start with --expect and --classic, --json, --strict-answers, --name or --room: the transcript decides what is sent',
  ],
  [
    '--classic --name bob',
    'Cannot start with --classic and a name or a room: a classic server has no commands',
  ],
])('parseOptions: %s is wrong', (line, text) => {
  expect(parseOptions(line.split(' '))).toEqual({ kind: 'wrong', text });
});

test.each(['help', 'version'])('parseOptions: --%s', (kind) => {
  expect(parseOptions([`--${kind}`, 'a'])).toEqual({ kind });
});

test('help: lists every exit code, and every flag', () => {
  // Those of a process that a signal has ended are no exit codes of ours.
  const own = EXIT_HELP.map(([code]) => code).filter((code) => code !== 129 && code !== 143);
  expect(own).toEqual(Object.values(EXIT));
  for (const [code, text] of EXIT_HELP) expect(help()).toContain(`${String(code)}  ${text}\n`);
  for (const flag of FLAGS) expect(help()).toMatch(new RegExp(`(?:^  |, )--${flag}\\b`, 'm'));
});
