/**
 * A line on stderr that says what is being done and how far it is. On a terminal it is updated in place and erased at
 * the end. Elsewhere each step prints a line when it starts and one at each quarter.
 */
export function progress(stream = process.stderr) {
  const isTerminal = stream.isTTY && process.env.TERM !== 'dumb';
  let said = '';

  /** Off a terminal, skips a text whose key was printed last. */
  const write = (key, text) => {
    if (isTerminal) stream.write(`\r${text.slice(0, (stream.columns || 80) - 1)}\u001b[K`);
    else if (key !== said) stream.write(`${text}\n`);
    said = key;
  };

  return {
    /** Says what a step does, such as `2/3 building`. */
    begin: (what) => write(what, `${what} ...`),
    /** Says how far the step is. */
    count: (what, done, total) => {
      const quarter = Math.floor((4 * done) / total);
      if (done > 0)
        write(quarter === 0 ? what : `${what} ${quarter}`, `${what}: ${done} of ${total} packages`);
    },
    end: () => isTerminal && stream.write('\r\u001b[K'),
  };
}
