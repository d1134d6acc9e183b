import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { connect as connectTls } from 'node:tls';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import { Certificates } from '../certificates.ts';
import { isMissing } from './binary.ts';
import { Child } from './child.ts';
import { Client } from './client.ts';
import { freePort, MAIN, start } from './command.ts';

const DEPLOY = fileURLToPath(new URL('../../deploy/', import.meta.url));
const GUIDE = fileURLToPath(new URL('../../../../docs/operating.md', import.meta.url));
/** Where the unit expects the command. */
const INSTALLED = '/usr/local/bin/proto-server';

const folder = mkdtempSync(join(tmpdir(), 'proto-deploy-'));
afterAll(() => rmSync(folder, { recursive: true }));

const service = readFileSync(join(DEPLOY, 'proto.service'), 'utf8');
const dockerfile = readFileSync(join(DEPLOY, 'Dockerfile'), 'utf8');

/** The text of the only block of the guide that begins like this. */
function block(begins: string): string {
  const blocks = readFileSync(GUIDE, 'utf8')
    .split('```')
    .filter((_, index) => index % 2 === 1);
  const found = blocks
    .map((text) => text.slice(text.indexOf('\n') + 1))
    .filter((text) => text.startsWith(begins));
  expect(found).toHaveLength(1);
  return found[0] ?? '';
}

/** The last value of a key in a unit. */
const valueIn = (unit: string, key: string): string =>
  [...unit.matchAll(new RegExp(`^${key}=(.+)$`, 'gm'))].at(-1)?.[1] ?? '';

/** What a unit starts, as arguments of Node: with the credentials in this folder. */
const started = (unit: string, credentials: string): string[] =>
  valueIn(unit, 'ExecStart').replace(INSTALLED, MAIN).replaceAll('%d', credentials).split(' ');

describe.skipIf(isMissing('systemd-analyze'))('the units', () => {
  test('proto.service: systemd finds nothing wrong with the units', () => {
    writeFileSync(join(folder, 'proto.service'), service.replace(INSTALLED, process.execPath));
    copyFileSync(join(DEPLOY, 'proto.socket'), join(folder, 'proto.socket'));
    const units = ['proto.service', 'proto.socket'].map((name) => join(folder, name));
    const { status, stdout, stderr } = spawnSync('systemd-analyze', ['verify', '--man=no', ...units], {
      encoding: 'utf8',
    });
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });

  test('proto.service: its exposure is at most 2 of 10', () => {
    const args = [
      'security',
      '--offline=true',
      '--no-pager',
      '--threshold=20',
      join(DEPLOY, 'proto.service'),
    ];
    const { status, stdout } = spawnSync('systemd-analyze', args, { encoding: 'utf8' });
    expect([status, stdout.includes('Overall exposure level for proto.service')]).toEqual([0, true]);
  });
});

describe('the image', () => {
  test('Dockerfile: runs as nobody special, what the package calls its command, with flags that there are', async () => {
    const { bin } = JSON.parse(readFileSync(join(DEPLOY, '../package.json'), 'utf8')) as { bin: object };
    const [command, ...others] = JSON.parse(/^ENTRYPOINT (.*)$/m.exec(dockerfile)?.[1] ?? '') as string[];
    expect([Object.keys(bin), others, /^USER (.*)$/m.exec(dockerfile)?.[1]]).toEqual([[command], [], 'node']);
    const flags = JSON.parse(/^CMD (.*)$/m.exec(dockerfile)?.[1] ?? '') as string[];
    const config = new Child(process.execPath, [MAIN, ...flags, '--print-config']);
    expect(await config.exit).toEqual({ code: 0, signal: null });
    expect(config.stdout).toMatch(/^http +127\.0\.0\.1:6678 /m);
  });

  test('Dockerfile: its check succeeds while the server is ready, and fails otherwise', async () => {
    const port = await freePort();
    const [command = '', ...args] = JSON.parse(
      /^HEALTHCHECK .* CMD (.*)$/m.exec(dockerfile)?.[1]?.replace('6678', String(port)) ?? '',
    ) as string[];
    expect(spawnSync(command, args).status).toBe(1);
    await start('--http', `127.0.0.1:${port}`);
    expect(execFileSync(command, args, { encoding: 'utf8' })).toBe('');
  });
});

test('the guide: the limits that it names are in force for its command, and so is the budget', async () => {
  writeFileSync(join(folder, 'token'), 'a token that is long enough', { mode: 0o600 });
  const command = started(block('# /etc/systemd/system/proto.service.d/proxy.conf'), folder);
  const config = new Child(process.execPath, [...command, '--print-config']);
  expect(await config.exit).toEqual({ code: 0, signal: null });
  const guide = readFileSync(GUIDE, 'utf8');
  const limits = guide.slice(guide.indexOf('**The limits.**'), guide.indexOf('**Look at it.**'));
  const named = [...new Set([...limits.matchAll(/`--([a-z-]+)`/g)].map(([, name = '']) => name))];
  expect(named.length).toBeGreaterThan(10);
  for (const name of named) {
    const key = name.replaceAll(/-(\w)/g, (_, letter: string) => letter.toUpperCase());
    const line = config.stdout.split('\n').find((text) => text.startsWith(`${key} `)) ?? '';
    expect([name, line]).toEqual([name, expect.stringMatching(/ \d+ /)]);
  }
  expect(config.stdout).toMatch(/^maxMemoryBytes +\d+ +default: a quarter of /m);
});

const without = [isMissing('haproxy'), isMissing('systemd-socket-activate')].includes(true);

test.skipIf(without)(
  'the guide: its units, its proxy and its token let in who knows it, by its own address',
  async () => {
    const token = 'a token that is long enough';
    writeFileSync(join(folder, 'token'), token, { mode: 0o600 });
    const { server: own } = new Certificates();
    const pem = join(folder, 'proto.pem');
    writeFileSync(pem, readFileSync(own.cert, 'utf8') + readFileSync(own.key, 'utf8'));
    const [port, http, front] = [await freePort(), await freePort(), await freePort()];
    const here = (text: string): string =>
      text.replaceAll('6677', `${port}`).replaceAll('6678', `${http}`).replace(':6676', `127.0.0.1:${front}`);

    const local = block('# /etc/systemd/system/proto.socket.d/local.conf');
    const proxied = block('# /etc/systemd/system/proto.service.d/proxy.conf');
    const command = started(here(proxied), folder);
    expect(command.slice(0, -2)).toEqual(started(here(service), folder));
    const listen = ['--listen', valueIn(here(local), 'ListenStream')];
    const child = new Child('systemd-socket-activate', [...listen, process.execPath, ...command]);
    await child.until(({ stderr }) => stderr.includes('Listening on'), 'the socket');
    // The first connection starts it; systemd starts the service by itself.
    connect(port, '127.0.0.1').on('error', () => {});
    await child.until(({ stderr }) => stderr.includes('/metrics'), 'HTTP');

    const config = join(folder, 'haproxy.cfg');
    writeFileSync(config, here(block('# /etc/haproxy/haproxy.cfg')).replace('/etc/haproxy/proto.pem', pem));
    const haproxy = new Child('haproxy', ['-db', '-f', config]);
    onTestFinished(() => haproxy.kill('SIGKILL'));
    const enter = async (localAddress: string): Promise<Client> => {
      for (;;) {
        const socket = connect({ host: '127.0.0.1', port: front, localAddress }).on('error', () => {});
        const tls = connectTls({ socket, rejectUnauthorized: false });
        const isUp = await new Promise((resolve) => {
          tls.once('secureConnect', () => resolve(true)).once('error', () => resolve(false));
        });
        if (isUp === true) return new Client(tls);
        await delay(50);
      }
    };
    const clients = await Promise.all(['127.0.0.5', '127.0.0.6', '127.0.0.7'].map(enter));
    for (const client of clients) {
      client.say('hello');
      await client.line(/^\* ERR AUTH_REQUIRED /);
      client.say(`/auth ${token}`, 'hello');
      await client.line(/^\* WELCOME /);
    }
    for (const client of clients) await client.line('HELLO');
    for (const address of ['127.0.0.5', '127.0.0.6', '127.0.0.7'])
      await child.line(new RegExp(`"event":"join".*"address":"${address}:`));
    child.kill('SIGTERM');
    for (const client of clients) await client.line('* BYE SIGTERM');
    expect(await child.exit).toEqual({ code: 0, signal: null });
  },
);
