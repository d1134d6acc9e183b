import type { EventEmitter } from 'node:events';
import type { ServerEvents } from './events.ts';

/**
 * Tells listeners what has happened. Listening changes nothing: no part of the server asks who listens before it
 * decides what to do.
 *
 * Errors: what a listener throws is thrown again where nobody catches it, as an `EventTarget` does. The server and the
 *         other listeners continue.
 */
export class Telling {
  readonly #emitter: EventEmitter<ServerEvents>;

  constructor(emitter: EventEmitter<ServerEvents>) {
    this.#emitter = emitter;
  }

  /** Whether anybody listens. If nobody does, the event needn't be created. */
  wants(name: keyof ServerEvents): boolean {
    return this.#emitter.listenerCount(name) > 0;
  }

  tell<Name extends keyof ServerEvents>(name: Name, event: ServerEvents[Name][0]): void {
    if (!this.wants(name)) return;
    for (const listener of this.#emitter.rawListeners(name)) {
      try {
        Reflect.apply(listener, this.#emitter, [event]);
      } catch (error) {
        queueMicrotask(() => {
          throw error;
        });
      }
    }
  }
}
