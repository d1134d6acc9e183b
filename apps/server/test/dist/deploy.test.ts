import { execFileSync, spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
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
