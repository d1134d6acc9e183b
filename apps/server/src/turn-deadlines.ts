/** Says of each room that it has rested on one client for too long. */
export class TurnDeadlines {
  readonly #ms: number | 'never';
  readonly #onPassed: (client: number) => void;
  readonly #timers = new Map<string, NodeJS.Timeout>();

  constructor(ms: number | 'never', onPassed: (client: number) => void) {
    this.#ms = ms;
    this.#onPassed = onPassed;
  }

  /** The room rests on `client` from now on. */
  start(room: string, client: number): void {
    if (this.#ms === 'never') return;
    clearTimeout(this.#timers.get(room));
    const pass = (): void => {
      this.#timers.delete(room);
      this.#onPassed(client);
    };
    this.#timers.set(room, setTimeout(pass, this.#ms));
  }

  /** The room is gone. */
  stop(room: string): void {
    clearTimeout(this.#timers.get(room));
    this.#timers.delete(room);
  }

  stopAll(): void {
    for (const room of this.#timers.keys()) this.stop(room);
  }
}
