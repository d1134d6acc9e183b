/** How many typing errors still make a likely word: letters inserted, left out or changed. */
const MAX_ERRORS = 3;

/**
 * ` Did you mean WORD?` if one of the words is likely, otherwise nothing. The common prefix of the words doesn't count.
 */
export function nearest(written: string, words: readonly string[], prefix = ''): string {
  const name = written.slice(prefix.length);
  let best: string | undefined;
  let fewest = Math.min(MAX_ERRORS, Math.floor(name.length / 3)) + 1;
  for (const word of words) {
    const rest = word.slice(prefix.length);
    const errors = name.length >= 6 && rest.startsWith(name) ? 1 : distance(name, rest);
    if (errors >= fewest) continue;
    best = word;
    fewest = errors;
  }
  return best === undefined ? '' : ` Did you mean ${best}?`;
}

/** Levenshtein's distance. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      next.push(Math.min(changed, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1));
    }
    row = next;
  }
  return row[b.length] ?? 0;
}
