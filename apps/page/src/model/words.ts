/** A time in words: `0.4 s`, `12 s`, `3 min`. Tenths below ten seconds. */
export function seconds(ms: number): string {
  if (ms < 9_950) return `${(ms / 1_000).toFixed(1)} s`;
  if (ms < 99_500) return `${Math.round(ms / 1_000)} s`;
  return `${Math.round(ms / 60_000)} min`;
}

/** A number with its noun: `1 line`, `1,200 lines`. */
export function count(n: number, noun: string): string {
  return `${n.toLocaleString('en')} ${noun}${n === 1 ? '' : 's'}`;
}

/** A number of bytes: `512 B`, `1.5 KiB`, `40 MiB`. */
export function size(bytes: number): string {
  if (bytes < 1_024) return `${bytes} B`;
  const kib = bytes / 1_024;
  if (kib < 1_024) return `${kib.toFixed(kib < 10 ? 1 : 0)} KiB`;
  const mib = kib / 1_024;
  return `${mib.toFixed(mib < 10 ? 1 : 0)} MiB`;
}

/** Text of a peer on one line: anything but printable ASCII becomes a dot, and at most `most` characters are shown. */
export function shown(text: string, most = 24): string {
  const cut = text.length > most ? `${text.slice(0, most - 1)}…` : text;
  return cut.replaceAll(/[^\u0020-\u007e…]/g, '·');
}

/** Text of a peer in quotation marks. */
export function quoted(text: string, most?: number): string {
  return `“${shown(text, most)}”`;
}

/** `1st`, `2nd`, `3rd`, `4th`. */
export function ordinal(n: number): string {
  const tens = n % 100;
  const suffix = tens > 10 && tens < 14 ? 'th' : (['th', 'st', 'nd', 'rd'][n % 10] ?? 'th');
  return `${n}${suffix}`;
}

/** A list in words: `a`, `a and b`, `a, b and c`. */
export function listed(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}

/** A sentence with only the first digit and the length of numbers that grow while nothing else happens. */
export function gist(sentence: string): string {
  return sentence.replaceAll(/[\d,.]+(?= (?:s|lines?|clients|bytes|.iB)\b)/g, (n) => `${n[0]}${n.length}`);
}
