/**
 * Calls `late` after so many ms, once everything that has arrived by then has been read; gives what calls it off.
 *
 * A process that was stopped (Ctrl-Z) and continued finds its timers due before it has read anything. What the server
 * sent in time would count as late.
 */
export function deadline(ms: number, late: () => void): () => void {
  let pass: NodeJS.Immediate | undefined;
  const timer = setTimeout(() => {
    // Timers run before the sockets are read, this after.
    pass = setImmediate(late);
  }, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(pass);
  };
}
