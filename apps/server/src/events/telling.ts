import type { EventEmitter } from 'node:events';
import type { ServerEvents } from './events.ts';

interface Kept {
  readonly name: keyof ServerEvents;
  readonly event: unknown;
}

/**
 * Tells listeners what has happened. Listening changes nothing: who listens decides whether an event, or an entry, is
 * made, and nothing else. A listener that calls the server finds nothing half done.
 *
 * Errors: what a listener throws is thrown again where nobody catches it, as an `EventTarget` does. The server and the
 *         other listeners continue.
 */
export class Telling {
  readonly #emitter: EventEmitter<ServerEvents>;
  #steps = 0;
  #isTelling = false;
  #kept: Kept[] = [];

  constructor(emitter: EventEmitter<ServerEvents>) {
    this.#emitter = emitter;
  }

  /** Whether anybody listens. If nobody does, the event needn't be created. */
  wants(name: keyof ServerEvents): boolean {
    return this.#emitter.listenerCount(name) > 0;
  }

  /** Takes a step of the server. What is told in it is kept, in order, until the outermost step is done. */
  step<T>(act: () => T): T {
    this.#steps++;
    try {
      return act();
    } finally {
      this.#steps--;
      if (this.#kept.length > 0) this.#tellKept();
    }
  }

  tell<Name extends keyof ServerEvents>(name: Name, event: ServerEvents[Name][0]): void {
    if (!this.wants(name)) return;
    this.#kept.push({ name, event });
    this.#tellKept();
  }

  /** What comes up meanwhile, because a listener called the server, is told behind what was there before. */
  #tellKept(): void {
    if (this.#steps > 0 || this.#isTelling) return;
    this.#isTelling = true;
    while (this.#kept.length > 0) {
      const kept = this.#kept;
      this.#kept = [];
      for (const each of kept) this.#call(each);
    }
    this.#isTelling = false;
  }

  #call({ name, event }: Kept): void {
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
