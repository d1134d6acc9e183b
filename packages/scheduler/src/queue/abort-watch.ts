interface Watch<Waiter> {
  readonly waiters: Set<Waiter>;
  readonly listener: () => void;
}

/**
 * Who must be told of an abort. One listener for each signal, however many wait for it: Node warns of a leak at the
 * eleventh, and takes time in proportion to remove one.
 */
export class AbortWatch<Waiter> {
  readonly #told: (waiter: Waiter, signal: AbortSignal) => void;
  readonly #watched = new Map<AbortSignal, Watch<Waiter>>();

  constructor(told: (waiter: Waiter, signal: AbortSignal) => void) {
    this.#told = told;
  }

  add(signal: AbortSignal, waiter: Waiter): void {
    const { waiters } = this.#watched.get(signal) ?? this.#watch(signal);
    waiters.add(waiter);
  }

  remove(signal: AbortSignal, waiter: Waiter): void {
    const watch = this.#watched.get(signal);
    watch?.waiters.delete(waiter);
    if (watch?.waiters.size !== 0) return;
    this.#watched.delete(signal);
    try {
      signal.removeEventListener('abort', watch.listener);
    } catch {
      // A signal that is not the platform's may throw. Its listener finds nobody to tell.
    }
  }

  #watch(signal: AbortSignal): Watch<Waiter> {
    const waiters = new Set<Waiter>();
    // The signal is asked, never the event: Node empties the event's `currentTarget` after its first listener.
    const listener = (): void => {
      if (!isAborted(signal)) return;
      for (const waiter of waiters) this.#told(waiter, signal);
    };
    signal.addEventListener('abort', listener);
    const watch = { waiters, listener };
    this.#watched.set(signal, watch);
    return watch;
  }
}

/** Says whether a signal is aborted. One that is not the platform's may throw, and is then as good as aborted. */
export function isAborted(signal: AbortSignal): boolean {
  try {
    return signal.aborted;
  } catch {
    return true;
  }
}

/** Why a signal is aborted, or what it throws when it is asked. */
export function reasonOf(signal: AbortSignal): unknown {
  try {
    return signal.reason;
  } catch (error) {
    return error;
  }
}

/** Says whether a value can be used as an AbortSignal: this realm's, another's, or one of a library. */
export function isSignal(value: unknown): value is AbortSignal {
  const { aborted, addEventListener, removeEventListener } = (value ?? {}) as Partial<AbortSignal>;
  return (
    typeof aborted === 'boolean' &&
    typeof addEventListener === 'function' &&
    typeof removeEventListener === 'function'
  );
}
