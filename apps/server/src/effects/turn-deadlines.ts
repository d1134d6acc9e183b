import type { Clock } from '@proto/scheduler';

interface Rest {
  readonly client: number;
  readonly since: number;
  readonly callOff: (() => void) | undefined;
}

/** How long each room has waited for its client. Reports when that is too long. */
export class TurnDeadlines {
  readonly #ms: number | 'never';
  readonly #clock: Clock;
  readonly #onPassed: (client: number, turn: number) => boolean;
  readonly #rests = new Map<string, Rest>();
  /** From now on nobody is waited for. */
  #isOver = false;

  /** `onPassed`: the time of a client is over. False: it gets as much again. */
  constructor(ms: number | 'never', clock: Clock, onPassed: (client: number, turn: number) => boolean) {
    this.#ms = ms;
    this.#clock = clock;
    this.#onPassed = onPassed;
  }

  /** Whether some room waits for a client. */
  get isWaiting(): boolean {
    return this.#rests.size > 0;
  }

  /** From now on, the room waits for `client`, in the turn with this number. */
  start(room: string, client: number, turn: number): void {
    this.stop(room);
    if (!this.#isOver) this.#wait(room, client, turn, this.#clock.now());
  }

  /** The turn of `client` is over. Returns how long the room waited for it, in ms, if it did. */
  over(room: string, client: number): number | undefined {
    const rest = this.#rests.get(room);
    if (rest?.client !== client) return undefined;
    this.stop(room);
    return this.#clock.now() - rest.since;
  }

  /** How long a room has waited for its client, in ms, if it waits. */
  waitedMs(room: string): number | undefined {
    const rest = this.#rests.get(room);
    return rest && this.#clock.now() - rest.since;
  }

  /** The room is gone, or no longer waits for anybody. */
  stop(room: string): void {
    this.#rests.get(room)?.callOff?.();
    this.#rests.delete(room);
  }

  /** The server closes. If it shares its rooms, they go on, and may wait for others. */
  close(): void {
    this.#isOver = true;
    for (const room of this.#rests.keys()) this.stop(room);
  }

  #wait(room: string, client: number, turn: number, since: number): void {
    const passed = (): void => {
      if (!this.#onPassed(client, turn)) this.#wait(room, client, turn, since);
    };
    const callOff = this.#ms === 'never' ? undefined : this.#clock.setTimeout(passed, this.#ms);
    this.#rests.set(room, { client, since, callOff });
  }
}
