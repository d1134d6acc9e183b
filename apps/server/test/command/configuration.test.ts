import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { COMMAND_OPTIONS, commandSettings } from '../../src/command/command-options.ts';
import { configText, configure } from '../../src/command/configuration.ts';
import { variableOf } from '../../src/command/environment.ts';
import { flagOf } from '../../src/command/flags.ts';
import { OptionError } from '../../src/options/options.ts';

const folder = mkdtempSync(join(tmpdir(), 'proto-config-'));
afterAll(() => rmSync(folder, { recursive: true }));

let files = 0;

function file(content: string): string {
  const path = join(folder, `${++files}.json`);
  writeFileSync(path, content);
  return path;
}

const settingsFrom = (argv: string[], env: Record<string, string> = {}): unknown => {
  const { options, nameOf } = configure(argv, env);
  return commandSettings(options, nameOf);
};

/** A value that is not the default of the option. */
function other(key: string): string {
  const { schema, loopback } = COMMAND_OPTIONS[key as keyof typeof COMMAND_OPTIONS];
  const values = [
    '/a/file',
    '4242',
    '4242424',
    'free',
    'others',
    'room',
    'chunk',
    'off',
    'on',
    'json',
    '[::1]:7',
    'nats://[::1]:7',
    'watch',
    'none',
    'line',
    'hidden',
    'required',
    '10.0.0.0/8',
    'wall',
  ];
  return values.find((word) => word !== loopback && schema.safeParse(word).success) ?? 'none is known';
}

test('configure: says which flags npm took for itself, and does nothing', () => {
  const env = { npm_lifecycle_event: 'start', npm_config_order: 'true', npm_config_max_line_bytes: '9' };
  const text =
    'Cannot start: npm took --order --max-line-bytes for itself. Write -- before what is for this program: npm start -- --order --max-line-bytes';
  expect(() => configure(['free'], env)).toThrow(new OptionError(text));
  expect(configure(['--order', 'free', '--max-line-bytes=9'], env).options).toEqual({
    order: 'free',
    maxLineBytes: '9',
  });
  const { npm_lifecycle_event: _, ...bare } = env;
  expect(configure([], bare).options).toEqual({});
});

describe('configure', () => {
  test.each(Object.keys(COMMAND_OPTIONS))(
    'configure: %s as a flag, a variable and a key is the same',
    (key) => {
      const value = other(key);
      const config = file(JSON.stringify({ [key]: value }));
      const told = (argv: string[], env: Record<string, string> = {}): unknown =>
        configure(argv, env).options;
      expect(COMMAND_OPTIONS[key as keyof typeof COMMAND_OPTIONS].schema.safeParse(value)).toMatchObject({
        success: true,
      });
      expect(told([flagOf(key), value])).toEqual({ [key]: value });
      expect(told([], { [variableOf(key)]: value })).toEqual({ [key]: value });
      expect(told(['--config', config])).toEqual({ [key]: value });
      expect(told([], { PROTO_CONFIG: config })).toEqual({ [key]: value });
    },
  );

  test('configure: a flag is stronger than a variable, a variable than the file', () => {
    const config = file('{ "port": 1, "clients": 1, "maxErrors": 1 }');
    const env = { PROTO_PORT: '2', PROTO_CLIENTS: '2' };
    expect(settingsFrom(['--config', config, '--port', '3'], env)).toMatchObject({
      port: 3,
      clients: 2,
      maxErrors: 1,
    });
  });

  test('configure: --config is stronger than PROTO_CONFIG', () => {
    const [one, two] = [file('{ "port": 1 }'), file('{ "port": 2 }')];
    expect(settingsFrom(['--config', two], { PROTO_CONFIG: one })).toMatchObject({ port: 2 });
  });

  test('configure: --classic is stronger than a variable and weaker than a flag', () => {
    const env = { PROTO_ORDER: 'free', PROTO_CLIENTS: '9' };
    expect(settingsFrom(['--classic', '--clients', '2'], env)).toMatchObject({ order: 'strict', clients: 2 });
  });

  test('configure: a number is the same as its digits', () => {
    const config = file('{ "port": 7000 }');
    expect(settingsFrom(['--config', config])).toEqual(settingsFrom([], { PROTO_PORT: '7000' }));
  });

  test('configure: where a socket was passed on it is bound already, whatever else is said', () => {
    const { options, nameOf } = configure(['--port', '1'], {}, { host: '0.0.0.0', port: 2 });
    expect(options).toEqual({ host: '0.0.0.0', port: 2 });
    expect(nameOf('port')).toBe('LISTEN_FDS');
  });

  test('configure: an empty variable is not set', () => {
    expect(settingsFrom([], { PROTO_PORT: '' })).toEqual(settingsFrom([]));
  });

  test('configure: a variable that is no option is named once and ignored', () => {
    const { options, warnings } = configure([], {
      PROTO_TURN_TIMEOUT: '5',
      PROTO_HOME: '/home/proto',
      PROTO___PROTO__: '1',
      OTHER: '1',
    });
    expect(options).toEqual({});
    expect(warnings).toEqual([
      'PROTO_TURN_TIMEOUT is not an option, and is ignored. Did you mean PROTO_TURN_TIMEOUT_MS?',
      expect.stringMatching(/^PROTO_HOME is not an option, and is ignored\.$/),
      expect.stringMatching(/^PROTO___PROTO__ is not an option, and is ignored\.$/),
    ]);
  });

  test('configure: a path in the file begins at the folder of the file, a word does not', () => {
    const at = (transform: string): unknown =>
      configure(['--config', file(JSON.stringify({ transform }))], {}).options['transform'];
    expect(at('shout.mjs')).toBe(join(folder, 'shout.mjs'));
    expect(at('/opt/shout.mjs')).toBe('/opt/shout.mjs');
    expect(at('none')).toBe('none');
  });

  test.each([
    {
      env: { PROTO_PORT: 'abc' },
      error: 'Cannot start with PROTO_PORT abc: expected an integer from 0 to 65535',
    },
    {
      env: { PROTO_PORT: '1\u001B[2J\n' },
      error: String.raw`Cannot start with PROTO_PORT 1\x1b[2J\n: expected`,
    },
    {
      env: { PROTO_MAX_LINE_BYTES: '1000000' },
      error:
        'Cannot start with --max-outbox-bytes 1048576: expected at least 4001536, for lines of 1000000 bytes',
    },
    {
      env: { PROTO_TLS_CERT: 'c' },
      error: 'Cannot start with PROTO_TLS_CERT c: its private key is missing. Pass --tls-key too',
    },
    {
      env: { PROTO_TLS_KEY: 'k' },
      error: 'Cannot start with PROTO_TLS_KEY k: its certificate is missing. Pass --tls-cert too',
    },
    {
      env: { PROTO_TLS_CA: 'a' },
      error:
        'Cannot start with PROTO_TLS_CA a: the server has no certificate of its own. Pass --tls-cert too',
    },
    {
      env: { PROTO_TLS_CERT: 'c', PROTO_TLS_KEY: 'k', PROTO_SOCKET: 's' },
      error:
        'Cannot start with PROTO_TLS_CERT c: a Unix domain socket needs no TLS. Leave out either this or PROTO_SOCKET',
    },
  ])('configure: $env is named as it was written', ({ env, error }) => {
    expect(() => settingsFrom([], env)).toThrow(OptionError);
    expect(() => settingsFrom([], env)).toThrow(error);
  });

  test.each([
    { json: '{ "port": 65536 }', error: 'FILE: port 65536: expected an integer from 0 to 65535' },
    { json: '{ "port": 1.5 }', error: 'FILE: port 1.5: expected an integer from 0 to 65535' },
    { json: '{ "port": null }', error: 'FILE: port null: expected an integer from 0 to 65535' },
    { json: '{ "port": [1] }', error: 'FILE: port array: expected an integer from 0 to 65535' },
    { json: '{ "port": {} }', error: 'FILE: port object: expected an integer from 0 to 65535' },
    { json: '{ "events": false }', error: 'FILE: events false: expected on or off' },
    { json: '{ "transform": 7 }', error: 'FILE: transform 7: expected upper or none or the path' },
    {
      json: '{ "maxlinebytes": 1 }',
      error: 'FILE: "maxlinebytes" is not an option. Did you mean maxLineBytes? See --help',
    },
    { json: '{ "__proto__": { "port": 1 } }', error: 'FILE: "__proto__" is not an option. See --help' },
    { json: '{ "constructor": 1 }', error: 'FILE: "constructor" is not an option. See --help' },
    { json: '{ "toString": 1 }', error: 'FILE: "toString" is not an option. See --help' },
    { json: '[]', error: 'FILE: expected an object, as in { "port": 6677 }' },
    { json: 'null', error: 'FILE: expected an object, as in { "port": 6677 }' },
    { json: '"port"', error: 'FILE: expected an object, as in { "port": 6677 }' },
    { json: '{ port: 1 }', error: 'FILE: it is not JSON: position 2' },
    { json: '{ "port": x }', error: "FILE: it is not JSON: Unexpected token 'x'" },
    { json: '', error: 'FILE: it is not JSON' },
  ])('configure: the file $json is refused by name', ({ json, error }) => {
    const config = file(json);
    const start = (): unknown => settingsFrom(['--config', config]);
    expect(start).toThrow(OptionError);
    expect(start).toThrow(`Cannot start with ${error.replace('FILE', config)}`);
    expect(Object.prototype).not.toHaveProperty('port');
  });

  test.each([
    'hunter2',
    'hunter2\n',
    '"hunter2',
    '{"a": hunter2}',
    "'hunter2'",
    'hunter2'.repeat(99),
    '12 hunter2',
  ])(
    'configure: a file that is not JSON is not quoted, since it may be the one with the token: %j',
    (json) => {
      const start = (): unknown => configure(['--config', file(json)], {});
      expect(start).toThrow('it is not JSON');
      expect(start).not.toThrow(/hun/);
    },
  );

  test.each([
    {
      json: { 'a\nlistening on \u001b[2J': 1 },
      says: String.raw`"a\nlistening on \x1b[2J" is not an option`,
    },
    { json: { ['k'.repeat(1_000)]: 1 }, says: `"${'k'.repeat(64)}" is not an option` },
    { json: { order: 'x\u001b[2J'.repeat(1_000) }, says: String.raw`order x\x1b[2Jx` },
    { json: { socket: '/tmp/a\nlistening on 127.0.0.1:1' }, says: String.raw`socket /tmp/a\nlistening on` },
    {
      json: { tokenFile: '/tmp/\u2028' },
      says: String.raw`tokenFile /tmp/\u{2028}: expected a file or none`,
    },
  ])('configure: what is wrong is shown on one line, and not at any length: $says', ({ json, says }) => {
    const config = file(JSON.stringify(json));
    let said = '';
    try {
      settingsFrom(['--config', config]);
    } catch (error) {
      said = (error as Error).message;
    }
    expect(said.startsWith(`Cannot start with ${config}: ${says}`)).toBe(true);
    expect(said).toMatch(/^[ -~]{1,700}$/);
  });

  test('configure: a file that cannot be read is one clear error', () => {
    const missing = join(folder, 'missing.json');
    expect(() => configure(['--config', missing], {})).toThrow(
      `Cannot start with ${missing}: there is no such file`,
    );
    expect(() => configure(['--config', folder], {})).toThrow(`Cannot start with ${folder}: it is a folder`);
  });

  test('configure: --classic with a token is one clear error', () => {
    expect(() => settingsFrom(['--classic'], { PROTO_TOKEN_FILE: '/t' })).toThrow(
      'Cannot start with PROTO_TOKEN_FILE /t: clients without lines cannot send a token. Leave out either this or --classic',
    );
  });

  test('configure: --help and --version are answered whatever the file is', () => {
    expect(configure(['--help', '--config', '/missing'], {}).ask).toBe('help');
    expect(configure(['--version', '--config', '/missing'], {}).ask).toBe('version');
  });
});

describe('configText', () => {
  test('configText: each option with its value and where it comes from', () => {
    const config = file('{ "maxErrors": 7 }');
    const { options, nameOf, sourceOf, ask } = configure(
      ['--print-config', '--config', config, '--host', '0.0.0.0', '--classic'],
      { PROTO_PORT: '0' },
    );
    const lines = configText(commandSettings(options, nameOf), sourceOf).split('\n');
    expect(ask).toBe('config');
    expect(lines.map((line) => line.split(/ +/, 1)[0])).toEqual(Object.keys(COMMAND_OPTIONS));
    const said = lines.map((line) => line.split(/ {2,}/));
    expect(said).toContainEqual(['host', '0.0.0.0', '--host']);
    expect(said).toContainEqual(['port', '0', 'PROTO_PORT']);
    expect(said).toContainEqual(['maxErrors', '7', `${config}: maxErrors`]);
    expect(said).toContainEqual(['framing', 'chunk', '--classic']);
    expect(said).toContainEqual(['turnTimeoutMs', '60000', 'default, exposed']);
    expect(said).toContainEqual(['maxLineBytes', '1024', 'default']);
  });

  test('configText: says of a default that it is the one of a loopback address', () => {
    const { options, nameOf, sourceOf } = configure([], {});
    expect(configText(commandSettings(options, nameOf), sourceOf)).toMatch(
      /^turnTimeoutMs +never +default, loopback$/m,
    );
  });
});

test('docs/operating.md: has every option as it is in the code', () => {
  const doc = readFileSync(new URL('../../../../docs/operating.md', import.meta.url), 'utf8');
  const rows = [...doc.matchAll(/^\| `--.*$/gm)].map(([row]) => row.split('|').map((cell) => cell.trim()));
  const want = Object.entries(COMMAND_OPTIONS).map(([key, { expected, loopback, exposed = '', help }]) => {
    return ['', `\`${flagOf(key)}\``, expected, String(loopback), String(exposed), help, ''];
  });
  expect(rows, 'Run `node scripts/options-table.mjs`, which writes the table').toEqual(want);
});
