import { once } from 'node:events';
import type { AddressInfo, Socket } from 'node:net';
import { createServer } from 'node:tls';
import { describe, expect, test } from 'vitest';
import { Authority } from '../certificates.ts';
import { has } from '../needs.ts';
import { linesFrom } from '../scripted-server.ts';
import { run } from './run.ts';

describe.runIf(has('openssl', 'version', 'TLS'))('proto-client, by TLS and with a token', () => {
  test('proto-client: comes in with files, as a pipe, in load and in --expect', async () => {
    using authority = new Authority();
    const { cert, key } = authority.sign('server', 'IP:127.0.0.1');
    const own = authority.sign('client', 'DNS:client');
    const token = authority.write('token', 'a secret\n');
    const transcript = authority.write('a.txt', '<* WELCOME {text}\n> a\n< A\n');
    const ca = authority.root;
    const server = createServer(
      { cert, key, ca: ca.cert, requestCert: true, rejectUnauthorized: true, allowHalfOpen: true },
      (socket) => {
        socket.on('error', () => {});
        socket.once('data', (bytes: Buffer) => {
          const [first, ...rest] = bytes.toString('latin1').split('\n');
          if (first === '/auth a secret') {
            socket.unshift(Buffer.from(rest.join('\n')));
            void answer(socket);
          } else socket.end('* ERR AUTH_FAILED no\n* BYE no\n');
        });
      },
    );
    async function answer(socket: Socket): Promise<void> {
      socket.write('* WELCOME 1 1 main 1\n');
      for await (const line of linesFrom(socket))
        socket.write(line.startsWith('/ping ') ? `* PONG ${line.slice(6)}\n` : `${line.toUpperCase()}\n`);
      socket.end('* BYE end\n');
    }
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const doors = ['--tls-ca', ca.certFile, '--tls-cert', own.certFile, '--tls-key', own.keyFile];
    const flags = [...doors, '--token-file', token, `:${port}`];
    expect(await run(flags, { input: 'hello\n' })).toMatchObject({ code: 0, out: 'HELLO\n' });
    expect(await run(['load', '--lines', '100', ...flags])).toMatchObject({ code: 0, err: '' });
    expect(await run(['load', '--lines', '100', '--threads', '2', ...flags])).toMatchObject({ code: 0 });
    expect(await run(['--expect', transcript, ...flags])).toMatchObject({ code: 0, err: '' });
    expect(await run(['--tls', `:${port}`])).toEqual({
      code: 77,
      out: '',
      err: expect.stringMatching(
        /^Cannot connect securely to 127\.0\.0\.1:\d+: its certificate is not signed by [^\n]+\n$/,
      ),
    });
    const wrong = authority.write('wrong', 'guess');
    const denied = await run([...doors, '--token-file', wrong, `:${port}`], { input: 'hello\n' });
    expect(denied).toEqual({ code: 77, out: '', err: 'Cannot get in: the server refused the token\n' });
    server.close();
  });

  test.each([
    [['--token-file', 'none'], 'Cannot read --token-file "none": there is no such file\n'],
    [['--tls-ca', '/'], 'Cannot read --tls-ca "/": it is a folder, expected a file\n'],
    [
      ['--token-file', '/dev/null'],
      'Cannot use --token-file "/dev/null": expected 1 to 1018 ASCII characters on one line\n',
    ],
  ])('proto-client: %j: ends with 66 and one line', async (argv, err) => {
    expect(await run(argv)).toEqual({ code: 66, out: '', err });
  });
});
