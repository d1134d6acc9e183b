import { count } from '@proto/protocol';

/** What was pasted. */
export interface Paste {
  /** The lines that had an end. */
  readonly lines: readonly string[];
  /** What stands behind the last line end. */
  readonly rest: string;
  /** The length of the whole, as UTF-8. */
  readonly bytes: number;
  /** How many control characters were left out of the lines. */
  readonly controls: number;
}

/** What readline takes for the end of a line. */
const LINE_END = /\r\n|[\r\n\u2028\u2029]/;

/** C0 without the tab and the line ends, DEL, and C1. */
const CONTROL = /[^\t\n\r -~\u00a0-\u{10ffff}]/gu;

/** Parts a pasted text into its lines. Tabs are text, and other control characters are left out. */
export function parted(text: string): Paste {
  const printable = text.replace(CONTROL, '');
  const lines = printable.split(LINE_END);
  const rest = lines.pop()!;
  return { lines, rest, bytes: Buffer.byteLength(text), controls: text.length - printable.length };
}

/** What to say of a paste: nothing, if what was pasted is one line as it could have been typed. */
export function pasteNotice({ lines, rest, bytes, controls }: Paste): string | undefined {
  const all = lines.length + (rest === '' ? 0 : 1);
  if (all < 2 && controls === 0) return undefined;
  const open =
    lines.length > 0 && rest !== '' ? '; the last one has no line end: press Enter to send it' : '';
  const left = controls === 0 ? '' : `; ${count(controls, 'control character')} left out`;
  return `pasted ${count(all, 'line')}, ${count(bytes, 'byte')}${open}${left}`;
}
