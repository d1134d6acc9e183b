import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { connect, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { figure } from '../../faults/figure.ts';
import { Child } from '../child.ts';
import { Client } from '../client.ts';
import { MAIN, portOf } from '../command.ts';

const CONNECTS = 500;
const LIMIT = 128;
/** How many of them the server lets in: 80 descriptors are reserved. */
const CLIENTS = 48;

/** Runs the command with so many file descriptors. */
function limited(files: number, ...flags: string[]): Child {
  return new Child('bash', [
    '-c',
    `ulimit -n ${files}; exec "$0" "$@"`,
    process.execPath,
    MAIN,
    '--port',
    '0',
    ...flags,
  ]);
}

test('F20: without descriptors for all it serves those that are in, can open files, and recovers', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'proto-f20-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const token = join(folder, 'token');
  writeFileSync(token, 'token\n', { mode: 0o600 });
  const child = limited(LIMIT, '--order', 'free', '--quit', 'self', '--token-file', token);
  await child.line(/^listening on /);
  const port = portOf(child.lines[0]);
  const sockets: Socket[] = [];
  const told: string[] = [];
  // A connection that still waits in the backlog when the first ones leave would be let in: all others have been refused.
  await new Promise<void>((resolve) => {
    let refused = 0;
    for (let each = 0; each < CONNECTS; each++) {
      const socket = connect(port, '127.0.0.1');
      sockets.push(socket);
      socket
        .on('error', () => {})
        .on('data', (line: Buffer) => told.push(line.toString()))
        .once('close', () => {
          if (++refused === CONNECTS - CLIENTS) resolve();
        });
    }
  });
  const full =
    '* ERR SERVER_FULL Cannot let you in: 48 clients are connected. Try again later\n* BYE refused\n';
  expect(told.length).toBeGreaterThan(0);
  expect([...new Set(told)]).toEqual([full]);
  await child.line(/^cut 127\.0\.0\.1:\d+: Cannot accept it: 64 connections are open, as many as/);
  child.kill('SIGHUP');
  await child.line('reloaded the token for new clients');
  for (const socket of sockets) socket.destroy();
  let back: Client | undefined;
  // Until the server has seen that the others left, it refuses this one too.
  let early = 0;
  while (back === undefined) {
    back = await Client.in(port, '/auth token').catch(() => undefined);
    if (back === undefined) early++;
  }
  back.say('hello');
  await back.line('HELLO');
  child.kill('SIGTERM');
  expect(await child.exit).toEqual({ code: 0, signal: null });
  // On a slow machine they come over several seconds: one line of each second is said, and the number of the others.
  const dropped = child.lines.reduce((sum, line) => {
    if (/^cut .*: Cannot accept it: 64 connections are open|^turned away .*: SERVER_FULL /.test(line))
      return sum + 1;
    return sum + Number(/^and (\d+) more: (?:CONNECTIONS|turned away, SERVER_FULL)/.exec(line)?.[1] ?? 0);
  }, 0);
  expect(dropped).toBe(CONNECTS - CLIENTS + early);
  expect(child.stderr).toBe('');
  figure({
    id: 'F20',
    what: 'turned away or dropped, and counted, of 500',
    value: dropped,
    unit: '',
    atLeast: CONNECTS - CLIENTS,
  });
});

test('F20: --max-clients over the limit is lowered, and too low a limit is one line and 69', async () => {
  const child = limited(LIMIT, '--max-clients', '1000', '--print-config');
  expect(await child.exit).toEqual({ code: 0, signal: null });
  expect(child.stdout).toMatch(
    /^maxClients +48 +this process may open 128 files \(ulimit -n\), and 80 are reserved/m,
  );
  const started = limited(LIMIT, '--max-clients', '1000');
  await started.until(({ stderr }) => stderr.includes('\n'), 'a warning');
  expect(started.stderr).toBe(
    '--max-clients is 48: this process may open 128 files (ulimit -n), and 80 are reserved for other uses\n',
  );
  const poor = limited(80);
  expect(await poor.exit).toEqual({ code: 69, signal: null });
  expect(poor.stderr).toBe(
    'Cannot start: this process may open 80 files (ulimit -n), and 80 are reserved for other uses. Raise it above 80\n',
  );
});
