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

type Three = readonly [number, number, number];

/** A row of three numbers times another. */
function dot(row: Three, [x, y, z]: Three): number {
  return row[0] * x + row[1] * y + row[2] * z;
}

/** A colour as linear light. Source: WCAG 2.2, "relative luminance". */
function linear(colour: string): Three {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5]
    .map((at) => Number.parseInt(colour.slice(at, at + 2), 16) / 255)
    .map((part) => (part <= 0.040_45 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4));
  return [red, green, blue];
}

function hex(parts: readonly number[]): string {
  return `#${parts
    .map((part) => Math.min(1, Math.max(0, part)))
    .map((part) => (part <= 0.003_130_8 ? part * 12.92 : 1.055 * part ** (1 / 2.4) - 0.055))
    .map((part) =>
      Math.round(part * 255)
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`;
}

/** `color-mix(in oklab, one, other share)`. Source: CSS Color 4, "Converting Oklab". */
function mix(one: string, other: string, share: number): string {
  const [a, b] = [one, other].map((colour) => {
    const rgb = linear(colour);
    return [
      Math.cbrt(dot([0.412_221_470_8, 0.536_332_536_3, 0.051_445_992_9], rgb)),
      Math.cbrt(dot([0.211_903_498_2, 0.680_699_545_1, 0.107_396_956_6], rgb)),
      Math.cbrt(dot([0.088_302_461_9, 0.281_718_837_6, 0.629_978_700_5], rgb)),
    ];
  });
  // Oklab is linear in these roots, so they can be mixed without it.
  const [l = 0, m = 0, s = 0] = a!.map((part, i) => (part * (1 - share) + b![i]! * share) ** 3);
  return hex([
    dot([4.076_741_662_1, -3.307_711_591_3, 0.230_969_929_2], [l, m, s]),
    dot([-1.268_438_004_6, 2.609_757_401_1, -0.341_319_396_5], [l, m, s]),
    dot([-0.004_196_086_3, -0.703_418_614_7, 1.707_614_701], [l, m, s]),
  ]);
}

/** A colour with this opacity over a ground. */
function faded(colour: string, ground: string, opacity: number): string {
  const parts = [1, 3, 5].map((at) => {
    const [over = 0, under = 0] = [colour, ground].map((one) => Number.parseInt(one.slice(at, at + 2), 16));
    return Math.round(over * opacity + under * (1 - opacity));
  });
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`;
}

/** The relative luminance of a colour. Source: WCAG 2.2, "relative luminance". */
function luminance(colour: string): number {
  return dot([0.2126, 0.7152, 0.0722], linear(colour));
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
  ...['ink', 'bad'].map((ground) => ['card', ground] as const),
  ['bad', 'well'],
  ...SEATS.flatMap((n) => [
    [`seat-${n}`, 'paper'] as const,
    [`seat-${n}`, 'card'] as const,
    [`seat-${n}`, 'well'] as const,
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

test.each(['light', 'dark'] as const)(
  'tokens: in %s bytes have a contrast of 4.5 to their pills, also to every second one and to one that is lit',
  (theme) => {
    const weak = SEATS.flatMap((n) => {
      const [seat, wash, ink] = [`seat-${n}`, `wash-${n}`, 'ink'].map((name) => token(theme, name));
      const texts = { ink: ink!, named: mix(seat!, ink!, 0.6) };
      const grounds = {
        plain: wash!,
        odd: mix(wash!, seat!, 0.16),
        lit: mix(wash!, seat!, 0.34),
        bar: faded(seat!, token(theme, 'card'), 0.26),
      };
      return Object.entries(grounds).flatMap(([ground, under]) =>
        Object.entries(texts).map(([text, over]) => ({
          pair: `${text} on ${ground} ${n}`,
          ratio: contrast(over, under),
        })),
      );
    }).filter(({ ratio }) => ratio < 4.5);
    expect(weak).toEqual([]);
  },
);

test.each(['light', 'dark'] as const)(
  'tokens: in %s the marks of a ghost have a contrast of 2 to the page',
  (theme) => {
    const paper = token(theme, 'paper');
    const weak = [...SEATS.map((n) => `seat-${n}`), 'bad']
      .map((name) => ({ name, ratio: contrast(faded(token(theme, name), paper, 0.6), paper) }))
      .filter(({ ratio }) => ratio < 2);
    expect(weak).toEqual([]);
  },
);

test('mix: half black and half white is the grey of a browser', () => {
  expect(mix('#000000', '#ffffff', 0.5)).toBe('#636363');
  expect(mix('#2f55c8', '#2f55c8', 0.3)).toBe('#2f55c8');
});

test('contrast: black on white is 21, and nothing on itself is 1', () => {
  expect(contrast('#000000', '#ffffff')).toBeCloseTo(21);
  expect(contrast('#123456', '#123456')).toBe(1);
});
