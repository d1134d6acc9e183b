import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { isMissing } from './binary.ts';
import { Child } from './child.ts';
import { Client } from './client.ts';
import { MAIN, portOf } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'proto-notify-'));
afterAll(() => rmSync(folder, { recursive: true }));

/** Takes datagrams as systemd does, prints each as a line, and closes what comes with it: the sender waits for that. */
const TAKE = `
import os, socket, sys
where = sys.argv[1]
bound = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
bound.bind('\\0' + where[1:] if where.startswith('@') else where)
print('bound', flush=True)
while True:
    text, files, _, _ = socket.recv_fds(bound, 65536, 8)
    for each in files:
        os.close(each)
    if text != b'BARRIER=1':
        print(text.decode().strip().replace('\\n', ' '), flush=True)
`;

/** Prints what is left of those variables in a process that the server starts. */
const TRANSFORM = `
import { execFileSync } from 'node:child_process';
export default () => execFileSync('env', { encoding: 'utf8' }).split('\\n').filter((each) => /NOTIFY|WATCHDOG/.test(each)).join() || 'none';
`;

describe.skipIf(isMissing('python3') || isMissing('systemd-notify'))('a supervisor', () => {
  test.each([
    { kind: 'a path', where: join(folder, 'notify') },
    { kind: 'an abstract name', where: `@proto-test-${process.pid}` },
  ])(
    'proto-server: tells a supervisor at $kind that it is ready, reloads, lives and stops',
    async ({ where }) => {
      const supervisor = new Child('python3', ['-c', TAKE, where]);
      await supervisor.line('bound');
      const env = { NOTIFY_SOCKET: where, WATCHDOG_USEC: '500000', WATCHDOG_PID: '' };
      const child = new Child(process.execPath, [MAIN, '--port', '0'], env);
      const at = await child.line(/^listening on /);
      await supervisor.line(`READY=1 STATUS=${at}`);
      const alive = `WATCHDOG=1 STATUS=${at}, 0 clients`;
      await supervisor.until(
        ({ lines }) => lines.filter((line) => line === alive).length >= 3,
        'three signs of life',
      );
      child.kill('SIGHUP');
      await supervisor.line(/^RELOADING=1 MONOTONIC_USEC=\d+$/);
      await supervisor.line('READY=1');
      child.kill('SIGTERM');
      await supervisor.line('STOPPING=1 STATUS=closing, 0 clients told EXTEND_TIMEOUT_USEC=5300000');
      expect(await child.exit).toEqual({ code: 0, signal: null });
      expect(child.stderr).toBe('');
    },
  );

  test('proto-server: what it starts itself knows nothing of the supervisor', async () => {
    const where = join(folder, 'other');
    const supervisor = new Child('python3', ['-c', TAKE, where]);
    await supervisor.line('bound');
    const transform = join(folder, 'transform.mjs');
    writeFileSync(transform, TRANSFORM);
    const env = { NOTIFY_SOCKET: where, WATCHDOG_USEC: '500000', WATCHDOG_PID: '1' };
    const flags = ['--port', '0', '--order', 'free', '--transform', transform];
    const child = new Child(process.execPath, [MAIN, ...flags], env);
    const client = await Client.in(portOf(await child.line(/^listening on /)));
    client.say('what is left');
    await client.line('none');
    await supervisor.line(/^READY=1/);
    // The watchdog is for another process.
    expect(supervisor.stdout).not.toContain('WATCHDOG');
  });
});
