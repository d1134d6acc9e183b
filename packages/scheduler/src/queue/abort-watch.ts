/**
 * Who must be told of an abort. One listener for each signal, however many wait for it: Node warns of a leak at the
 * eleventh, and takes time in proportion to remove one.
 */
export class AbortWatch<Waiter> {
  readonly #told: (waiter: Waiter, signal: AbortSignal) => void;
  readonly #watched = new Map<AbortSignal, Set<Waiter>>();

  constructor(told: (waiter: Waiter, signal: AbortSignal) => void) {
    this.#told = told;
  }

  add(signal: AbortSignal, waiter: Waiter): void {
    let waiters = this.#watched.get(signal);
    if (waiters === undefined) {
      waiters = new Set();
      this.#watched.set(signal, waiters);
      signal.addEventListener('abort', this.#listener);
    }
    waiters.add(waiter);
  }

  remove(signal: AbortSignal, waiter: Waiter): void {
    const waiters = this.#watched.get(signal);
    waiters?.delete(waiter);
    if (waiters?.size !== 0) return;
    signal.removeEventListener('abort', this.#listener);
    this.#watched.delete(signal);
  }

  readonly #listener = ({ currentTarget }: Event): void => {
    const signal = currentTarget as AbortSignal;
    for (const waiter of this.#watched.get(signal) ?? []) this.#told(waiter, signal);
  };
}
