import { once } from 'node:events';
import { type AddressInfo, createServer } from 'node:net';
import { fileURLToPath } from 'node:url';
import { Child } from './child.ts';

/** The built command. */
export const MAIN: string = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** A server that runs as a process of its own. */
export interface Command {
  readonly child: Child;
  readonly port: number;
}

/** Starts the built command on any free port, and waits for its first line. */
export async function start(...flags: string[]): Promise<Command> {
  const child = new Child(process.execPath, [MAIN, '--port', '0', ...flags]);
  await child.until(({ lines }) => lines.length > 0, 'its first line');
  return { child, port: portOf(child.lines[0]) };
}

/** The port in the line that says where the server listens. */
export function portOf(line: string | undefined): number {
  const port = /^listening on 127\.0\.0\.1:(\d+)$/.exec(line ?? '')?.[1];
  if (port === undefined) throw new Error(`Cannot find a port: the first line is ${JSON.stringify(line)}`);
  return Number(port);
}

/** A port that nobody has at the moment. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

/** Takes a port and gives it free again. Rejects if it cannot be had. */
export function take(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen({ host: '127.0.0.1', port, exclusive: true }, () => server.close(() => resolve()));
  });
}
