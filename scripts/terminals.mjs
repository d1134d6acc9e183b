// Terminals that a script types in and looks at: windows of a tmux of their own.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const LOOK_EVERY_MS = 40;
const PATIENCE_MS = 20_000;

/** Some terminals of the same size, each with a shell that says `$ `. */
export class Terminals {
  static #count = 0;
  #socket = `proto-${process.pid}-${Terminals.#count++}`;
  #state = mkdtempSync(join(tmpdir(), 'proto-terminals-'));
  #names = [];
  #columns;

  constructor(columns = 80) {
    this.#columns = columns;
  }

  has(name) {
    return this.#names.includes(name);
  }

  get names() {
    return this.#names;
  }

  /** Opens a terminal; types nothing that is seen later. */
  async open(name, lines = []) {
    const shell = `env PS1='$ ' ENV= NO_COLOR=1 LC_ALL=C XDG_STATE_HOME='${this.#state}' sh`;
    const size = ['-x', String(this.#columns), '-y', '50'];
    const target = `t${this.#names.push(name) - 1}`;
    this.#tmux('new-session', '-d', '-s', target, ...size, shell);
    await this.until(name, (screen) => screen.at(-1) === '$');
    // A screen that is empty because nothing was read yet looks like one that was cleared.
    for (const line of [...lines, 'echo ready']) this.type(name, line);
    // What was typed before the first prompt is echoed before it: `$ $ ready`.
    await this.until(name, (screen) => screen.some((line) => /^(\$ )*ready$/.test(line)));
    this.type(name, 'clear');
    await this.until(name, (screen) => screen.length === 1 && screen[0] === '$');
    this.#tmux('clear-history', '-t', `=${target}:`);
  }

  /** Types a line, and presses Enter. */
  type(name, line) {
    this.#tmux('send-keys', '-t', this.#target(name), '-l', '--', line);
    this.press(name, 'Enter');
  }

  /** Presses a key by its tmux name: `C-d`. */
  press(name, key) {
    this.#tmux('send-keys', '-t', this.#target(name), key);
  }

  /** Every line that the terminal has shown, wrapped ones whole, without empty ones at the end. */
  screen(name) {
    const text = this.#tmux('capture-pane', '-p', '-J', '-S', '-', '-t', this.#target(name));
    const lines = text.split('\n').map((line) => line.trimEnd());
    return lines.slice(0, lines.findLastIndex((line) => line !== '') + 1);
  }

  /** Waits until the screen is as it should be, and gives it; or gives `undefined` when that takes too long. */
  async until(name, holds, patienceMs = PATIENCE_MS) {
    for (const end = performance.now() + patienceMs; ;) {
      const screen = this.screen(name);
      if (holds(screen)) return screen;
      if (performance.now() > end) return undefined;
      await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
    }
  }

  /** Ends what runs in the terminals too: a server survives a terminal that hangs up. */
  close() {
    for (const name of this.#names) this.#kill(name);
    if (this.#names.length > 0) this.#tmux('kill-server');
    rmSync(this.#state, { recursive: true, force: true });
  }

  /** Kills what runs in the foreground of a terminal, if it isn't the shell itself. */
  #kill(name) {
    const shell = this.#tmux('display-message', '-p', '-t', this.#target(name), '#{pane_pid}').trim();
    const foreground = execFileSync('ps', ['-o', 'tpgid=', '-p', shell], { encoding: 'utf8' }).trim();
    if (foreground === shell) return;
    try {
      process.kill(-Number(foreground), 'SIGKILL');
    } catch (error) {
      // It has ended meanwhile.
      if (error.code !== 'ESRCH') throw error;
    }
  }

  #target(name) {
    return `=t${this.#names.indexOf(name)}:`;
  }

  #tmux(...argv) {
    return execFileSync('tmux', ['-L', this.#socket, '-f', '/dev/null', ...argv], { encoding: 'utf8' });
  }
}
