import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { connect } from 'node:net';
import { text } from 'node:stream/consumers';
import { expect, test } from 'vitest';
import { linesFrom, serve, upper } from '../scripted-server.ts';
import { MAIN, type Outcome, run } from './run.ts';

const command = (argv: readonly string[], input = '', node: readonly string[] = []): Promise<Outcome> =>
  run(argv, { input, node });

test('proto-client: prints replies on stdout, events on stderr, and ends with 0', async () => {
  await using server = await serve(upper);
  expect(await command([`:${server.port}`], 'a\nb')).toEqual({
    code: 0,
    out: 'A\nB\n',
    err: '* WELCOME 1 1 main 1\n* BYE end\n',
  });
});

test('proto-client: moves to a room and takes a name before the first line', async () => {
  let heard = '';
  await using server = await serve(async (socket) => {
    socket.write('* WELCOME 1 1 main 1\n');
    for await (const line of linesFrom(socket)) heard += `${line}\n`;
    socket.end('A\n* BYE end\n');
  });
  expect((await command(['--room', 'den', '--name', 'bob', `:${server.port}`], 'a\n')).code).toBe(0);
  expect(heard).toBe('/join den\n/name bob\na\n');
});

test('proto-client: sends 100,000 lines of 1,000 bytes in a heap of 24 MB', async () => {
  await using server = await serve(upper);
  const input = Array.from({ length: 100_000 }, (_, i) => `${String(i).padEnd(999, 'x')}\n`).join('');
  const { code, out } = await command([`:${server.port}`], input, [
    '--max-old-space-size=24',
    '--max-semi-space-size=2',
  ]);
  expect(code).toBe(0);
  expect(out === input.toUpperCase()).toBe(true);
}, 60_000);

test.each([[[]], [['--json']]])(
  'proto-client: %j ends with 0 and without a word when whoever reads its stdout has gone',
  async (flags) => {
    await using server = await serve(upper);
    const child = spawn(process.execPath, [MAIN, ...flags, `:${server.port}`]);
    child.stdin.on('error', () => {});
    child.stdin.write('a\n');
    await once(child.stdout, 'data');
    child.stdout.destroy();
    child.stdin.write('b\n');
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect({ code, err: err.replaceAll(/^\* .*\n/gm, '') }).toEqual({ code: 0, err: '' });
  },
);

test('proto-client: goes on when whoever reads its stderr has gone', async () => {
  await using server = await serve(upper);
  const child = spawn(process.execPath, [MAIN, '--xray', `:${server.port}`]);
  await once(child.stderr, 'data');
  child.stderr.destroy();
  child.stdin.end('a\nb\n');
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  expect({ code, out }).toEqual({ code: 0, out: 'A\nB\n' });
});

test.each([[['--help']], [['--version']], [['load', '--help']]])(
  'proto-client: %j without a reader ends with 0 and without a word',
  async (argv) => {
    // The reader of this pipe has gone before the client begins.
    const line = `exec 3> >(exit 0); while { echo >&3; } 2> /dev/null; do :; done; "$@" >&3`;
    const child = spawn('bash', ['-c', `trap '' PIPE; ${line}`, '', process.execPath, MAIN, ...argv]);
    const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
    expect({ code, err }).toEqual({ code: 0, err: '' });
  },
);

test.runIf(existsSync('/dev/full'))(
  'proto-client: says so when its output cannot be written, and ends with 1',
  async () => {
    await using server = await serve(upper);
    for (const argv of [['--help'], [`:${server.port}`]]) {
      const child = spawn('sh', ['-c', 'exec "$@" > /dev/full', '', process.execPath, MAIN, ...argv]);
      child.stdin.end('a\n');
      const [err, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
      expect(code).toBe(1);
      expect(err.replaceAll(/^\* .*\n/gm, '')).toMatch(/^Cannot write the output: ENOSPC[^\n]+\n$/);
    }
  },
);

test('proto-client: says what npm took for itself, and does nothing', async () => {
  const env = { ...process.env, npm_lifecycle_event: 'client', npm_config_xray: 'true' };
  expect(await run([':1'], { env })).toEqual({
    code: 64,
    out: '',
    err: 'npm took --xray for itself. Write -- before what is for this program: npm run client -- --xray\n',
  });
});

test.each<[string, readonly string[], number, RegExp]>([
  ['an unknown option', ['--nosuch'], 64, /^Cannot start: --nosuch is not an option\. See --help\n$/],
  [
    'a flag that is nearly one',
    ['--xary'],
    64,
    /^Cannot start: --xary is not an option\. Did you mean --xray\? See --help\n$/,
  ],
  [
    'a word that is nearly one',
    ['laod', 'a:1'],
    64,
    /expected one host:port\. Did you mean load\? See --help\n$/,
  ],
  ['two addresses', ['a', 'b'], 64, /^Cannot start with 2 addresses: expected one host:port\. See --help\n$/],
  [
    'a name that does not resolve',
    ['nobody..invalid'],
    69,
    /^Cannot connect to nobody\.\.invalid:6677: the name does not resolve\n$/,
  ],
])('proto-client: refuses %s with one line', async (_, argv, code, err) => {
  expect(await command(argv)).toEqual({ code, out: '', err: expect.stringMatching(err) });
});

test('proto-client: refuses an address where nobody listens with 69 and one line', async () => {
  await using server = await serve(() => {});
  // The port of a connection of ours: nobody listens there, and it is given to nobody else meanwhile.
  const connection = connect(server.port, '127.0.0.1');
  await once(connection, 'connect');
  const port = connection.localPort;
  const err = `Cannot connect to 127.0.0.1:${port}: no server is listening there. Start the server, or give another host:port\n`;
  expect(await command([`:${port}`])).toEqual({ code: 69, out: '', err });
});

test('proto-client: ends with 76 when what is there is no line server', async () => {
  await using server = await serve((socket) => void socket.write('SSH-2.0-\u001b[2Jx\r\n'));
  const { code, err } = await command([`:${server.port}`], 'a\n');
  expect(code).toBe(76);
  expect(err).toMatch(/^Cannot talk to this server[\x20-\x7e]*\n$/);
});

test('proto-client: --help says how, with every exit code; --version says which', async () => {
  const { code, out } = await command(['--help']);
  expect(code).toBe(0);
  for (const line of out.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
  for (const exit of ['0', '1', '64', '69', '76', '130'])
    expect(out).toMatch(new RegExp(`^ +${exit}  \\w`, 'm'));
  expect(await command(['--version'])).toEqual({
    code: 0,
    out: expect.stringMatching(/^\d+\.\d+\.\d+\n$/),
    err: '',
  });
});
