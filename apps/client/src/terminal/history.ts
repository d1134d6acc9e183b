import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { isContent } from '@proto/protocol';

/** How many lines are kept. */
const MOST_LINES = 1000;

/** The longest line that is kept. In characters. */
const MOST_CHARS = 4096;

/** Only its owner can read it. */
const MODE = 0o600;

/** Where the history is: where the XDG base directory specification puts state. */
export function historyPath(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const state = env['XDG_STATE_HOME'];
  // The specification says to ignore a path that isn't absolute.
  const folder = state !== undefined && isAbsolute(state) ? state : join(home, '.local', 'state');
  return join(folder, 'proto-client', 'history');
}

/** Whether a line may be kept: no secrets, no novels, only text. */
function isKept(line: string): boolean {
  return line.length <= MOST_CHARS && isContent(line) && isShown(line);
}

/** Anyone looking over your shoulder may see what Up brings back. */
function isShown(line: string): boolean {
  return line.trim() !== '' && !/^\s*\/+auth\b/i.test(line);
}

/**
 * Checks what Up brings back, the newest line first, after a line was typed. Unlike what is kept, that can be a line that
 * could not be sent: not ASCII, or too long. Of lines longer than 4,096 characters, there is only the newest.
 */
export function recall(lines: string[]): void {
  if (lines[0] !== undefined && !isShown(lines[0])) lines.shift();
  else if (lines[1] !== undefined && lines[1].length > MOST_CHARS) lines.splice(1, 1);
}

/**
 * Typed lines, kept in a file across runs.
 *
 * 1. A line is added as soon as it is typed, so several clients at once lose nothing of each other's lines.
 * 2. It returns the last 1,000 lines. A file with more than twice as many is cut down to them.
 * 3. It never contains an `/auth` line, and only its owner can read it.
 * 4. If the file can't be read or written, `problem` says why, and the history is that of this run only.
 */
export class History {
  readonly #path: string;
  readonly #lines: string[];
  /** Why no lines are kept. */
  problem: string | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#lines = this.#load();
  }

  /** The kept lines, newest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Keeps a line, unless it is a secret or the same as the previous one. */
  add(line: string): void {
    if (!isKept(line) || line === this.#lines[0]) return;
    this.#lines.unshift(line);
    this.#lines.length = Math.min(this.#lines.length, MOST_LINES);
    this.#try(() => appendFileSync(this.#path, `${line}\n`, { mode: MODE }));
  }

  #load(): string[] {
    let all: string[] = [];
    this.#try(() => {
      mkdirSync(dirname(this.#path), { recursive: true, mode: 0o700 });
      appendFileSync(this.#path, '', { mode: MODE });
      chmodSync(this.#path, MODE);
      all = readFileSync(this.#path, 'latin1').split('\n').filter(isKept);
      if (all.length > 2 * MOST_LINES) this.#cut(all.slice(-MOST_LINES));
    });
    return all.slice(-MOST_LINES).toReversed();
  }

  /** Replaces the file with these lines, atomically. */
  #cut(lines: readonly string[]): void {
    const beside = `${this.#path}.${process.pid}`;
    writeFileSync(beside, `${lines.join('\n')}\n`, { mode: MODE });
    renameSync(beside, this.#path);
  }

  #try(act: () => void): void {
    if (this.problem !== undefined) return;
    try {
      act();
    } catch (error) {
      this.problem = `Cannot keep a history: ${(error as Error).message}`;
    }
  }
}
