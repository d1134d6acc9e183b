interface Rest {
  readonly client: number;
  readonly since: number;
  readonly timer: NodeJS.Timeout | undefined;
}

/** How long each room has rested on one client, and says when it is for too long. */
export class TurnDeadlines {
  readonly #ms: number | 'never';
  readonly #onPassed: (client: number) => void;
  readonly #rests = new Map<string, Rest>();

  constructor(ms: number | 'never', onPassed: (client: number) => void) {
    this.#ms = ms;
    this.#onPassed = onPassed;
  }

  /** Some room rests on a client. */
  get isWaiting(): boolean {
    return this.#rests.size > 0;
  }

  /** The room rests on `client` from now on. */
  start(room: string, client: number): void {
    this.stop(room);
    const timer = this.#ms === 'never' ? undefined : setTimeout(() => this.#onPassed(client), this.#ms);
    this.#rests.set(room, { client, since: performance.now(), timer });
  }

  /** The turn of `client` is over. Gives how long the room rested on it, in ms, if it did. */
  over(room: string, client: number): number | undefined {
    const rest = this.#rests.get(room);
    if (rest?.client !== client) return undefined;
    this.stop(room);
    return performance.now() - rest.since;
  }

  /** The room is gone, or waits for nobody any more. */
  stop(room: string): void {
    clearTimeout(this.#rests.get(room)?.timer);
    this.#rests.delete(room);
  }

  stopAll(): void {
    for (const room of this.#rests.keys()) this.stop(room);
  }
}
