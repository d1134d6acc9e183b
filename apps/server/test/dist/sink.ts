import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { onTestFinished } from 'vitest';
import { Child } from './child.ts';
import { MAIN } from './command.ts';

/** Where the command prints. */
export const SINKS = ['a file', 'a pipe', 'a terminal', '/dev/null'] as const;
export type Sink = (typeof SINKS)[number];

/** Python: a terminal of which the other end stays open, and unread. */
const STOPPED = `import os, pty, sys
other, terminal = pty.openpty()
os.set_inheritable(other, True)
os.dup2(terminal, 1)
os.execv(sys.argv[1], sys.argv[1:])`;

/** The built command with its stdout somewhere. */
export interface Printing {
  readonly child: Child;
  readonly port: number;
  readonly pid: number;
  /** What it has printed on stdout so far; on a terminal with CR LF. */
  stdout(): string;
}

/** Starts the built command on a free port; what it prints goes where it is told to. */
export async function startInto(sink: Sink | 'a stopped terminal', ...flags: string[]): Promise<Printing> {
  const port = await freePort();
  const command = [process.execPath, '--enable-source-maps', MAIN, '--port', String(port), ...flags];
  if (sink === 'a terminal') return onTerminal(command, port);
  if (sink === 'a pipe' || sink === 'a stopped terminal') {
    const child =
      sink === 'a pipe' ? new Child('env', command) : new Child('python3', ['-c', STOPPED, ...command]);
    await accepts(port);
    return { child, port, pid: child.pid, stdout: () => child.stdout };
  }
  const folder = mkdtempSync(join(tmpdir(), 'proto-sink-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const file = sink === 'a file' ? join(folder, 'stdout') : sink;
  const child = new Child('sh', ['-c', 'exec "$@" >"$0"', file, ...command]);
  await accepts(port);
  return { child, port, pid: child.pid, stdout: () => (file === sink ? '' : readFileSync(file, 'latin1')) };
}

/** The shell in the terminal says its process, and becomes the server. */
async function onTerminal(command: readonly string[], port: number): Promise<Printing> {
  const shell = `echo $$; exec ${command.map((word) => `'${word}'`).join(' ')}`;
  const child = new Child('script', ['-qec', shell, '/dev/null'], { NO_COLOR: '1' });
  await child.until(({ stdout }) => /^\d+\s/.test(stdout), 'its process');
  const pid = Number.parseInt(child.stdout, 10);
  // It survives its terminal, which is all that is killed after a test.
  onTestFinished(() => kill(pid));
  await accepts(port);
  return { child, port, pid, stdout: () => child.stdout.slice(child.stdout.indexOf('\n') + 1) };
}

function kill(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended.
  }
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** Some of these outputs cannot be read: who listens is found by knocking. */
async function accepts(port: number): Promise<void> {
  const knock = (): Promise<boolean> =>
    new Promise((resolve) => {
      const socket = connect(port, '127.0.0.1');
      socket.once('error', () => resolve(false));
      socket.once('connect', () => {
        socket.destroy();
        resolve(true);
      });
    });
  while (!(await knock())) await wait(20);
}
