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

  stop(): void {
    for (const timer of this.#timers.values()) clearTimeout(timer);
    this.#timers.clear();
  }
}
