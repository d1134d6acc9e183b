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

  /** Types text in one write: the program reads it at once. */
  burst(text: string): void {
    tmux('send-keys', '-t', this.#target, '-l', text);
  }

  /** Pastes text as a terminal does: in brackets, if the program has asked for them. */
  paste(text: string): void {
    spawnSync('tmux', [...TMUX, 'load-buffer', '-b', 'pasted', '-'], { input: text });
    tmux('paste-buffer', '-p', '-d', '-b', 'pasted', '-t', this.#target);
  }

  /** Closes the terminal, whatever runs in it. */
  close(): void {
    tmux('kill-session', '-t', this.#target);
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

  /** Waits until the screen holds a text; gives the rows that do. */
  async mentions(text: string): Promise<string[]> {
    const rows = (): string[] => this.#screen().filter((row) => row.includes(text));
    await vi.waitFor(() => expect(rows()).not.toEqual([]), PATIENCE);
    return rows();
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
  /** What its programs keep between runs. */
  readonly home: string;

  constructor(columns: number) {
    let home = '';
    super(columns, (name) => {
      home = join(STATE, name);
      return `cd '${ROOT}' && exec env PS1='$ ' XDG_STATE_HOME='${home}' bash --noprofile --norc -i`;
    });
    this.home = home;
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
    process.kill(whom === 'job' ? -foreground : this.client, signal);
  }

  /** The processes in the foreground. */
  get job(): readonly number[] {
    const { foreground } = processOf(this.pid);
    const pids = readdirSync('/proc').filter((name) => /^\d+$/.test(name));
    return pids.map(Number).filter((pid) => processOf(pid).group === foreground);
  }

  /** The client in the foreground. */
  get client(): number {
    const isClient = (word: string): boolean => word.endsWith('apps/client/dist/main.js');
    return this.job.find((pid) => processOf(pid).argv.some(isClient))!;
  }
}

/** Waits until a process is in this state: `T` stopped, empty for one that is gone. */
export async function untilState(pid: number, state: 'T' | ''): Promise<void> {
  await vi.waitFor(() => expect(processOf(pid).state).toBe(state), PATIENCE);
}

/** What Linux says of a process. */
function processOf(pid: number): { state: string; group: number; foreground: number; argv: string[] } {
  try {
    // proc_pid_stat(5): behind the name in parentheses state, ppid, pgrp, session, tty_nr, tpgid.
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    const [state = '', , group, , , foreground] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const argv = readFileSync(`/proc/${pid}/cmdline`, 'latin1').split('\0');
    // A zombie has ended, and waits for its parent to look.
    return { state: state.replace('Z', ''), group: Number(group), foreground: Number(foreground), argv };
  } catch {
    // It has ended meanwhile.
    return { state: '', group: 0, foreground: 0, argv: [] };
  }
}
