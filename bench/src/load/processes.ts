import { execFile, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const path = (url: string): string => fileURLToPath(new URL(url, import.meta.url));

/** Server on one core, load on another: neither takes the other's time. */
function onCore(core: number, command: string, args: readonly string[]): [string, string[]] {
  if (process.platform !== 'linux' || availableParallelism() < 2) return [command, [...args]];
  return ['taskset', ['-c', String(core), command, ...args]];
}

/** A server under load, until the scope ends. */
export interface ServerProcess extends AsyncDisposable {
  readonly port: string;
}

/** Starts a server of this folder on the first core. What is built is measured; our own TypeScript here needs tsx. */
export async function startServer(file: string, ...args: readonly string[]): Promise<ServerProcess> {
  const [command, rest] = onCore(0, process.execPath, ['--import=tsx', path(file), ...args]);
  const child = spawn(command, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  const exited = once(child, 'exit');
  const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
  return {
    port: line.slice(line.lastIndexOf(':') + 1),
    async [Symbol.asyncDispose]() {
      child.kill('SIGKILL');
      await exited;
    },
  };
}

/** What a generator says it has seen; times in ms. */
export interface Seen {
  readonly linesPerSecond: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly wrong: number;
  /** How much of its time it was busy, where it knows. */
  readonly busy?: number;
  /** At a rate: how long after it was due a line was written, in the middle, where it knows. */
  readonly late?: number | undefined;
}

/** What is asked of a generator. */
export interface Ask {
  readonly port: string;
  readonly clients: number;
  readonly linesPerWrite: number;
  readonly seconds: number;
  /** Lines a second in all; `undefined`: the next when the last is answered. */
  readonly rate?: number | undefined;
}

interface Report {
  readonly linesPerSecond: number;
  readonly failures: Readonly<Record<string, number>>;
  readonly latencyMs: { readonly p50: number; readonly p90: number; readonly p99: number };
  readonly latenessMs?: { readonly p50: number };
  readonly sent: number;
  readonly busy: number;
}

/** `proto-client load` on the second core. Ends with 1 where a reply was wrong, which is no failure here. */
export async function loadReport(port: string, ...flags: readonly string[]): Promise<Report> {
  const main = path('../../../apps/client/dist/main.js');
  const [command, args] = onCore(1, process.execPath, [main, 'load', `:${port}`, '--json', ...flags]);
  const { stdout } = await promisify(execFile)(command, args, { maxBuffer: 1 << 24 }).catch(
    (error: { stdout: string; code: number }) => {
      if (error.code !== 1) throw error;
      return error;
    },
  );
  return JSON.parse(stdout) as Report;
}

/** What ours has seen. */
export async function ours({ port, clients, linesPerWrite, seconds, rate }: Ask): Promise<Seen> {
  const numbers = { clients, 'lines-per-write': linesPerWrite, 'duration-ms': seconds * 1000 };
  const all = { ...numbers, ...(rate !== undefined && { rate }) };
  const flags = Object.entries(all).flatMap(([name, value]) => [`--${name}`, String(value)]);
  const { linesPerSecond, latencyMs, latenessMs, failures, busy } = await loadReport(port, ...flags);
  const wrong = Object.values(failures).reduce((sum, count) => sum + count, 0);
  const { p50, p90, p99 } = latencyMs;
  return { linesPerSecond, p50, p90, p99, wrong, busy, late: latenessMs?.p50 };
}

/** Compiles the generator in C; `undefined`: there is no compiler. */
export function compileIndependent(): ((ask: Ask) => Promise<Seen>) | undefined {
  const binary = join(mkdtempSync(join(tmpdir(), 'independent-')), 'independent');
  try {
    execFileSync('cc', ['-O2', '-o', binary, path('independent.c')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  } catch {
    return undefined;
  }
  return async ({ port, clients, linesPerWrite, seconds, rate = 0 }) => {
    const numbers = [port, clients, linesPerWrite, 32, seconds, rate].map(String);
    const { stdout } = await promisify(execFile)(...onCore(1, binary, numbers));
    return JSON.parse(stdout) as Seen;
  };
}
