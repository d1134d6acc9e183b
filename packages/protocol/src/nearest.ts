/** How many typing errors still make a likely word: letters inserted, left out or changed, or two that changed places. */
const MAX_ERRORS = 3;

/**
 * For a written word that isn't one of these: ` Did you mean WORD?` if one of them is likely, otherwise nothing. The
 * common prefix of the words doesn't count. What is written may be of any length.
 *
 * @example
 * ```ts
 * import { nearest } from '@proto/protocol';
 *
 * console.log(`No such flag.${nearest('--clinets', ['--clients', '--lines'], '--')}`); // No such flag. Did you mean --clients?
 * ```
 */
export function nearest(written: string, words: readonly string[], prefix = ''): string {
  const name = written.slice(prefix.length);
  let best: string | undefined;
  let fewest = Math.min(MAX_ERRORS, Math.floor(name.length / 3)) + 1;
  for (const word of words) {
    const rest = word.slice(prefix.length);
    const errors = name.length >= 6 && rest.startsWith(name) ? 1 : errorsBetween(name, rest, fewest);
    if (errors >= fewest) continue;
    best = word;
    fewest = errors;
  }
  return best === undefined ? '' : ` Did you mean ${best}?`;
}

/** The optimal string alignment distance; `enough` if it is at least that by the lengths alone. */
function errorsBetween(a: string, b: string, enough: number): number {
  if (Math.abs(a.length - b.length) >= enough) return enough;
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const changed = row[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      const swapped = a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1] ? before[j - 2]! + 1 : Infinity;
      next.push(Math.min(changed, swapped, row[j]! + 1, next[j - 1]! + 1));
    }
    [before, row] = [row, next];
  }
  return row[b.length]!;
}
