import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/**
 * Whether a command can be run. Where it cannot, says so and lets the test be skipped; in CI that is a failure.
 */
export function isInstalled(command: string, args: readonly string[], debianPackage: string): boolean {
  const { status } = spawnSync(command, args, { stdio: 'ignore' });
  if (status === 0) return true;
  const reason = `SKIPPED: ${command} does not run, install the Debian package ${debianPackage}`;
  if (process.env['CI'] === 'true') throw new Error(reason);
  console.log(reason);
  return false;
}

/** A directory of its own, gone when the test is over. */
export function directory(): string {
  const path = mkdtempSync(join(tmpdir(), 'codec-'));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

/** A port of the loopback address on which nobody listens. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string')
    throw new Error('Cannot find a port: the server has none');
  return address.port;
}

/** Runs a server until the test is over. */
export function serve(command: string, args: readonly string[]): void {
  const child = spawn(command, args, { stdio: 'ignore' });
  onTestFinished(async () => {
    if (child.exitCode !== null) return;
    child.kill('SIGKILL');
    await once(child, 'exit');
  });
}

/** Connects as soon as somebody listens. */
export async function dial(port: number): Promise<Socket> {
  for (;;) {
    const socket = connect({ port, host: '127.0.0.1', noDelay: true });
    try {
      await once(socket, 'connect');
      onTestFinished(() => void socket.destroy());
      return socket;
    } catch (error) {
      socket.destroy();
      if (!(error instanceof Error && 'code' in error && error.code === 'ECONNREFUSED')) throw error;
    }
  }
}
