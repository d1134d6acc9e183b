/** The characters of a plot. */
export interface Charset {
  /** Bars that grow to the right, by eighths or whole ones. The last is full. */
  readonly bar: readonly string[];
  /** Columns that grow upwards. The last is full. */
  readonly column: readonly string[];
  readonly axis: string;
  readonly corner: string;
  readonly base: string;
}

/** Block elements, for terminals with UTF-8. */
export const BLOCKS: Charset = {
  bar: ['▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'],
  column: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
  axis: '│',
  corner: '└',
  base: '─',
};

/** For every other terminal. */
export const ASCII: Charset = { bar: ['#'], column: ['.', ':', '#'], axis: '|', corner: '+', base: '-' };

/** Whether a terminal of this environment shows UTF-8, as POSIX names it: the first of three variables that is set. */
export function isUtf8(environment: Readonly<Record<string, string | undefined>>, platform: string): boolean {
  if (platform === 'win32') return true;
  const locale = environment['LC_ALL'] || environment['LC_CTYPE'] || environment['LANG'] || '';
  return /utf-?8/i.test(locale);
}

/** One row of a bar chart. */
export interface Bar {
  readonly label: string;
  readonly value: number;
  /** The value as text. */
  readonly text: string;
}

/** Columns that a bar must have, or none is drawn. */
const LEAST_BAR = 4;

/** A chart of bars to the right, in rows of at most this many columns. */
export function barRows(bars: readonly Bar[], columns: number, { bar, axis }: Charset): string[] {
  const most = Math.max(...bars.map(({ value }) => value));
  const labels = Math.max(...bars.map(({ label }) => label.length));
  const texts = Math.max(...bars.map(({ text }) => text.length));
  const width = columns - labels - texts - ' '.length * 2 - axis.length;
  return bars.map(({ label, value, text }) => {
    const drawn = width < LEAST_BAR ? '' : barOf(value / most, width, bar).padEnd(width);
    return `${label.padStart(labels)} ${axis}${drawn} ${text.padStart(texts)}`.slice(0, columns);
  });
}

/** A bar that is this long, as a fraction of the width. What isn't nothing is seen. */
function barOf(fraction: number, width: number, parts: readonly string[]): string {
  const units = Math.round(fraction * width * parts.length);
  const drawn = fraction > 0 ? Math.max(1, units) : 0;
  const full = Math.floor(drawn / parts.length);
  return parts.at(-1)!.repeat(full) + (parts[(drawn % parts.length) - 1] ?? '');
}

/** What a chart over time shows. */
export interface Course {
  /** In order, one for each part of the time; `null`: none. */
  readonly values: readonly (number | null)[];
  /** The largest value as text, for the top of the axis. */
  readonly top: string;
  /** What stands below the beginning and the end. */
  readonly ends: readonly [string, string];
}

/** A chart of columns, `height` rows high and `columns` wide. */
export function columnRows(
  { values, top, ends }: Course,
  {
    columns,
    height,
    charset,
  }: { readonly columns: number; readonly height: number; readonly charset: Charset },
): string[] {
  const { column: parts, axis, corner, base } = charset;
  const labels = top.length;
  const width = Math.max(1, columns - labels - ' '.length - axis.length);
  const most = Math.max(...values.map((value) => value ?? 0));
  const heights = Array.from({ length: width }, (_, column) => {
    const value = values[Math.floor((column * values.length) / width)] ?? 0;
    return value > 0 ? Math.max(1, Math.round((value / most) * height * parts.length)) : 0;
  });
  const rows = Array.from({ length: height }, (_, index) => {
    const below = (height - 1 - index) * parts.length;
    const drawn = heights.map((units) => parts[Math.min(parts.length, units - below) - 1] ?? ' ').join('');
    return `${(index === 0 ? top : '').padStart(labels)} ${axis}${drawn}`.trimEnd();
  });
  const [begin, end] = ends;
  return [
    ...rows,
    `${'0'.padStart(labels)} ${corner}${base.repeat(width)}`,
    `${' '.repeat(labels + 2)}${begin}${end.padStart(width - begin.length)}`,
  ].map((row) => row.slice(0, columns));
}
