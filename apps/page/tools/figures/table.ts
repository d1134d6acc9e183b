/** One figure beside what is asked of it. */
export interface Row {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly asked?: { readonly is: 'at most' | 'at least'; readonly value: number };
  /** What else was seen. */
  readonly seen?: string;
}

/** Whether a figure is as it should be. */
export function isReached({ value, asked }: Row): boolean {
  if (asked === undefined) return true;
  return asked.is === 'at most' ? value <= asked.value : value >= asked.value;
}

const WIDTHS = [38, 14, 18, 6, 0];

/** A row as text, in columns. */
export function printed(row: Row): string {
  const { name, value, unit, asked, seen = '' } = row;
  return columns([
    name,
    `${rounded(value)} ${unit}`,
    asked === undefined ? 'nothing' : `${asked.is} ${rounded(asked.value)}`,
    asked === undefined ? '' : isReached(row) ? 'ok' : 'short',
    seen,
  ]);
}

/** The names of the columns. */
export const HEAD: string = columns(['figure', 'measured', 'asked for', '', 'seen']);

function columns(texts: readonly string[]): string {
  return texts
    .map((text, i) => text.padEnd(WIDTHS[i] ?? 0))
    .join(' ')
    .trimEnd();
}

function rounded(value: number): string {
  return value >= 100 ? Math.round(value).toLocaleString('en') : value.toFixed(1);
}
