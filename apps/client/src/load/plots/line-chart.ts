import { escapeHtml } from './html-text.ts';

/** A point of a curve, and what is shown when the pointer is on it. */
export interface Point {
  readonly x: number;
  /** `null`: none; the curve has a gap. */
  readonly y: number | null;
  readonly text: string;
}

/** A curve. */
export interface Curve {
  readonly name: string;
  /** A class of the page's style sheet. */
  readonly style: string;
  readonly points: readonly Point[];
}

/** A mark on an axis. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

/** What a chart of curves shows. */
export interface LineChart {
  /** For people who don't see the chart. */
  readonly title: string;
  readonly curves: readonly Curve[];
  /** The axes begin with 0. */
  readonly x: { readonly to: number; readonly ticks: readonly Tick[]; readonly label: string };
  readonly y: { readonly to: number; readonly ticks: readonly Tick[]; readonly label: string };
}

const WIDTH = 760;
const HEIGHT = 260;
const LEFT = 64;
const RIGHT = 32;
const TOP = 26;
const BOTTOM = 40;

/** Curves over two axes, as an SVG element for a page. */
export function lineChart({ title, curves, x, y }: LineChart): string {
  const across = (at: number): string => px(LEFT + (at / x.to) * (WIDTH - LEFT - RIGHT));
  const down = (at: number): string => px(HEIGHT - BOTTOM - (at / y.to) * (HEIGHT - TOP - BOTTOM));
  const foot = HEIGHT - BOTTOM;
  const drawn = curves.map(({ name, style, points }) => {
    const line = strokes(points)
      .map((stroke) => `M${stroke.map((point) => `${across(point.x)} ${down(point.y)}`).join('L')}`)
      .join('');
    const dots = points.map((point) =>
      point.y === null
        ? ''
        : `<circle cx="${across(point.x)}" cy="${down(point.y)}" r="5"><title>${escapeHtml(`${name}: ${point.text}`)}</title></circle>`,
    );
    return `<g class="curve ${style}"><path d="${line}"/>${dots.join('')}</g>`;
  });
  const rows = y.ticks.map(
    ({ at, label }) =>
      `<path class="grid" d="M${LEFT} ${down(at)}H${WIDTH - RIGHT}"/><text class="y" x="${LEFT - 8}" y="${down(at)}">${escapeHtml(label)}</text>`,
  );
  const columns = x.ticks.map(
    ({ at, label }) =>
      `<path class="tick" d="M${across(at)} ${foot}v5"/><text class="x" x="${across(at)}" y="${foot + 18}">${escapeHtml(label)}</text>`,
  );
  return [
    `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${escapeHtml(title)}">`,
    ...rows,
    ...columns,
    `<text class="label" x="${LEFT}" y="14">${escapeHtml(y.label)}</text>`,
    `<text class="label end" x="${WIDTH - RIGHT}" y="${HEIGHT - 4}">${escapeHtml(x.label)}</text>`,
    ...drawn,
    '</svg>',
  ].join('\n');
}

/** The stretches of a curve between its gaps. A stretch of one point is drawn as a dot. */
function strokes(points: readonly Point[]): { x: number; y: number }[][] {
  const all: { x: number; y: number }[][] = [[]];
  for (const { x, y } of points) {
    if (y === null) all.push([]);
    else all.at(-1)!.push({ x, y });
  }
  return all
    .filter(({ length }) => length > 0)
    .map((stroke) => (stroke.length > 1 ? stroke : [...stroke, ...stroke]));
}

function px(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** Round marks from 0 to `most` or just above it: about five. */
export function roundTicks(most: number, text: (value: number) => string): readonly Tick[] {
  if (most <= 0) return [{ at: 0, label: '0' }];
  const rough = most / 4;
  const decade = 10 ** Math.floor(Math.log10(rough));
  const step = decade * (STEPS.find((each) => each * decade >= rough) ?? 10);
  const count = Math.ceil(most / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => {
    const at = Number((index * step).toPrecision(12));
    return { at, label: at === 0 ? '0' : text(at) };
  });
}

const STEPS = [1, 2, 2.5, 5, 10];
