import { unusable } from '../bounds.ts';

interface Watch<Waiter> {
  readonly waiters: Set<Waiter>;
  readonly listener: () => void;
}

/**
 * Who has to be told of an abort. It adds one listener per signal, no matter how many wait for it: Node warns of a leak
 * at the eleventh, and removing one takes time in proportion to their number.
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
      // A signal that isn't the platform's may throw. Its listener finds nobody to tell.
    }
  }

  #watch(signal: AbortSignal): Watch<Waiter> {
    const waiters = new Set<Waiter>();
    // Ask the signal, never the event: Node clears the event's `currentTarget` after its first listener.
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

/** Whether a signal is aborted. A signal that isn't the platform's may throw, and then counts as aborted. */
export function isAborted(signal: AbortSignal): boolean {
  try {
    return signal.aborted;
  } catch {
    return true;
  }
}

/** Why a signal is aborted, or what it throws when asked. */
export function reasonOf(signal: AbortSignal): unknown {
  try {
    return signal.reason;
  } catch (error) {
    return error;
  }
}

/** Errors: `TypeError` for something else than a signal. */
export function signalFrom(signal: AbortSignal | undefined): AbortSignal | undefined {
  if (signal === undefined || isSignal(signal)) return signal;
  throw unusable('signal', signal, 'an AbortSignal, such as controller.signal');
}

/** Whether a value can be used as an AbortSignal: from this realm, another one, or a library. */
function isSignal(value: unknown): value is AbortSignal {
  const { aborted, addEventListener, removeEventListener } = (value ?? {}) as Partial<AbortSignal>;
  return (
    typeof aborted === 'boolean' &&
    typeof addEventListener === 'function' &&
    typeof removeEventListener === 'function'
  );
}
