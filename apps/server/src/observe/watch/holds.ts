import type { Server } from '../../server.ts';
import { MOST_ROOMS } from '@proto/watch';

/** The rooms whose turns one watcher holds. They go on when it's gone. */
export class Holds {
  readonly #server: Pick<Server, 'hold'>;
  readonly #rooms = new Set<string>();

  constructor(server: Pick<Server, 'hold'>) {
    this.#server = server;
  }

  /** Holds the turns of a room, or lets them go on. Beyond 64 rooms, nothing happens. */
  set(room: string, on: boolean): void {
    if (on && this.#rooms.size >= MOST_ROOMS) return;
    if (on) this.#rooms.add(room);
    else this.#rooms.delete(room);
    this.#server.hold(room, on);
  }

  /** The watcher is gone. */
  release(): void {
    for (const room of this.#rooms) this.#server.hold(room, false);
    this.#rooms.clear();
  }
}
