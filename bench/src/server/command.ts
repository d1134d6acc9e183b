import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  accepts,
  askMemory,
  freePort,
  path,
  pinned,
  type Running,
  running,
  SERVER_CORE,
  WITH_MEMORY,
} from './processes.ts';

/** Where the command prints. */
export const SINKS = ['a file', 'a pipe', 'a terminal', '/dev/null'] as const;
export type Sink = (typeof SINKS)[number];

/** A tree whose server is measured as it was built. */
export interface Build {
  /** The command. */
  readonly main: string;
  /** The library. */
  readonly index: string;
}

/** The build in a folder that holds the repository. Errors: throws if nothing is built there. */
export function buildIn(folder: string): Build {
  const [main, index] = ['main', 'index'].map((name) => join(folder, `apps/server/dist/${name}.js`));
  for (const file of [main!, index!])
    if (!existsSync(file))
      throw new Error(`Cannot measure: there is no ${file}. Run npm run build in ${folder}`);
  return { main: main!, index: index! };
}

/** The tree that this file is in. */
export const HERE: string = path('../../..');

/** The command as a user starts it. Its port is free before. */
export function words(
  flags: readonly string[],
  main: string,
  port = 0,
  node: readonly string[] = [],
): string[] {
  return [...node, '--enable-source-maps', main, '--port', String(port), ...flags];
}

/** Starts the command; what it prints goes where it is told to. */
export async function startCommand(
  flags: readonly string[],
  sink: Sink = 'a pipe',
  { main }: Build = buildIn(HERE),
): Promise<Running> {
  if (sink === 'a pipe') return intoPipe(flags, main);
  if (sink === 'a terminal') return onTerminal(flags, main);
  return intoFile(flags, main, sink);
}

/** The same, and it can be asked for its memory. */
export async function startMeasured(
  flags: readonly string[],
  { main }: Build = buildIn(HERE),
): Promise<Running> {
  const stdio = ['ignore', 'pipe', 'inherit', 'ipc'] as const;
  const child = pinned(SERVER_CORE, process.execPath, words(flags, main, 0, WITH_MEMORY), [...stdio]);
  return running(child, await portSaid(child.stdout!), () => askMemory(child));
}

async function intoPipe(flags: readonly string[], main: string): Promise<Running> {
  const child = pinned(SERVER_CORE, process.execPath, words(flags, main), ['ignore', 'pipe', 'inherit']);
  return running(child, await portSaid(child.stdout!));
}

/**
 * The first line says where it listens. What follows is read and forgotten.
 *
 * Errors: rejects if the command ends before it says so.
 */
export async function portSaid(stdout: NodeJS.ReadableStream): Promise<number> {
  const lines = createInterface({ input: stdout });
  const [line] = (await Promise.race([once(lines, 'line'), once(lines, 'close')])) as [string?];
  if (line === undefined) throw new Error('Cannot measure: the command has ended and said no port');
  return Number(line.slice(line.lastIndexOf(':') + 1));
}

async function intoFile(
  flags: readonly string[],
  main: string,
  sink: 'a file' | '/dev/null',
): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  const port = await freePort();
  const stdout = openSync(sink === 'a file' ? join(folder, 'stdout') : sink, 'a');
  const child = pinned(SERVER_CORE, process.execPath, words(flags, main, port), [
    'ignore',
    stdout,
    'inherit',
  ]);
  closeSync(stdout);
  await accepts(port);
  const server = running(child, port);
  return {
    ...server,
    async stop() {
      await server.stop();
      rmSync(folder, { recursive: true });
    },
  };
}

/** A window of a tmux of its own. The process of the window is the server. */
async function onTerminal(flags: readonly string[], main: string): Promise<Running> {
  const port = await freePort();
  const socket = `bench-${process.pid}-${port}`;
  const tmux = (...args: string[]): string =>
    execFileSync('tmux', ['-L', socket, '-f', '/dev/null', ...args], { encoding: 'utf8' });
  const command = ['taskset', '-c', SERVER_CORE, process.execPath, ...words(flags, main, port)];
  tmux('new-session', '-d', '-s', 'server', '-x', '120', '-y', '50', ...command);
  const pid = Number(tmux('display-message', '-p', '-t', 'server', '#{pane_pid}'));
  await accepts(port);
  return running({ pid }, port, undefined, () => Promise.resolve(void tmux('kill-server')));
}

/** What a sink needs that is not here. */
export function missingFor(sink: Sink): string | undefined {
  if (sink !== 'a terminal') return undefined;
  try {
    execFileSync('tmux', ['-V'], { stdio: 'ignore' });
    return undefined;
  } catch {
    return 'tmux is not installed';
  }
}
