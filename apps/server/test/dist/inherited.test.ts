import { mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isMissing } from './binary.ts';
import { Child } from './child.ts';
import { Client } from './client.ts';
import { freePort, MAIN, portOf, take } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'proto-fd-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Binds a socket as systemd does, and becomes the command, with the socket as descriptor 3. */
const ACTIVATE = `
import os, socket, sys
count, where, *command = sys.argv[1:]
if where.startswith('/'):
    bound = socket.socket(socket.AF_UNIX)
    bound.bind(where)
else:
    bound = socket.socket()
    bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    bound.bind((where, 0))
if count != 'none':
    bound.listen(64)
os.dup2(bound.fileno(), 3)
os.set_inheritable(3, True)
os.environ['LISTEN_PID'] = str(os.getpid())
os.environ['LISTEN_FDS'] = '1' if count == 'none' else count
os.execvp(command[0], command)
`;

const activated = (count: string, where: string, ...flags: string[]): Child =>
  new Child('python3', ['-c', ACTIVATE, count, where, process.execPath, MAIN, ...flags]);

describe.skipIf(isMissing('python3'))('a socket that was passed on', () => {
  test('proto-server: listens on it, whatever port it is told, and gives it free when it closes', async () => {
    const child = activated('1', '127.0.0.1', '--port', '1', '--clients', '1');
    await child.line(/^listening on /);
    const port = portOf(child.lines[0]);
    const client = await Client.in(port);
    client.say('hello');
    await client.line('HELLO');
    client.say('quit');
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(child.stderr).toBe('');
    await take(port);
  });

  test('proto-server: is exposed where that is, and says so', async () => {
    const child = activated('1', '0.0.0.0');
    await child.line(/^warning: Exposed on 0\.0\.0\.0:\d+ without TLS or a token: /);
    await child.line(/a quit closes self$/);
    const config = activated('1', '0.0.0.0', '--print-config');
    expect(await config.exit).toEqual({ code: 0, signal: null });
    expect(config.stdout).toMatch(/^host +0\.0\.0\.0 +LISTEN_FDS$/m);
    expect(config.stdout).toMatch(/^turnTimeoutMs +60000 +default, exposed$/m);
  });

  test('proto-server: a Unix domain socket too', async () => {
    const path = join(folder, 'socket');
    const child = activated('1', path, '--clients', '1');
    await child.line(`listening on ${path}`);
    const socket = connect(path);
    const client = new Client(socket);
    client.say('hello', 'quit');
    await client.end();
    expect(client.lines).toContain('HELLO');
    expect(await child.exit).toEqual({ code: 0, signal: null });
  });

  test.each(['2', '-1', 'abc'])('proto-server: %s of them are one clear error', async (count) => {
    const child = activated(count, '127.0.0.1');
    expect(await child.exit).toEqual({ code: 69, signal: null });
    expect(child.stderr).toBe(`Cannot listen on ${count} inherited sockets: expected one. Pass only one\n`);
  });

  test('proto-server: variables that are for another process are left alone', async () => {
    const child = new Child(process.execPath, [MAIN, '--port', '0'], { LISTEN_PID: '1', LISTEN_FDS: '1' });
    await child.line(/^listening on 127\.0\.0\.1:/);
  });

  test('proto-server: a descriptor that is no socket is one clear error', async () => {
    const shell = 'LISTEN_PID=$$ LISTEN_FDS=1 exec "$0" "$@" 3</dev/null';
    const child = new Child('bash', ['-c', shell, process.execPath, MAIN]);
    expect(await child.exit).toEqual({ code: 69, signal: null });
    expect(child.stderr).toBe(
      'Cannot listen on the inherited socket: descriptor 3 is not a listening socket. Pass one, as systemd does for a .socket unit\n',
    );
  });
});

describe.skipIf(isMissing('systemd-socket-activate'))('systemd-socket-activate', () => {
  test('proto-server: whoever connects first starts it, and is served', async () => {
    const port = await freePort();
    const child = new Child('systemd-socket-activate', [
      '--listen',
      `127.0.0.1:${port}`,
      process.execPath,
      MAIN,
      '--clients',
      '1',
    ]);
    await child.until(({ stderr }) => /Listening on/.test(stderr), 'it listens');
    const client = await Client.in(port);
    client.say('hello');
    await client.line('HELLO');
    client.say('quit');
    await client.end();
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(child.lines[0]).toBe(`listening on 127.0.0.1:${port}`);
  });
});
