import { createServer, type TlsOptions as ServerTls } from 'node:tls';
import { afterAll, describe, expect, test } from 'vitest';
import { type ClientError, connect, type ConnectOptions } from '../../src/index.ts';
import { Authority } from '../certificates.ts';
import { has } from '../needs.ts';
import {
  follow,
  linesFrom,
  type Script,
  type ScriptedServer,
  serve,
  started,
  upper,
} from '../scripted-server.ts';

const refusal = (code: string, text: string): unknown =>
  expect.objectContaining({ name: 'ClientError', code, message: expect.stringContaining(text) });

/** A TLS server that does with each connection what the script says. */
function serveTls(options: ServerTls, script: Script = upper): Promise<ScriptedServer> {
  const server = createServer({ allowHalfOpen: true, ...options }, follow(script));
  return started(server.on('tlsClientError', () => {}));
}

async function failure(options: ConnectOptions): Promise<ClientError> {
  const client = await connect(options).catch((error: unknown) => error as ClientError);
  if (client instanceof Error) return client;
  return client.ask('hello there').then(
    () => Promise.reject(new Error('it was let in')),
    (error: unknown) => error as ClientError,
  );
}

describe.runIf(has('openssl', 'version', 'TLS'))('connect with tls', () => {
  const authority = new Authority();
  const other = new Authority();
  afterAll(() => {
    authority[Symbol.dispose]();
    other[Symbol.dispose]();
  });
  const good = authority.sign('good', 'DNS:localhost,IP:127.0.0.1');
  const named = authority.sign('named', 'DNS:example.org');
  const expired = authority.sign('expired', 'IP:127.0.0.1', -1);
  const client = authority.sign('client', 'DNS:client');
  const ca = authority.root.cert;

  test('connect: speaks to a server whose certificate verifies, in one piece and in many', async () => {
    await using server = await serveTls(good);
    await using connected = await connect({ port: server.port, tls: { ca } });
    expect(await connected.ask('hello')).toBe('HELLO');
    const asked = Array.from({ length: 1000 }, (_, i) => `line ${i}`);
    expect(await Promise.all(asked.map((line) => connected.ask(line)))).toEqual(
      asked.map((line) => line.toUpperCase()),
    );
    await connected.end();
  });

  test('connect: servername: the name the certificate is for, where it is another than the host', async () => {
    await using server = await serveTls(named);
    await using connected = await connect({ port: server.port, tls: { ca, servername: 'example.org' } });
    expect(await connected.ask('hello')).toBe('HELLO');
  });

  test.each<[string, string, string, object, (port: number) => ConnectOptions]>([
    [
      'nobody this machine trusts signed',
      'INSECURE',
      'its certificate is not signed by anyone this machine trusts (',
      good,
      (port) => ({ port, tls: true }),
    ],
    [
      'another authority signed',
      'INSECURE',
      'pass its certificate: --tls-ca FILE',
      good,
      (port) => ({ port, tls: { ca: other.root.cert } }),
    ],
    [
      'the certificate is for another name',
      'INSECURE',
      'its certificate is for DNS:example.org, not for 127.0.0.1. Connect by that name',
      named,
      (port) => ({ port, tls: { ca } }),
    ],
    [
      'the certificate has expired',
      'INSECURE',
      'its certificate has expired',
      expired,
      (port) => ({ port, tls: { ca } }),
    ],
    [
      'the server takes TLS 1.1 only',
      'INSECURE',
      'it does not speak TLS, or no version that this side accepts (',
      { ...good, minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' },
      (port) => ({ port, tls: { ca } }),
    ],
    [
      'the server wants a certificate',
      'DENIED',
      'the server refused our certificate, or requires one (',
      { ...good, ca, requestCert: true, rejectUnauthorized: true },
      (port) => ({ port, tls: { ca } }),
    ],
    [
      'a key that is none',
      'INSECURE',
      'a certificate or key cannot be used: ',
      good,
      (port) => ({ port, tls: { ca, cert: client.cert, key: 'x' } }),
    ],
  ])('connect: rejects when %s', async (_, code, text, options, to) => {
    await using server = await serveTls(options);
    expect(await failure(to(server.port))).toEqual(refusal(code, text));
  });

  test('connect: shows a certificate of its own', async () => {
    await using server = await serveTls({ ...good, ca, requestCert: true, rejectUnauthorized: true });
    const tls = { ca, cert: client.cert, key: client.key };
    await using connected = await connect({ port: server.port, tls });
    expect(await connected.ask('hello')).toBe('HELLO');
  });

  test('connect: rejects when a plain server is there, and a silent one once the time is up', async () => {
    await using plain = await serve((socket) => void socket.write('* WELCOME 1 1 main 1\n'));
    expect(await failure({ port: plain.port, tls: true })).toEqual(
      refusal('INSECURE', 'it does not speak TLS'),
    );
    await using silent = await serve(() => {});
    expect(await failure({ port: silent.port, tls: true, timeoutMs: 100 })).toEqual(
      refusal('UNREACHABLE', 'no answer within 100 ms'),
    );
    await using gone = await serve((socket) => void socket.once('data', () => socket.destroy()));
    expect(await failure({ port: gone.port, tls: true })).toEqual(refusal('INSECURE', '(it hung up)'));
  });

  test('connect: a client that speaks no TLS is told to, if the server says anything, and asked if it does not', async () => {
    await using server = await serveTls(good);
    expect(await failure({ port: server.port })).toEqual(
      refusal('UNANSWERED', 'If it speaks TLS, pass --tls'),
    );
    const alert = Uint8Array.of(0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x46);
    await using alerting = await serve((socket) => void socket.once('data', () => socket.end(alert)));
    expect(await failure({ port: alerting.port })).toEqual(refusal('NOT_OURS', 'It speaks TLS: pass --tls'));
  });
});

describe('connect with a token', () => {
  test('connect: shows it before anything else', async () => {
    const heard: string[] = [];
    await using server = await serve(async (socket) => {
      for await (const line of linesFrom(socket)) {
        heard.push(line);
        socket.write(line.startsWith('/auth ') ? '* WELCOME 1 1 main 1\n' : `${line.toUpperCase()}\n`);
      }
      socket.end('* BYE end\n');
    });
    await using client = await connect({ port: server.port, token: 'a secret' });
    expect(await client.ask('a')).toBe('A');
    expect(heard).toEqual(['/auth a secret', 'a']);
  });

  test.each([
    ['AUTH_REQUIRED', undefined, 'the server requires a token. Pass --token-file FILE'],
    ['AUTH_FAILED', 'wrong', 'the server refused the token'],
    ['CERTIFICATE_REFUSED', undefined, 'the server refused our certificate, or requires one'],
  ])('connect: rejects with DENIED at %s, and does not say the token', async (code, token, text) => {
    await using server = await serve(async (socket) => {
      for await (const _ of linesFrom(socket)) socket.write(`* ERR ${code} Cannot let you in: no\n`);
    });
    const failed = await failure({ port: server.port, ...(token !== undefined && { token }) });
    expect(failed).toEqual(refusal('DENIED', text));
    expect(failed.message).not.toContain('wrong');
  });

  test.each(['', 'a\nquit', 'caf\u00e9', 'x'.repeat(1019)])(
    'connect: throws at once for what is no token',
    (token) => {
      expect(() => connect({ token })).toThrow(
        new RangeError('Cannot connect with this token: expected 1 to 1018 ASCII characters on one line'),
      );
    },
  );
});
