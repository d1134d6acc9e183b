import type { Interface } from 'node:readline';
import type { Keyboard } from './keyboard.ts';
import type { Screen } from './screen.ts';

/** What a suspension needs. */
export interface SuspensionParts {
  readonly readline: Interface;
  readonly input: Pick<Keyboard, 'setRawMode' | 'lose'>;
  readonly screen: Pick<Screen, 'park' | 'restart'>;
}

/**
 * Ctrl-Z: gives the terminal back to the shell, and takes it again when the shell continues this process.
 *
 * 1. It stops the whole process group, as the terminal itself does on Ctrl-Z. Otherwise whatever started this process
 *    (npm, a script) keeps waiting for it, and the shell never comes back.
 * 2. A group that nobody could continue is not stopped by the system: the program goes on at once.
 * 3. It also takes the terminal again after a stop it did not see coming (SIGSTOP).
 * 4. The terminal may have another size by then. Only processes in the foreground are told of that, so it looks.
 * 5. Continued in the background it stops again (SIGTTOU), and reads and draws nothing until it is in the foreground.
 */
export class Suspension {
  readonly #parts: SuspensionParts;
  #due: NodeJS.Immediate | undefined;
  #resuming: NodeJS.Immediate | undefined;
  #isDrawn = false;
  #isOver = false;

  constructor(parts: SuspensionParts) {
    this.#parts = parts;
  }

  /** Watches for it until the readline is closed. */
  start(): void {
    const { readline } = this.#parts;
    // With this listener readline leaves Ctrl-Z to us: on its own it stops one process, and stays paused afterwards.
    readline.on('SIGTSTP', this.#suspendSoon);
    process.on('SIGTSTP', this.#suspendSoon);
    process.on('SIGCONT', this.#resumeSoon);
    readline.once('close', () => {
      this.stop();
      process.off('SIGCONT', this.#resumeSoon);
    });
  }

  /** Takes the terminal no more. If this process was stopped until now, the terminal is somebody else's. */
  stop(): void {
    this.#isOver = true;
    clearImmediate(this.#due);
    process.off('SIGTSTP', this.#suspendSoon);
    if (this.#resuming === undefined) return;
    clearImmediate(this.#resuming);
    this.#parts.input.lose();
  }

  /** Only once for keys that were read together. */
  readonly #suspendSoon = (): void => {
    this.#due ??= setImmediate(() => this.#suspend());
  };

  #suspend(): void {
    const { input, screen } = this.#parts;
    this.#due = undefined;
    screen.park();
    input.setRawMode(false);
    // Only a process that does not handle the signal is stopped by it.
    process.off('SIGTSTP', this.#suspendSoon);
    // 0 is the process group. The call returns when this process has been continued.
    process.kill(0, 'SIGTSTP');
    process.on('SIGTSTP', this.#suspendSoon);
    this.#resumeSoon();
  }

  /** Not before a signal that came with SIGCONT has been heard: `kill` of a shell sends both, and so does a hang-up. */
  readonly #resumeSoon = (): void => {
    if (this.#isOver) this.#parts.input.lose();
    else this.#resuming ??= setImmediate(() => this.#resume());
  };

  #resume(): void {
    this.#resuming = undefined;
    const { input, screen } = this.#parts;
    // Off first: the terminal may have been changed behind our back, and Node skips what it believes to be so already.
    input.setRawMode(false);
    input.setRawMode(true);
    if (this.#isDrawn) return;
    this.#isDrawn = true;
    // Continued before it was stopped: the shell has given it the terminal again.
    clearImmediate(this.#due);
    this.#due = undefined;
    screen.restart();
    // The SIGCONTs that have come until now are seen in the next pass of the event loop. They need no second drawing.
    setImmediate(() => setImmediate(() => (this.#isDrawn = false)));
  }
}
