import { describe, expect, test } from 'vitest';
import { COMMAND_OPTIONS, commandSettings } from '../../src/command/command-options.ts';
import { configure } from '../../src/command/configuration.ts';
import { helpText } from '../../src/command/help.ts';
import { flagOf } from '../../src/command/flags.ts';
import { isLoopback, OptionError } from '../../src/options/options.ts';
import { settingsOf } from '../../src/options/settings.ts';

const settingsFrom = (argv: readonly string[]): unknown => {
  const { options, nameOf } = configure(argv, {});
  return commandSettings(options, nameOf);
};

describe('options', () => {
  test.each([
    {
      host: '127.0.0.1',
      want: {
        quit: 'all',
        turnTimeoutMs: 'never',
        partialLineTimeoutMs: 'never',
        idleTimeoutMs: 'never',
        outboxTimeoutMs: 'never',
        maxErrors: 100,
        maxClientsPerAddress: 'none',
      },
    },
    {
      host: '::1',
      want: { quit: 'all', turnTimeoutMs: 'never', maxErrors: 100, maxClientsPerAddress: 'none' },
    },
    {
      host: '0.0.0.0',
      want: {
        quit: 'self',
        turnTimeoutMs: 60_000,
        partialLineTimeoutMs: 10_000,
        idleTimeoutMs: 600_000,
        outboxTimeoutMs: 60_000,
        maxErrors: 16,
        maxClientsPerAddress: 64,
      },
    },
    {
      host: '10.1.2.3',
      want: { quit: 'self', turnTimeoutMs: 60_000, maxErrors: 16, maxClientsPerAddress: 64 },
    },
  ])('settingsOf: the defaults on $host', ({ host, want }) => {
    expect(settingsOf({ host })).toMatchObject(want);
    expect(settingsOf({ host, quit: 'room', turnTimeoutMs: 5 })).toMatchObject({
      quit: 'room',
      turnTimeoutMs: 5,
    });
  });

  test.each([
    { options: {}, clients: 3 },
    { options: { order: 'free' }, clients: 1 },
    { options: { order: 'fair' }, clients: 1 },
    { options: { order: 'free', clients: '7' }, clients: 7 },
  ])('settingsOf: clients with $options', ({ options, clients }) => {
    expect(settingsOf(options).clients).toBe(clients);
  });

  test('isLoopback: knows the addresses that only this machine reaches', () => {
    expect(['127.0.0.1', '127.9.9.9', 'localhost', '::1'].map(isLoopback)).toEqual([true, true, true, true]);
    expect(['0.0.0.0', '::', '128.0.0.1', '127.0.0.1.example.org'].map(isLoopback)).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  test.each([
    { argv: ['--port', '65535'], want: { port: 65_535 } },
    { argv: ['--port=0'], want: { port: 0 } },
    { argv: ['--', '--port', '0', '--order', 'free'], want: { port: 0, order: 'free' } },
    {
      argv: ['--max-line-bytes', '16777216', '--max-outbox-bytes', '1073741824'],
      want: { maxLineBytes: 16_777_216 },
    },
    { argv: ['--turn-timeout-ms', 'never'], want: { turnTimeoutMs: 'never' } },
    {
      argv: ['--partial-line-timeout-ms', '1', '--idle-timeout-ms', '86400000', '--outbox-timeout-ms=never'],
      want: { partialLineTimeoutMs: 1, idleTimeoutMs: 86_400_000, outboxTimeoutMs: 'never' },
    },
    {
      argv: ['--log', 'json', '--log-text', 'on', '--http', '127.0.0.1:6678'],
      want: { log: 'json', logText: 'on', http: '127.0.0.1:6678' },
    },
    { argv: ['--http', '[::1]:0'], want: { http: '[::1]:0', log: 'console', logText: 'off' } },
    {
      argv: ['--classic'],
      want: { framing: 'chunk', events: 'off', order: 'strict', clients: 3, quit: 'all' },
    },
    { argv: ['--classic', '--clients', '2'], want: { framing: 'chunk', clients: 2 } },
  ])('flags: $argv', ({ argv, want }) => {
    expect(settingsFrom(argv)).toMatchObject(want);
  });

  test.each([
    {
      argv: ['--port', '65536'],
      error: 'Cannot start with --port 65536: expected an integer from 0 to 65535',
    },
    { argv: ['--port', '-1'], error: /^Cannot start: .+/ },
    { argv: ['--port', '1e3'], error: 'Cannot start with --port 1e3: expected an integer from 0 to 65535' },
    { argv: ['--port', ''], error: 'Cannot start with --port : expected an integer from 0 to 65535' },
    {
      argv: ['--max-line-bytes', '0'],
      error: 'Cannot start with --max-line-bytes 0: expected an integer from 1 to 16777216',
    },
    {
      argv: ['--max-line-bytes', '16777217'],
      error: 'Cannot start with --max-line-bytes 16777217: expected an integer from 1 to 16777216',
    },
    {
      argv: ['--order', 'random'],
      error: 'Cannot start with --order random: expected strict or fair or free',
    },
    {
      argv: ['--turn-timeout-ms', '0'],
      error: 'Cannot start with --turn-timeout-ms 0: expected an integer from 1 to 86400000 or never',
    },
    {
      argv: ['--log', 'xml'],
      error: 'Cannot start with --log xml: expected console or json',
    },
    ...['6678', ':6678', '127.0.0.1', '127.0.0.1:65536', '::1:6678', ''].map((http) => ({
      argv: [`--http=${http}`],
      error: `Cannot start with --http ${http}: expected HOST:PORT or none`,
    })),
    { argv: ['--vex'], error: 'Cannot start: --vex is not an option. See --help' },
    {
      argv: ['--max-line-byte', '1'],
      error: 'Cannot start: --max-line-byte is not an option. Did you mean --max-line-bytes? See --help',
    },
    { argv: ['--clasic'], error: /Did you mean --classic/ },
    { argv: ['nope'], error: 'Cannot start: nope is not an option. See --help' },
    { argv: ['--port'], error: /^Cannot start: .*--port.*See --help$/ },
    {
      argv: ['--max-line-bytes', '1000000'],
      error:
        'Cannot start with --max-outbox-bytes 1048576: expected at least 4001536, for lines of 1000000 bytes',
    },
  ])('flags: $argv is refused', ({ argv, error }) => {
    const start = (): unknown => settingsFrom(argv);
    expect(start).toThrow(OptionError);
    expect(start).toThrow(error);
  });

  test.each(['__proto__', 'constructor', 'nope'])('settingsOf: %s is no option', (key) => {
    expect(() => settingsOf(JSON.parse(`{ "${key}": 1 }`) as Record<string, unknown>)).toThrow(
      `Cannot start with ${key}: no such option`,
    );
  });

  test('settingsOf: what only the command has is no option of a server', () => {
    expect(() => settingsOf({ log: 'json' })).toThrow('Cannot start with log: no such option');
  });

  test('helpText: has every option with both defaults', () => {
    const text = helpText();
    for (const key of Object.keys(COMMAND_OPTIONS)) expect(text).toContain(`  ${flagOf(key)}\n`);
    expect(text).toContain('(default: all; exposed: self)');
  });

  test('OPTIONS: every default is one that the option accepts', () => {
    for (const host of ['127.0.0.1', '0.0.0.0']) {
      const settings = settingsOf({ host });
      expect(settingsOf({ ...settings })).toEqual(settings);
    }
  });
});
