import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { createInterface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Reply, Request, Round } from './load/task.ts';

export const SERVER_CORE = '0';
export const LOAD_CORE = '1';

/** A server in a process of its own, on the core for servers. */
export interface Running {
  readonly port: number;
  /** Processor time it has used so far. */
  cpuSeconds(): number;
  /** Bytes resident, garbage collected first where it is Node's. */
  residentBytes(): Promise<number>;
  /**
   * Whether it did what it was started for, after so many lines of its clients.
   *
   * Errors: rejects if it did not.
   */
  check?(lines: number): Promise<void>;
  stop(): Promise<void>;
}

/** A file beside this one. */
export function path(name: string): string {
  return fileURLToPath(new URL(name, import.meta.url));
}

/** Starts a command on one core. */
export function pinned(
  core: string,
  command: string,
  args: readonly string[],
  stdio: ('ignore' | 'pipe' | 'inherit' | 'ipc' | number)[],
): ChildProcess {
  return spawn('taskset', ['-c', core, command, ...args], { stdio });
}

/** For `node`: our own TypeScript needs tsx. What is built is measured, so `@proto/source` is left out. */
export const TYPESCRIPT = '--import=tsx';

/** For `node`: a server that can be asked for its memory. */
export const WITH_MEMORY: readonly string[] = [
  '--expose-gc',
  TYPESCRIPT,
  `--import=${path('servers/memory.ts')}`,
];

/** The next message of a process. Errors: rejects if it ends instead. */
export function answer<T>(child: ChildProcess): Promise<T> {
  return new Promise((resolve, reject) => {
    const onExit = (): void => reject(new Error('Cannot go on: a process has ended before its time'));
    child.once('exit', onExit);
    child.once('message', (value) => {
      child.off('exit', onExit);
      resolve(value as T);
    });
  });
}

/** A server by its process. */
export function running(
  child: Pick<ChildProcess, 'pid'> | ChildProcess,
  port: number,
  residentBytes: () => Promise<number> = () => Promise.resolve(Number.NaN),
  stop: () => Promise<void> = () => kill(child as ChildProcess),
): Running {
  const tasks = `/proc/${child.pid}/task`;
  /** By thread, those that have ended included. */
  const times = new Map<string, number>();
  return {
    port,
    residentBytes,
    stop,
    cpuSeconds: () => {
      for (const task of readdirSync(tasks))
        times.set(task, timeOf(`${tasks}/${task}`) ?? times.get(task) ?? 0);
      return Array.from(times.values()).reduce((sum, time) => sum + time, 0) / 1e9;
    },
  };
}

/** Time of a thread on a processor, in nanoseconds; `undefined`: it has just ended. */
function timeOf(task: string): number | undefined {
  try {
    return Number.parseInt(readFileSync(`${task}/schedstat`, 'latin1'), 10);
  } catch {
    return undefined;
  }
}

/** Ends a process. */
export async function kill(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exit = once(child, 'exit');
  child.kill('SIGKILL');
  await exit;
}

/** What a process with `servers/memory.ts` in it says of its memory. */
export function askMemory(child: ChildProcess): Promise<number> {
  child.send('rss');
  return answer<number>(child);
}

/** Starts one of `servers/node.ts`. */
export async function startNode(name: string, ...args: readonly string[]): Promise<Running> {
  const argv = [...WITH_MEMORY, path('servers/node.ts'), name, ...args];
  const child = pinned(SERVER_CORE, process.execPath, argv, ['ignore', 'ignore', 'inherit', 'ipc']);
  const port = await answer<number>(child);
  return running(child, port, () => askMemory(child));
}

/** Starts a command that prints its port. */
export async function startPrinting(command: string, ...args: string[]): Promise<Running> {
  const child = pinned(SERVER_CORE, command, args, ['ignore', 'pipe', 'inherit']);
  const [line] = (await once(createInterface({ input: child.stdout! }), 'line')) as [string];
  return running(child, Number(line));
}

/** Starts a command that is told its port, and waits until it accepts. */
export async function startOnPort(command: string, args: (port: number) => string[]): Promise<Running> {
  const port = await freePort();
  const child = pinned(SERVER_CORE, command, args(port), ['ignore', 'ignore', 'ignore']);
  await accepts(port);
  return running(child, port);
}

/** A port that nobody has. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** Waits until somebody accepts on a port. */
export async function accepts(port: number): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    const socket = connect(port, '127.0.0.1');
    const isIn = await Promise.race([
      once(socket, 'connect').then(() => true),
      once(socket, 'close').then(() => false),
    ]).catch(() => false);
    socket.destroy();
    if (isIn) return;
    await delay(50);
  }
  throw new Error(`Cannot measure: nobody accepts on port ${port}`);
}

/** The load in a process of its own, on the other core. */
export class Load {
  readonly #child: ChildProcess = pinned(
    LOAD_CORE,
    process.execPath,
    [TYPESCRIPT, path('load/main.ts')],
    ['ignore', 'ignore', 'inherit', 'ipc'],
  );

  /** Carries out one request. Errors: rejects with what the load found wrong. */
  async ask(request: Request): Promise<Round | undefined> {
    this.#child.send(request);
    const reply = await answer<Reply>(this.#child);
    if ('error' in reply) throw new Error(reply.error);
    return reply.round;
  }

  stop(): void {
    this.#child.kill('SIGKILL');
  }
}
