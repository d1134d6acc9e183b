import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('../../src/styles/tokens.css', import.meta.url), 'utf8');
const [light = '', dark = ''] = css.split("[data-theme='dark']");
const themes = { light, dark };

type Theme = keyof typeof themes;

function token(theme: Theme, name: string): string {
  const value = new RegExp(`--${name}: (#[0-9a-f]{6});`).exec(themes[theme])?.[1];
  if (value === undefined) throw new Error(`no --${name} in ${theme}`);
  return value;
}

/** The relative luminance of a colour. Source: WCAG 2.2, "relative luminance". */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

function contrast(one: string, other: string): number {
  const [dim = 0, bright = 0] = [luminance(one), luminance(other)].toSorted((a, b) => a - b);
  return (bright + 0.05) / (dim + 0.05);
}

const SEATS = [1, 2, 3, 4, 5, 6, 7, 8];

/** Text on what lies behind it, wherever that is on the page. */
const PAIRS: readonly (readonly [string, string])[] = [
  ...['paper', 'card', 'well'].flatMap((ground) => ['ink', 'mute'].map((text) => [text, ground] as const)),
  ...['paper', 'card'].flatMap((ground) => ['faint', 'bad'].map((text) => [text, ground] as const)),
  ['bad', 'bad-wash'],
  ['card', 'ink'],
  ...SEATS.flatMap((n) => [
    [`seat-${n}`, 'paper'] as const,
    [`seat-${n}`, 'card'] as const,
    [`seat-${n}`, `wash-${n}`] as const,
    ['on', `seat-${n}`] as const,
    ['ink', `wash-${n}`] as const,
    ['mute', `wash-${n}`] as const,
  ]),
];

test.each(['light', 'dark'] as const)(
  'tokens: in %s every text has a contrast of 4.5 to its ground',
  (theme) => {
    const weak = PAIRS.map(([text, ground]) => ({
      pair: `${text} on ${ground}`,
      ratio: contrast(token(theme, text), token(theme, ground)),
    })).filter(({ ratio }) => ratio < 4.5);
    expect(weak).toEqual([]);
  },
);

test('contrast: black on white is 21, and nothing on itself is 1', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#123456', '#123456')).toBe(1);
});
