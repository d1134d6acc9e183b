interface Waiter {
  readonly holds: () => boolean;
  readonly resolve: () => void;
}

/** Who waits until something holds. */
export class Conditions {
  #waiters: Waiter[] = [];

  /** Resolves once this holds: now, or when `look` finds it so. */
  until(holds: () => boolean): Promise<void> {
    if (holds()) return Promise.resolve();
    return new Promise((resolve) => void this.#waiters.push({ holds, resolve }));
  }

  /** Something has changed. */
  look(): void {
    if (this.#waiters.length === 0) return;
    this.#waiters = this.#waiters.filter(({ holds, resolve }) => {
      const isDone = holds();
      if (isDone) resolve();
      return !isDone;
    });
  }

  /** Resolves all, whether it holds or not. */
  end(): void {
    for (const { resolve } of this.#waiters.splice(0)) resolve();
  }
}
