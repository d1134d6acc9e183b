import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { promisify } from 'node:util';
import { build } from 'tsup';
import { describe, expect, onTestFinished, test } from 'vitest';
import { openLog } from '../../src/cluster/open-log.ts';

/** What is said, and which warnings before it. */
async function said(
  join: string,
  options: { cluster?: string; creds?: string } = {},
): Promise<{ text: string; warnings: string[] }> {
  const warnings: string[] = [];
  const warn = (text: string): void => void warnings.push(text);
  const error: unknown = await openLog(join, { cluster: 'c', warn, openMs: 1, ...options }).then(
    () => 'opened',
    (reason: unknown) => reason,
  );
  return { text: error instanceof Error ? `${error.name}: ${error.message}` : String(error), warnings };
}

const expected = 'expected nats://HOST[:PORT], tls://HOST[:PORT] or postgres://[USER@]HOST[:PORT]/DATABASE';

describe('openLog', () => {
  test('openLog: without the packages of an engine, says how to install them; those of others are not needed', async () => {
    const folder = mkdtempSync(joinPath(tmpdir(), 'proto-open-log-'));
    onTestFinished(() => rmSync(folder, { recursive: true }));
    await build({
      entry: { 'open-log': 'src/cluster/open-log.ts' },
      outDir: folder,
      outExtension: () => ({ js: '.mjs' }),
      format: 'esm',
      noExternal: [/^@proto\//],
      esbuildOptions: (options) => {
        options.conditions = ['@proto/source'];
      },
      config: false,
      silent: true,
    });
    // A process of its own: what this one resolves is here.
    const program = `
      import { openLog } from './open-log.mjs';
      const options = { cluster: 'c', warn: console.log, openMs: 1 };
      for (const join of process.argv.slice(1)) await openLog(join, options).catch((error) => console.log(error.message));`;
    const joins = ['nats://127.0.0.1', 'postgres://127.0.0.1/a', 'redis://127.0.0.1'];
    const args = ['--input-type=module', '-e', program, ...joins];
    const { stdout } = await promisify(execFile)(process.execPath, args, { cwd: folder });
    const missing = 'a package for it is missing. Run npm install';
    expect(stdout.trimEnd().split('\n')).toEqual([
      `Cannot start with join nats://127.0.0.1:4222: ${missing} @nats-io/transport-node @nats-io/jetstream`,
      `Cannot start with join postgres://127.0.0.1:5432: ${missing} pg`,
      `Cannot start with join redis://127.0.0.1: ${expected}`,
    ]);
  });

  test.each([
    ['redis://127.0.0.1', `redis://127.0.0.1: ${expected}`],
    ['127.0.0.1:4222', `127.0.0.1:4222: ${expected}`],
    ['', `: ${expected}`],
    ['nats://', `nats://: ${expected}`],
    ['nats://a b', `nats://a b: ${expected}`],
    ['nats://127.0.0.1,', `nats://127.0.0.1,: ${expected}`],
    ['redis://user:secret@127.0.0.1', `redis://127.0.0.1: ${expected}`],
    ['postgres://127.0.0.1', `postgres://127.0.0.1: ${expected}`],
    ['nats://u:50%@127.0.0.1', 'nats://127.0.0.1: expected %25 for a % in the user or the password'],
    [
      'nats://127.0.0.1,postgres://127.0.0.1/a',
      'nats://127.0.0.1:4222,postgres://127.0.0.1:5432: expected addresses of one engine',
    ],
  ])('openLog: %j is no address', async (join, state) => {
    expect((await said(join)).text).toBe(`OptionError: Cannot start with join ${state}`);
  });

  test.each(['nats://HOST', 'postgres://HOST/db', 'redis://HOST', 'nats://HOST,nats://HOST'])(
    'openLog: whatever a password in %s holds, no part of it is shown',
    async (form) => {
      for (const text of [
        'x',
        '12/x',
        '12?x',
        '12#x',
        'x,x',
        '12@x',
        'x:x',
        '%zz/x',
        '%40%2Fx',
        '//x',
        ' x',
        'x\n',
      ]) {
        const secret = text.replaceAll('x', 'SECRET');
        for (const user of ['NAME:', 'NAME:12', '']) {
          const at = `${user}${secret}@127.0.0.1:1`;
          const { text: why, warnings } = await said(form.replace('HOST', at).replace('HOST', '127.0.0.1:1'));
          expect(why).toMatch(/^(?:OptionError: Cannot start with join|ClusterError: Cannot join) /);
          expect([why, ...warnings].join('\n')).not.toMatch(/SECRET|NAME|:12|%zz/);
        }
      }
    },
  );

  test.each(['', 'a b', 'a.b', 'a"', 'x'.repeat(33)])(
    'openLog: %j is no name of a cluster',
    async (cluster) => {
      expect((await said('nats://127.0.0.1', { cluster })).text).toBe(
        `OptionError: Cannot start with cluster ${JSON.stringify(cluster)}: expected 1 to 32 letters, digits, - and _`,
      );
    },
  );

  test('openLog: a file of credentials is for NATS', async () => {
    expect((await said('postgres://127.0.0.1/a', { creds: 'x' })).text).toBe(
      'OptionError: Cannot start with joinCreds FILE: expected none for PostgreSQL. Give the user and the password in the address',
    );
  });

  test('openLog: says where nobody answers, without the password', async () => {
    // Port 1 is nobody's.
    const { text } = await said('nats://u:secret@127.0.0.1:1,nats://127.0.0.1:1');
    expect(text).toBe(
      'ClusterError: Cannot join nats://127.0.0.1:1,nats://127.0.0.1:1: no server answers. Start one with `nats-server -js`, or check the address',
    );
    const other = await said('postgres://u:secret@127.0.0.1:1/rooms');
    expect(other.text).toBe(
      'ClusterError: Cannot join postgres://127.0.0.1:1/rooms: no server answers. Start PostgreSQL there, or check the address',
    );
  });

  test.each([
    ['nats://127.0.0.1:1', 0],
    ['nats://localhost:1', 0],
    ['nats://[::1]:1', 0],
    ['tls://log.invalid:1', 0],
    ['nats://log.invalid:1', 1],
    ['postgres://127.0.0.1:1/a', 0],
    ['postgres://%2Ftmp/a', 0],
    ['postgres://log.invalid:1/a?sslmode=verify-full', 0],
    ['postgres://log.invalid:1/a?sslmode=prefer', 1],
    ['postgres://log.invalid:1/a', 1],
  ])('openLog: %s is reached over the network without TLS: %i', async (join, count) => {
    const { warnings } = await said(join);
    expect(warnings).toHaveLength(count);
    expect(
      warnings.every((text) => text.startsWith('The log at log.invalid:1 is reached without TLS: ')),
    ).toBe(true);
  });
});
