import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { afterEach } from 'vitest';

const running = new Set<Child>();

afterEach(() => {
  for (const child of running) child.kill('SIGKILL');
});

/** How a process ended. `code` is null if a signal ended it. */
export interface Exit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A process of a test: its output so far, and something to wait for. It is killed after the test at the latest. */
export class Child {
  stdout = '';
  stderr = '';
  /** Settles when the process has ended and all of its output has come. */
  readonly exit: Promise<Exit>;
  readonly #command: string;
  readonly #process: ChildProcessWithoutNullStreams;
  readonly #watchers = new Set<() => void>();
  #isOver = false;

  constructor(command: string, args: readonly string[], env: NodeJS.ProcessEnv = {}) {
    this.#command = [command, ...args].join(' ');
    this.#process = spawn(command, args, { env: { ...process.env, ...env } });
    this.#process.stdin.on('error', () => {});
    this.#process.stdout.setEncoding('latin1').on('data', (text: string) => {
      this.stdout += text;
      this.#changed();
    });
    this.#process.stderr.setEncoding('latin1').on('data', (text: string) => {
      this.stderr += text;
      this.#changed();
    });
    this.exit = new Promise((resolve, reject) => {
      this.#process.once('error', (error) => {
        this.#isOver = true;
        this.stderr += String(error);
        running.delete(this);
        this.#changed();
        reject(error);
      });
      this.#process.once('close', (code, signal) => {
        this.#isOver = true;
        running.delete(this);
        this.#changed();
        resolve({ code, signal });
      });
    });
    // Whoever waits for a line is told as well.
    this.exit.catch(() => {});
    running.add(this);
  }

  get pid(): number {
    if (this.#process.pid === undefined)
      throw new Error(`Cannot tell the process of ${this.#command}: it has not begun`);
    return this.#process.pid;
  }

  /** What it has printed on stdout, line by line; a last line without LF is not there yet. */
  get lines(): string[] {
    return this.stdout.split('\n').slice(0, -1);
  }

  /** Writes to its stdin, which stays open. */
  write(text: string): this {
    this.#process.stdin.write(text, 'latin1');
    return this;
  }

  /** Closes its stdin. */
  endInput(text = ''): this {
    this.#process.stdin.end(text, 'latin1');
    return this;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Waits until a line of stdout is, or matches, what is wanted. */
  async line(want: string | RegExp): Promise<string> {
    const find = (): string | undefined =>
      this.lines.find((line) => (typeof want === 'string' ? line === want : want.test(line)));
    await this.until(() => find() !== undefined, `line ${String(want)}`);
    return find() ?? '';
  }

  /** Waits until `condition` holds; it is asked again whenever something has come. */
  until(condition: (child: this) => boolean, what = 'what is waited for'): Promise<void> {
    return new Promise((resolve, reject) => {
      const look = (): void => {
        const holds = condition(this);
        if (!holds && !this.#isOver) return;
        this.#watchers.delete(look);
        if (holds) resolve();
        else reject(new Error(this.#endedBefore(what)));
      };
      this.#watchers.add(look);
      look();
    });
  }

  #endedBefore(what: string): string {
    const { exitCode, signalCode } = this.#process;
    const output = `${this.stdout.slice(-1000)}${this.stderr.slice(-1000)}`;
    return `Ended with ${signalCode ?? exitCode} before ${what}. Output: ${output}. Command: ${this.#command}`;
  }

  #changed(): void {
    for (const look of this.#watchers) look();
  }
}
