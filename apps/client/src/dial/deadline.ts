/**
 * Calls `late` after `ms`, once everything that arrived by then has been read. Returns a function that cancels it.
 *
 * A process that was stopped (Ctrl-Z) and continued finds its timers due before it has read anything. What the server
 * sent in time would then count as late.
 */
export function deadline(ms: number, late: () => void): () => void {
  let pass: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    // Timers run before the sockets are read; this runs after.
    pass = setImmediate(late);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(pass);
  };
}
