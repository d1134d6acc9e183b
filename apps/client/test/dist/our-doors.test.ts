import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { Authority, type Certificate } from '../certificates.ts';
import { has } from '../needs.ts';
import { startServer } from './our-server.ts';
import { run } from './run.ts';

const FREE = ['--order', 'free', '--quit', 'self'];
const SOME = { input: 'hello\nquit\n' };

describe.runIf(has('openssl', 'version', "our server's doors"))(
  'proto-client at the doors of our server',
  () => {
    let authority: Authority;
    let stranger: Authority;
    let server: Certificate;
    let own: Certificate;
    let other: Certificate;
    let token: string;
    let wrong: string;

    beforeAll(() => {
      [authority, stranger] = [new Authority(), new Authority()];
      server = authority.sign('server', 'IP:127.0.0.1');
      own = authority.sign('client', 'DNS:client');
      other = stranger.sign('client', 'DNS:client');
      token = authority.write('token', 'a secret\n');
      wrong = authority.write('wrong', 'guess\n');
    });

    afterAll(() => {
      authority[Symbol.dispose]();
      stranger[Symbol.dispose]();
    });

    const secure = (): string[] => ['--tls-cert', server.certFile, '--tls-key', server.keyFile];
    const trusting = (): string[] => ['--tls-ca', authority.root.certFile];
    const as = ({ certFile, keyFile }: Certificate): string[] => [
      '--tls-cert',
      certFile,
      '--tls-key',
      keyFile,
    ];

    interface Row {
      readonly name: string;
      readonly server: () => readonly string[];
      readonly client: () => readonly string[];
      /** `undefined`: comes in. */
      readonly refused?: RegExp;
    }

    const wantsToken = (): string[] => ['--token-file', token];
    const wantsCertificate = (): string[] => [...secure(), '--tls-ca', authority.root.certFile];

    test.concurrent.each<Row>([
      { name: 'TLS', server: secure, client: trusting },
      {
        name: 'TLS that nobody here trusts',
        server: secure,
        client: () => ['--tls'],
        refused:
          /^Cannot connect securely to 127\.0\.0\.1:\d+: its certificate is not signed by anyone this machine trusts /,
      },
      {
        name: 'a plain client at a TLS server',
        server: secure,
        client: () => [],
        refused: /^Cannot (?:get|go on|talk)/,
      },
      {
        name: 'TLS at a plain server',
        server: () => [],
        client: trusting,
        refused:
          /^Cannot connect securely to 127\.0\.0\.1:\d+: it does not speak TLS, or no version that this side accepts /,
      },
      { name: 'a certificate', server: wantsCertificate, client: () => [...trusting(), ...as(own)] },
      {
        name: 'no certificate',
        server: wantsCertificate,
        client: trusting,
        refused:
          /^Cannot get in: the server refused our certificate, or requires one\. Pass --tls-cert and --tls-key$/,
      },
      {
        name: 'a certificate of somebody else',
        server: wantsCertificate,
        client: () => [...trusting(), ...as(other)],
        refused: /^Cannot get in: the server refused our certificate, or requires one\. /,
      },
      { name: 'a token', server: wantsToken, client: () => ['--token-file', token] },
      {
        name: 'no token',
        server: wantsToken,
        client: () => [],
        refused: /^Cannot get in: the server requires a token\. Pass --token-file FILE$/,
      },
      {
        name: 'a wrong token',
        server: wantsToken,
        client: () => ['--token-file', wrong],
        refused: /^Cannot get in: the server refused the token$/,
      },
      {
        name: 'a certificate and a token',
        server: () => [...wantsCertificate(), ...wantsToken()],
        client: () => [...trusting(), ...as(own), '--token-file', token],
      },
    ])('proto-client: $name', async (row) => {
      await using listening = await startServer(...FREE, ...row.server());
      const { code, out, err } = await run([...row.client(), `:${listening.port}`], SOME);
      expect(err).not.toContain('secret');
      if (row.refused === undefined) {
        expect({ code, out }).toEqual({ code: 0, out: 'HELLO\n' });
        return;
      }
      expect(out).toBe('');
      expect([1, 76, 77]).toContain(code);
      expect(err.trimEnd().split('\n')).toEqual([expect.stringMatching(row.refused)]);
    });

    test('proto-client: a Unix domain socket, with a token', async () => {
      const folder = mkdtempSync(join(tmpdir(), 'door-'));
      const path = join(folder, 'socket');
      await using _ = await startServer(...FREE, '--socket', path, '--token-file', token);
      const { code, out } = await run(['--socket', path, '--token-file', token], SOME);
      rmSync(folder, { recursive: true });
      expect({ code, out }).toEqual({ code: 0, out: 'HELLO\n' });
    });
  },
);
