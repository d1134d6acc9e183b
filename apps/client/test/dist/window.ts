import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, vi } from 'vitest';
import { MAIN } from './run.ts';

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
