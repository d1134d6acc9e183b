import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SEED = fileURLToPath(new URL('seed-server.py', import.meta.url));

/** The seed's own server, in Python. */
export interface Seed extends AsyncDisposable {
  readonly port: number;
  /** What each `recv` gave, once the server has ended. */
  readonly heard: Promise<readonly string[]>;
}

/** Starts the seed's server. */
export async function startSeed(): Promise<Seed> {
  const server: ChildProcess = spawn('python3', [SEED], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(server, 'exit');
  const output = createInterface({ input: server.stdout! });
  const [port] = (await once(output, 'line')) as [string];
  const lines: string[] = [];
  output.on('line', (line) => lines.push(line));
  return {
    port: Number(port),
    heard: once(output, 'close').then(() => lines),
    async [Symbol.asyncDispose]() {
      server.kill();
      await exited;
    },
  };
}
