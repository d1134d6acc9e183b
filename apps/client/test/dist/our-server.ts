import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('../../../server/dist/main.js', import.meta.url));

/** Our own server, as built, on a free port, until the test's scope ends. */
export interface OurServer extends AsyncDisposable {
  readonly port: number;
  kill(signal: NodeJS.Signals): void;
}

export async function startServer(...flags: readonly string[]): Promise<OurServer> {
  const server = spawn(process.execPath, [SERVER, '--port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(server, 'exit');
  const [line] = (await once(createInterface({ input: server.stdout }), 'line')) as [string];
  return {
    port: Number(/:(\d+)$/.exec(line)?.[1]),
    kill: (signal) => server.kill(signal),
    async [Symbol.asyncDispose]() {
      server.kill('SIGKILL');
      await exited;
    },
  };
}
