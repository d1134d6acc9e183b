import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { Certificates, type Pair } from '../../certificates.ts';
import { figure, size } from '../../faults/figure.ts';
import { isMissing } from '../binary.ts';
import { Child } from '../child.ts';
import { Client, connectDeaf } from '../client.ts';
import { type Command, MAIN, start } from '../command.ts';

/** What comes back for some bytes, up to the end of the connection. */
async function answerTo(port: number, bytes: string): Promise<string> {
  const socket = await connectDeaf(port);
  const said = new Promise<string>((resolve) => {
    let text = '';
    socket.on('data', (chunk: Buffer) => (text += chunk.toString('latin1')));
    socket.once('close', () => resolve(text));
  });
  socket.resume().once('end', () => socket.end());
  socket.write(bytes, 'latin1');
  return said;
}

describe.skipIf(isMissing('openssl'))('F24', () => {
  const certificates = new Certificates();
  const { authority, server: own } = certificates;
  const stranger = certificates.authorityCalled('Somebody Else');
  const shown = (pair: Pair): string[] => ['-cert', pair.cert, '-key', pair.key];
  const secure = (...flags: string[]): Promise<Command> =>
    start('--order', 'free', '--quit', 'self', '--tls-cert', own.cert, '--tls-key', own.key, ...flags);

  /** `openssl s_client`, which trusts our authority and gives up where that is not who signed. */
  function client(port: number, ...flags: string[]): Child {
    const trust = ['-CAfile', authority.cert, '-verify_return_error', '-quiet'];
    return new Child('openssl', ['s_client', '-connect', `127.0.0.1:${port}`, ...trust, ...flags]);
  }

  test.each(['-tls1_2', '-tls1_3'])('F24: openssl s_client %s is served', async (version) => {
    const { port } = await secure('--tls-ca', authority.cert);
    const alice = client(port, version, ...shown(certificates.signed(authority, 'alice')));
    await alice.line(/^\* WELCOME 1 /);
    alice.write('hello\n');
    await alice.line('HELLO');
    alice.write('quit\n');
    expect(await alice.exit).toEqual({ code: 0, signal: null });
    expect(alice.lines).toEqual(['* WELCOME 1 1 main 1', 'HELLO', '* BYE quit']);
  });

  test('F24: a client that trusts somebody else goes away, and the server goes on', async () => {
    const { port } = await secure();
    const wary = new Child('openssl', [
      's_client',
      '-connect',
      `127.0.0.1:${port}`,
      '-CAfile',
      stranger.cert,
      '-verify_return_error',
      '-quiet',
    ]);
    expect((await wary.exit).code).not.toBe(0);
    expect(wary.stdout).toBe('');
    await client(port).line(/^\* WELCOME /);
  });

  test('F24: what is not to be let in is refused, in one log line each', async () => {
    const { child, port } = await secure('--tls-ca', authority.cert, '--handshake-timeout-ms', '1500');
    const refused = [/CERTIFICATE_REFUSED/, /^\* BYE refused$/];
    for (const pair of [
      undefined,
      certificates.signed(stranger, 'mallory'),
      certificates.signed(authority, 'old', -1),
    ]) {
      for (const version of ['-tls1_2', '-tls1_3']) {
        const guest = client(port, version, ...(pair ? shown(pair) : []));
        guest.write('hello\nquit\n');
        await guest.exit;
        expect(guest.lines).toEqual(refused.map((line) => expect.stringMatching(line)));
      }
    }
    const garbage = [
      'hello\n',
      'GET / HTTP/1.1\r\n\r\n',
      '\u0016\u0003\u0001\u0000\u0001x',
      '\u0000'.repeat(100),
      '',
    ];
    let [tries, kept] = [6, 6];
    for (let time = 0; time < size(2, 20); time++) {
      const old = client(port, '-tls1_1', '-cipher', 'ALL:@SECLEVEL=0');
      expect((await old.exit).code).not.toBe(0);
      expect(old.stdout).toBe('');
      tries++;
      kept += old.stdout === '' ? 1 : 0;
      const answers = await Promise.all(garbage.map((bytes) => answerTo(port, bytes)));
      // At most an alert of TLS, which is no line.
      kept += answers.filter((text) => !text.includes('*')).length;
      tries += answers.length;
    }
    const alice = client(port, ...shown(certificates.signed(authority, 'alice')));
    await alice.line(/^\* WELCOME 1 /);
    await child.line(/connected/);
    const joined = child.lines.filter((line) => /connected/.test(line));
    expect(joined).toHaveLength(1);
    const cuts = child.lines.filter((line) => line.startsWith('cut '));
    expect(cuts).toEqual([
      expect.stringMatching(
        /^cut 127\.0\.0\.1:\d+: Cannot complete the TLS handshake: unsupported protocol$/,
      ),
      expect.stringMatching(
        /^cut 127\.0\.0\.1:\d+: Cannot complete the TLS handshake: it took more than 1500 ms$/,
      ),
    ]);
    expect(child.stderr).toBe('');
    expect(kept).toBe(tries);
    figure({ id: 'F24', what: 'refused', value: (100 * kept) / tries, unit: '%', atLeast: 100 });
    figure({ id: 'F24', what: 'log lines of what was cut', value: cuts.length, unit: '', atMost: 2 });
  });

  test('F24: silence is cut at the handshake deadline', async () => {
    const deadline = size(300, 5_000);
    const { port } = await secure(
      ...(deadline === 5_000 ? [] : ['--handshake-timeout-ms', String(deadline)]),
    );
    const began = performance.now();
    const silent = await Promise.all(Array.from({ length: 20 }, () => connectDeaf(port)));
    await Promise.all(
      silent.map((socket) => {
        socket.resume().once('end', () => socket.end());
        return new Promise<void>((resolve) => socket.once('close', () => resolve()));
      }),
    );
    const late = (performance.now() - began - deadline) / 1_000;
    figure({
      id: 'F24',
      what: 'silent ones after the deadline',
      value: late,
      unit: 's',
      atLeast: -0.01,
      atMost: 1,
    });
  });

  test('F24: TLS on the plain port is cut, and nobody else notices but for its LEAVE', async () => {
    const { child, port } = await start('--order', 'free', '--quit', 'self');
    const other = await Client.in(port);
    for (let time = 0; time < 3; time++) expect((await client(port).exit).code).not.toBe(0);
    await other.line('* LEAVE 4 spoke TLS');
    other.say('hello');
    await other.line('HELLO');
    expect(other.lines.filter((line) => !/^\* (JOIN|LEAVE) /.test(line))).toEqual([
      '* WELCOME 1 1 main 1',
      'HELLO',
    ]);
    await child.line(/^cut /);
    expect(child.lines.filter((line) => line.startsWith('cut '))).toHaveLength(1);
  });

  test('F24: SIGHUP takes a new certificate, and leaves the old one where the new one is bad', async () => {
    const live = { cert: certificates.at('live.crt'), key: certificates.at('live.key') };
    copyFileSync(own.cert, live.cert);
    copyFileSync(own.key, live.key);
    const { child, port } = await start('--order', 'free', '--tls-cert', live.cert, '--tls-key', live.key);
    const renewed = certificates.signed(authority, 'localhost');
    copyFileSync(renewed.cert, live.cert);
    copyFileSync(renewed.key, live.key);
    child.kill('SIGHUP');
    await child.line('reloaded the certificate for new clients');
    await client(port).line(/^\* WELCOME /);
    writeFileSync(live.key, readFileSync(own.key));
    child.kill('SIGHUP');
    await child.line(
      `warning: Cannot take the new tlsKey ${live.key}: it is not the key of ${live.cert}. Pass a matching pair. The old one stays`,
    );
    await client(port).line(/^\* WELCOME /);
  });

  test('F24: a token goes over TLS, and a wrong one ends at the third try', async () => {
    const token = certificates.at('token');
    writeFileSync(token, 's3cret\n', { mode: 0o600 });
    const { child, port } = await secure('--token-file', token);
    const right = client(port);
    right.write('/auth s3cret\nhello\n');
    await right.line('HELLO');
    const wrong = client(port);
    wrong.write('hello\n/auth secret\n/auth S3CRET\n/auth s3cret \n');
    expect(await wrong.exit).toEqual({ code: 0, signal: null });
    expect(wrong.lines.map((line) => line.split(' ').slice(0, 3).join(' '))).toEqual([
      '* ERR AUTH_REQUIRED',
      '* ERR AUTH_FAILED',
      '* ERR AUTH_FAILED',
      '* ERR AUTH_FAILED',
      '* BYE refused',
    ]);
    await child.line(/^turned away 127\.0\.0\.1:\d+: AUTH_FAILED /);
    expect(child.stdout + child.stderr).not.toMatch(/s3cret/i);
    const config = new Child(process.execPath, [MAIN, '--print-config', '--token-file', token]);
    await config.exit;
    expect(config.stdout).not.toMatch(/s3cret/);
  });
});
