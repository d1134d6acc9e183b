import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test, vi } from 'vitest';
import { figure, skip } from '../../faults/figure.ts';
import { isMissing } from '../binary.ts';
import { Child } from '../child.ts';
import { Client } from '../client.ts';
import { MAIN, portOf, start } from '../command.ts';

const SIGNALS = ['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
const FREE = ['--order', 'free', '--quit', 'self'];

const RUN = fileURLToPath(new URL('../../../../../scripts/run.mjs', import.meta.url));

const SETTLES = { timeout: 20_000 };

/** What the descriptors of a process are open on. */
function filesOf(pid: number): string[] {
  return readdirSync(`/proc/${pid}/fd`).map((fd) => readlinkSync(`/proc/${pid}/fd/${fd}`));
}

/** The TCP ports that a process listens on. */
function listening(pid: number): number[] {
  const states = ['tcp', 'tcp6'].flatMap((table) =>
    readFileSync(`/proc/${pid}/net/${table}`, 'latin1').split('\n').slice(1, -1),
  );
  return states
    .map((row) => row.trim().split(/\s+/))
    .filter(([, , , state]) => state === '0A')
    .map(([, local]) => Number.parseInt(local?.split(':').at(-1) ?? '0', 16));
}

test.each(SIGNALS)('F36: %s ends nothing, idle and under load', async (signal) => {
  const { child, port } = await start(...FREE);
  const client = await Client.in(port);
  child.kill(signal);
  await client.say('idle').line('IDLE');
  for (let index = 0; index < 200; index++) {
    client.say(`line ${index}`);
    if (index % 20 === 0) child.kill(signal);
  }
  await client.line('LINE 199');
  const answers = client.lines.filter((line) => line.startsWith('LINE ')).length;
  expect([child.stderr, answers]).toEqual(['', 200]);
  // The port of Node's debugger.
  expect(listening(child.pid)).not.toContain(9229);
  if (signal === 'SIGHUP') await child.line(/^nothing to reload/);
  child.kill('SIGTERM');
  expect(await child.exit).toEqual({ code: 0, signal: null });
  figure({ id: 'F36', what: `lines lost by ${signal}`, value: 200 - answers, unit: '', atMost: 0 });
});

test('F36: a token from a pipe works, SIGHUP keeps it, and a signal ends the server while it waits for one', async () => {
  const server = ['--port', '0', ...FREE, '--token-file'];
  const child = new Child('bash', [
    '-c',
    'exec "$0" "$@" <(echo the token from a pipe)',
    process.execPath,
    MAIN,
    ...server,
  ]);
  await child.line(/^listening on /);
  const port = portOf(child.lines[0]);
  const auth = '/auth the token from a pipe';
  await (await Client.in(port, auth)).say('before').line('BEFORE');
  child.kill('SIGHUP');
  // Nobody writes to the pipe again.
  await child.line(/^warning: Cannot take the new tokenFile .* The old one stays$/);
  await (await Client.in(port, auth)).say('after').line('AFTER');
  child.kill('SIGTERM');
  expect(await child.exit).toEqual({ code: 0, signal: null });
});

test('F36: SIGTERM ends a server that waits for its token, in order', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'proto-f36-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  // It is open for writing as long as the process runs, and nothing comes.
  const child = new Child('bash', [
    '-c',
    'exec 9<>"$1"; shift; exec "$0" "$@"',
    process.execPath,
    pipe,
    MAIN,
    '--port',
    '0',
    '--token-file',
    pipe,
  ]);
  await vi.waitFor(() => expect(filesOf(child.pid).filter((file) => file === pipe)).toHaveLength(2), SETTLES);
  child.kill('SIGTERM');
  expect(await child.exit).toEqual({ code: 0, signal: null });
  expect(child.stdout).not.toContain('listening on');
  expect(child.stderr).toBe('');
});

const script = isMissing('python3');
if (script) skip('F36', 'there is no python3');

/** Runs a command on a terminal of its own, shows the first line, and hangs the terminal up when stdin ends. */
const ON_A_TERMINAL = `
import os, pty, sys
pid, fd = pty.fork()
if pid == 0: os.execvp(sys.argv[1], sys.argv[1:])
seen = b''
while b'listening on ' not in seen or not seen.endswith(b'\\n'): seen += os.read(fd, 1)
print(pid, seen.decode().split('\\n')[-2].strip(), flush=True)
sys.stdin.read()
os.close(fd)
print('hung up', flush=True)
`;

/** A server on a terminal of its own, and what hangs that up. */
async function onATerminal(...command: string[]): Promise<{ client: Client; hangUp: () => Promise<void> }> {
  const args = ['-c', ON_A_TERMINAL, process.execPath, ...command, '--port', '0', ...FREE];
  const terminal = new Child('python3', args, { NO_COLOR: '1' });
  const [pid, ...line] = (await terminal.line(/ listening on /)).split(' ');
  onTestFinished(() => {
    try {
      process.kill(Number(pid), 'SIGKILL');
    } catch {
      // It has ended.
    }
  });
  return {
    client: await Client.in(portOf(line.join(' '))),
    hangUp: async () => {
      terminal.endInput();
      await terminal.line('hung up');
    },
  };
}

test.skipIf(script)('F36: a terminal that hangs up ends nothing', async () => {
  const { client, hangUp } = await onATerminal(MAIN);
  await hangUp();
  for (let index = 0; index < 20; index++) await client.say(`still ${index}`).line(`STILL ${index}`);
  expect(client.isEnded).toBe(false);
});

test.skipIf(script)('F36: a server of `npm start` quits with its terminal', async () => {
  const { client, hangUp } = await onATerminal(RUN, 'start');
  await hangUp();
  await client.end();
  expect(client.lines.at(-1)).toBe('* BYE SIGTERM');
});
