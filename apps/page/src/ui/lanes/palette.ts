/** The colours of the page, in the form a canvas needs. */
export interface Palette {
  readonly seats: readonly string[];
  readonly washes: readonly string[];
  readonly ink: string;
  readonly mute: string;
  readonly faint: string;
  readonly draw: string;
  readonly hair: string;
  readonly card: string;
  readonly bad: string;
}

const EIGHT = [1, 2, 3, 4, 5, 6, 7, 8];
let known: { readonly theme: string; readonly palette: Palette } | undefined;

/** Reads the tokens of the current theme. */
export function paletteOf(theme: string): Palette {
  if (known?.theme === theme) return known.palette;
  const style = getComputedStyle(document.documentElement);
  const token = (name: string): string => style.getPropertyValue(`--${name}`).trim();
  const palette = {
    seats: EIGHT.map((n) => token(`seat-${n}`)),
    washes: EIGHT.map((n) => token(`wash-${n}`)),
    ink: token('ink'),
    mute: token('mute'),
    faint: token('faint'),
    draw: token('draw'),
    hair: token('hair'),
    card: token('card'),
    bad: token('bad'),
  };
  known = { theme, palette };
  return palette;
}
