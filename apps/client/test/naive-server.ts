import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

/** It takes a port and a number of clients. */
const SCRIPT = fileURLToPath(new URL('../../../docs/naive-server.py', import.meta.url));

/** The naive server, in Python. */
export interface NaiveServer extends AsyncDisposable {
  readonly port: number;
  /** What each `recv` gave, once the server has ended. */
  readonly heard: Promise<readonly string[]>;
}

/** Starts the naive server. */
export async function startNaiveServer(): Promise<NaiveServer> {
  const server: ChildProcess = spawn('python3', [SCRIPT, '0', '3'], { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(server, 'exit');
  const output = createInterface({ input: server.stdout! });
  const [address] = (await once(output, 'line')) as [string];
  const lines: string[] = [];
  output.on('line', (line) => {
    const [, sentence] = /^client \d+: \d+ bytes (.*)$/.exec(line) ?? [];
    if (sentence !== undefined) lines.push(sentence);
  });
  return {
    port: Number(address.slice(address.lastIndexOf(':') + 1)),
    heard: once(output, 'close').then(() => lines),
    async [Symbol.asyncDispose]() {
      server.kill();
      await exited;
    },
  };
}
