/**
 * A line on stderr that says what is being done and how far it is. On a terminal it is updated in place and erased at
 * the end. If the terminal can't do that (TERM=dumb), each step prints a line when it starts and one at each quarter.
 * Elsewhere nothing is printed: a pipe or a file gets what the program says, and nothing of how it was built.
 */
export function progress(stream = process.stderr) {
  const canErase = process.env.TERM !== 'dumb';
  let said = '';

  /** Where it can't be erased, skips a text whose key was printed last. */
  const write = (key, text) => {
    if (!stream.isTTY) return;
    if (canErase) stream.write(`\r${text.slice(0, (stream.columns || 80) - 1)}\u001b[K`);
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
    end: () => stream.isTTY && canErase && stream.write('\r\u001b[K'),
  };
}
