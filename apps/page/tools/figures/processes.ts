import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';

const built = (app: string): string =>
  fileURLToPath(new URL(`../../../${app}/dist/main.js`, import.meta.url));

/** A server with its page, in a process of its own. */
export interface Served {
  readonly page: string;
  readonly port: number;
  stop(): Promise<void>;
}

/** Starts the built server with these flags. Errors: rejects if it ends before it listens. */
export async function serve(flags: readonly string[]): Promise<Served> {
  const fixed = ['--port', '0', '--http', '127.0.0.1:0', '--page', 'watch', '--log', 'none'];
  const server = spawn(process.execPath, [built('server'), ...fixed, ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said: string[] = [];
  const after = (start: string): string | undefined =>
    said.find((line) => line.startsWith(start))?.slice(start.length);
  await new Promise<void>((resolve, reject) => {
    server.once('exit', (code) => reject(new Error(`The server ended with ${code}: ${said.join('\n')}`)));
    for (const output of [server.stdout, server.stderr]) {
      createInterface(output).on('line', (line) => {
        said.push(line);
        if (after('the page: ') !== undefined && after('listening on ') !== undefined) resolve();
      });
    }
  });
  return {
    page: after('the page: ') ?? '',
    port: Number(after('listening on ')?.split(':').at(-1)),
    stop: () => ended(server, 'SIGKILL'),
  };
}

/** What a load run did. */
export interface Done {
  readonly sent: number;
  readonly answered: number;
  readonly linesPerSecond: number;
}

/** Clients that send lines over TCP, in a process of their own. */
export interface Load {
  /** How it went, once its time is over. */
  done(): Promise<Done>;
  stop(): Promise<void>;
}

/** Starts clients that send so many lines a second in total. */
export function startLoad(port: number, clients: number, rate: number, durationMs: number): Load {
  const flags = ['load', '--json', '--clients', clients, '--rate', rate, '--duration-ms', durationMs];
  const load = spawn(process.execPath, [built('client'), ...flags.map(String), `127.0.0.1:${port}`], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  let text = '';
  load.stdout.setEncoding('utf8').on('data', (part: string) => (text += part));
  const closed = once(load, 'close');
  return {
    async done() {
      await closed;
      return JSON.parse(text) as Done;
    },
    stop: () => ended(load, 'SIGKILL'),
  };
}

async function ended(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill(signal);
  await exit;
}
