import type { ServerEvents } from '../events/events.ts';
import type { Telling } from '../events/telling.ts';
import { OptionError } from '../options/options.ts';

type What = ServerEvents['reload'][0]['what'];

/**
 * Reloads files, one after the other, and reports them. A file that can't be used causes a warning, and the old one
 * stays.
 */
export async function reload(
  readers: readonly (() => Promise<What | undefined> | undefined)[],
  telling: Telling,
): Promise<void> {
  let isTold = false;
  for (const read of readers) {
    try {
      const what = await read();
      if (what === undefined) continue;
      isTold = true;
      telling.tell('reload', { what });
    } catch (error) {
      if (!(error instanceof OptionError)) throw error;
      isTold = true;
      telling.tell('warning', { text: `Cannot take the new ${error.key} ${error.state}. The old one stays` });
    }
  }
  if (!isTold) telling.tell('reload', { what: 'nothing' });
}

/** Reloads one after the other. Calls while one is underway share the next. */
export class Reloads {
  readonly #reload: () => Promise<void>;
  #underway: Promise<void> = Promise.resolve();
  #next: Promise<void> | undefined;

  constructor(act: () => Promise<void>) {
    this.#reload = act;
  }

  /** Settles when files have been read after this call. Errors: those of `act`. */
  run(): Promise<void> {
    this.#next ??= this.#underway.then(() => {
      this.#next = undefined;
      const reloaded = this.#reload();
      this.#underway = reloaded.catch(() => {});
      return reloaded;
    });
    return this.#next;
  }
}
