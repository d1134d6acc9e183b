import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, vi } from 'vitest';
import { MAIN } from './run.ts';

const ROOT = fileURLToPath(new URL('../../../..', import.meta.url));
const TMUX = ['-L', `proto-client-${process.pid}`, '-f', '/dev/null'];

/** Where the clients of a test file keep their state. */
export const STATE: string = mkdtempSync(join(tmpdir(), 'proto-client-'));

/** Until just before the test is given up: a slow machine is not a fault, and what was seen instead is shown. */
const PATIENCE = { timeout: 50_000, interval: 30 };

function tmux(...argv: string[]): string {
  const { status, stdout, stderr } = spawnSync('tmux', [...TMUX, ...argv], { encoding: 'utf8' });
  if (status !== 0) throw new Error(`tmux ${argv.join(' ')}: ${stderr}`);
  return stdout;
}

/** Closes every window of a test file. */
export function closeWindows(): void {
  spawnSync('tmux', [...TMUX, 'kill-server']);
  rmSync(STATE, { recursive: true, force: true });
}

/** A terminal that a test types in and looks at. */
class Pane {
  static #panes = 0;
  readonly #target: string;

  /** `command` is given a name that no other pane has. */
  constructor(columns: number, command: (name: string) => string) {
    const name = `w${Pane.#panes++}`;
    this.#target = `=${name}:`;
    tmux('new-session', '-d', '-s', name, '-x', String(columns), '-y', '16', command(name));
  }

  /** Types text, as it is. */
  type(text: string): void {
    // A semicolon on its own separates two commands of tmux's.
    for (const char of text) tmux('send-keys', '-t', this.#target, '-l', char === ';' ? '\\;' : char);
  }

  /** Presses a key by its tmux name. */
  press(...keys: string[]): void {
    tmux('send-keys', '-t', this.#target, ...keys);
  }

  /** Makes the terminal wider or narrower. */
  resize(columns: number): void {
    tmux('resize-window', '-t', this.#target, '-x', String(columns));
  }

  /** Waits until the screen shows these lines and nothing else. */
  async shows(...want: string[]): Promise<void> {
    await vi.waitFor(() => expect(this.#screen()).toEqual(want), PATIENCE);
  }

  /** Waits until the screen shows these lines, one under the other, among others. */
  async sees(...want: string[]): Promise<void> {
    const whole = (lines: readonly string[]): string => `\n${lines.join('\n')}\n`;
    await vi.waitFor(() => expect(whole(this.#screen())).toContain(whole(want)), PATIENCE);
  }

  /** Waits until the screen ends with these lines. */
  async endsWith(...want: string[]): Promise<void> {
    await vi.waitFor(() => expect(this.#screen().slice(-want.length)).toEqual(want), PATIENCE);
  }

  /** The process that was started in it. */
  protected get pid(): number {
    return Number(tmux('display-message', '-p', '-t', this.#target, '#{pane_pid}'));
  }

  /** The screen with its colours. */
  colours(): string {
    return tmux('capture-pane', '-p', '-e', '-t', this.#target);
  }

  #screen(): string[] {
    const lines = tmux('capture-pane', '-p', '-t', this.#target).split('\n');
    return lines.map((line) => line.trimEnd()).filter((line) => line !== '');
  }
}

/** What a client in a window is told besides where its server is. */
interface ClientOptions {
  readonly environment?: string;
  readonly option?: string;
  /** Clients with the same one share their state. */
  readonly state?: string;
}

/** A client in a terminal of its own. */
export class Window extends Pane {
  constructor(
    port: number,
    columns: number,
    { environment = '', option = '', state = '' }: ClientOptions = {},
  ) {
    super(columns, (name) => {
      const home = join(STATE, state || name);
      return `XDG_STATE_HOME='${home}' ${environment} '${process.execPath}' '${MAIN}' 127.0.0.1:${port} ${option}; echo "exit $?"; exec cat`;
    });
  }
}

/** A bash with job control in a terminal of its own, in the root of the repository. Its prompt is `$ `. */
export class Shell extends Pane {
  constructor(columns: number) {
    super(columns, (name) => {
      const home = join(STATE, name);
      return `cd '${ROOT}' && exec env PS1='$ ' XDG_STATE_HOME='${home}' bash --noprofile --norc -i`;
    });
  }

  /** Waits for the prompt, and gives a command. */
  async run(command: string): Promise<void> {
    await this.endsWith('$');
    this.type(command);
    this.press('Enter');
  }

  /** Sends a signal to the client in the foreground, or to each process of its job. */
  kill(signal: NodeJS.Signals, whom: 'client' | 'job'): void {
    const { foreground } = processOf(this.pid);
    if (whom === 'job') return void process.kill(-foreground, signal);
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    const client = pids.map(Number).find((pid) => {
      const { group, argv } = processOf(pid);
      return group === foreground && argv.some((word) => word.endsWith('apps/client/dist/main.js'));
    });
    process.kill(client!, signal);
  }
}

/** What Linux says of a process. */
function processOf(pid: number): { group: number; foreground: number; argv: string[] } {
  try {
    // proc_pid_stat(5): behind the name in parentheses state, ppid, pgrp, session, tty_nr, tpgid.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [, , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const argv = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
    return { group: Number(group), foreground: Number(foreground), argv };
  } catch {
    // It has ended meanwhile.
    return { group: 0, foreground: 0, argv: [] };
  }
}
