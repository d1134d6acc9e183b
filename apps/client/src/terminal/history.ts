import { appendFileSync, chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { isContent } from '@proto/protocol';

/** Lines that are kept. */
const MOST_LINES = 1000;

/** The longest line that is kept. In characters. */
const MOST_CHARS = 4096;

/** Readable by its owner only. */
const MODE = 0o600;

/** Where the history lies: where the XDG base directory specification wants state. */
export function historyPath(env: Readonly<Record<string, string | undefined>>, home: string): string {
  const state = env['XDG_STATE_HOME'];
  // The specification: a path that is not absolute is to be ignored.
  const folder = state !== undefined && isAbsolute(state) ? state : join(home, '.local', 'state');
  return join(folder, 'proto-client', 'history');
}

/** Whether a line may be kept: no secret, no novel, nothing that is no text. */
export function isKept(line: string): boolean {
  if (line.trim() === '' || line.length > MOST_CHARS) return false;
  return isContent(line) && !/^\s*\/+auth\b/i.test(line);
}

/**
 * Lines typed, kept over runs in a file.
 *
 * 1. A line is added as soon as it is typed: several clients at once lose nothing of each other's.
 * 2. The last 1,000 lines are given back; a file of more than twice as many is cut to them.
 * 3. No `/auth` line is ever in it, and nobody but its owner can read it.
 * 4. Where the file cannot be read or written, `problem` says why, and there is none but this run's.
 */
export class History {
  readonly #path: string;
  readonly #lines: string[];
  /** Why nothing is kept. */
  problem: string | undefined;

  constructor(path: string) {
    this.#path = path;
    this.#lines = this.#load();
  }

  /** What is kept, the newest first. */
  get lines(): readonly string[] {
    return this.#lines;
  }

  /** Keeps a line, unless it is a secret or the same as the one before. */
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

  /** Puts these lines in the place of the file, at once. */
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
