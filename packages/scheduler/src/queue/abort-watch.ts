/**
 * Who must be told of an abort. One listener for each signal, however many wait for it: Node warns of a leak at the
 * eleventh, and takes time in proportion to remove one.
 */
export class AbortWatch<Waiter> {
  readonly #told: (waiter: Waiter, signal: AbortSignal) => void;
  readonly #watched = new Map<AbortSignal, { waiters: Set<Waiter>; listener: () => void }>();

  constructor(told: (waiter: Waiter, signal: AbortSignal) => void) {
    this.#told = told;
  }

  add(signal: AbortSignal, waiter: Waiter): void {
    const watched = this.#watched.get(signal);
    if (watched !== undefined) {
      watched.waiters.add(waiter);
      return;
    }
    const waiters = new Set([waiter]);
    const listener = (): void => {
      for (const each of waiters) this.#told(each, signal);
    };
    signal.addEventListener('abort', listener);
    this.#watched.set(signal, { waiters, listener });
  }

  remove(signal: AbortSignal, waiter: Waiter): void {
    const watched = this.#watched.get(signal);
    watched?.waiters.delete(waiter);
    if (watched?.waiters.size !== 0) return;
    signal.removeEventListener('abort', watched.listener);
    this.#watched.delete(signal);
  }
}
