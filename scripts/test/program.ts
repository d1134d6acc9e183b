import { type ChildProcess, spawn } from 'node:child_process';
import { delimiter } from 'node:path';

export interface ProgramOptions {
  readonly cwd: string;
  /** Folders that are looked in first. */
  readonly path: readonly string[];
  /** In a process group of its own: `kill` also ends what it has started. @default false */
  readonly isGroup?: boolean;
}

/** A program that runs, without input, and all that it has printed. */
export class Program {
  output = '';
  /** Settles with its exit code; undefined where a signal ended it. */
  readonly ended: Promise<number | undefined>;
  readonly #child: ChildProcess;
  readonly #isGroup: boolean;
  readonly #watchers = new Set<() => void>();

  constructor(command: string, args: readonly string[], { cwd, path, isGroup = false }: ProgramOptions) {
    const PATH = [...path, process.env['PATH']].join(delimiter);
    const env = { ...process.env, PATH, NO_COLOR: '1' };
    const child = spawn(command, args, { cwd, env, stdio: ['ignore', 'pipe', 'pipe'], detached: isGroup });
    this.#child = child;
    this.#isGroup = isGroup;
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => {
        this.output += text;
        for (const look of this.#watchers) look();
      });
    }
    this.ended = new Promise((resolve, reject) => {
      child.once('error', reject);
      child.once('close', (code) => resolve(code ?? undefined));
    });
  }

  /** Waits for a line; undefined where the program ends without it. */
  async line(pattern: RegExp): Promise<RegExpExecArray | undefined> {
    const find = (): RegExpExecArray | undefined => pattern.exec(this.output) ?? undefined;
    const printed = new Promise<void>((resolve) => {
      const look = (): void => {
        if (find() !== undefined) resolve();
      };
      this.#watchers.add(look);
      look();
    });
    await Promise.race([printed, this.ended]);
    return find();
  }

  kill(signal: 'SIGTERM' | 'SIGKILL'): void {
    if (!this.#isGroup || this.#child.pid === undefined) {
      this.#child.kill(signal);
      return;
    }
    try {
      process.kill(-this.#child.pid, signal);
    } catch {
      // All of the group have ended.
    }
  }
}
