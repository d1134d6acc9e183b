import { type FileHandle, open } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { QuitMember } from '@proto/scheduler';

const LATENCY_MS = 20;

/** Stands for the client of a database: slow, and one thing after the other. What it has saved is on the disk. */
export class Store implements QuitMember {
  readonly #file: FileHandle;
  #last: Promise<unknown> = Promise.resolve();
  #saved = 0;
  #isOpen = true;

  private constructor(file: FileHandle) {
    this.#file = file;
  }

  static async open(path: string): Promise<Store> {
    return new Store(await open(path, 'a'));
  }

  get saved(): number {
    return this.#saved;
  }

  /** Saves an order, and gives its number. */
  save(order: string): Promise<number> {
    const saving = this.#last.then(async () => {
      if (!this.#isOpen) throw new Error('Cannot save: the store is closed');
      await sleep(LATENCY_MS);
      await this.#file.appendFile(`${JSON.stringify(order)}\n`);
      await this.#file.datasync();
      this.#saved += 1;
      return this.#saved;
    });
    this.#last = saving.catch(() => {});
    return saving;
  }

  /** Closes when everything is saved. */
  async drain(): Promise<void> {
    await this.#last;
    this.#isOpen = false;
    await this.#file.close();
  }

  /** Closes, and saves nothing more. */
  destroy(): void {
    this.#isOpen = false;
    this.#file.close().catch((error: unknown) => console.error(error));
  }
}
