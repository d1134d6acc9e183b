/**
 * Tells a reader of a log something. What it throws is a mistake, and ends the process as an uncaught error: the client of an engine,
 * which may be the caller, catches everything.
 *
 * Returns whether the reader can be told more.
 */
export function tell(act: () => void): boolean {
  try {
    act();
    return true;
  } catch (error) {
    queueMicrotask(() => {
      throw error;
    });
    return false;
  }
}
