/** Bytes that have a name of their own. */
const NAMES: Readonly<Record<number, string>> = { 9: 'HT', 10: 'LF', 13: 'CR' };

/** One byte: printable as itself, line ends by their names, anything else in hexadecimal. */
export function Cell({ char }: { char: string }) {
  const code = char.charCodeAt(0);
  const name = NAMES[code];
  if (name !== undefined) return <i class="cell named">{name}</i>;
  if (code === 32) return <i class="cell space">·</i>;
  if (code < 32 || code > 126)
    return <i class="cell hex">{code.toString(16).toUpperCase().padStart(2, '0')}</i>;
  return <i class="cell">{char}</i>;
}
