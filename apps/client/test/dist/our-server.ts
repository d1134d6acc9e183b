import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const SERVER = fileURLToPath(new URL('../../../server/dist/main.js', import.meta.url));

/** Our own server, as built, on a free port, until the test's scope ends. */
export interface OurServer extends AsyncDisposable {
  readonly port: number;
  /** Every line that it has printed, once it has ended. */
  readonly output: Promise<readonly string[]>;
  kill(signal: NodeJS.Signals): void;
}

export async function startServer(...flags: readonly string[]): Promise<OurServer> {
  const server = spawn(process.execPath, [SERVER, '--port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = once(server, 'exit');
  const reader = createInterface({ input: server.stdout });
  const lines: string[] = [];
  reader.on('line', (printed) => void lines.push(printed));
  const [line] = (await once(reader, 'line')) as [string];
  return {
    port: Number(/:(\d+)\b/.exec(line.slice(line.indexOf('listening')))?.[1]),
    output: once(reader, 'close').then(() => lines),
    kill: (signal) => server.kill(signal),
    async [Symbol.asyncDispose]() {
      server.kill('SIGKILL');
      await exited;
    },
  };
}
