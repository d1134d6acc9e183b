import type { Release, Row } from './release.ts';

const COLUMNS = 3;
const [PANEL_WIDTH, PANEL_HEIGHT, GAP, TOP] = [300, 148, 12, 64];
const WIDTH = COLUMNS * PANEL_WIDTH + (COLUMNS + 1) * GAP;
/** Where the lines of a panel are. The asked figure stands on the right of it, names of releases below. */
const PLOT = { left: 22, right: 240, top: 54, bottom: 118 };

/** Whatever else runs on a machine is in a figure that was measured from this load average on. */
const BUSY = 1;

/** The picture has a ground of its own: the page may be dark where the system is light. */
const STYLE = `
text{font:11px system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif;fill:#59636e}
.head{font-size:16px;font-weight:600;fill:#1f2328}
.name,.value{font-size:12px;font-weight:600;fill:#1f2328}
.value,.right{text-anchor:end}
.ground{fill:#f6f8fa;stroke:#d1d9e0}
.panel{fill:#fff;stroke:#d1d9e0}
.asked{fill:none;stroke:#59636e;stroke-dasharray:4 3}
.line{fill:none;stroke:#0969da;stroke-width:1.5}
.spread{stroke:#0969da;stroke-opacity:.4;stroke-width:3}
.dot{fill:#0969da;stroke:#0969da;stroke-width:1.5}
.short{fill:#bc4c00;stroke:#bc4c00}
text.short{stroke:none}
.busy{fill:#fff}
@media (prefers-color-scheme:dark){
text{fill:#9198a1}
.head,.name,.value{fill:#f0f6fc}
.ground{fill:#010409;stroke:#3d444d}
.panel{fill:#0d1117;stroke:#3d444d}
.asked{stroke:#9198a1}
.line,.spread{stroke:#4493f8}
.dot{fill:#4493f8;stroke:#4493f8}
.short{fill:#db6d28;stroke:#db6d28}
.busy{fill:#0d1117}
}`;

/** A row at one release; none if it wasn't measured then. */
interface At {
  readonly release: Release;
  readonly row: Row | undefined;
}

/**
 * The history as an SVG: a panel for each row, with the releases from left to right, and what was asked.
 *
 * Shape: rows in the order of the last release, then those that only earlier ones have.
 */
export function drawing(releases: readonly Release[]): string {
  const names = [...new Set(releases.toReversed().flatMap(({ rows }) => rows.map(({ name }) => name)))];
  const panels = names.map((name, index) => {
    const x = GAP + (index % COLUMNS) * (PANEL_WIDTH + GAP);
    const y = TOP + Math.floor(index / COLUMNS) * (PANEL_HEIGHT + GAP);
    const all = releases.map((release) => ({ release, row: release.rows.find((row) => row.name === name) }));
    return `<g transform="translate(${x} ${y})">\n${panel(name, all)}\n</g>`;
  });
  const height = TOP + Math.ceil(names.length / COLUMNS) * (PANEL_HEIGHT + GAP);
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>The figures of bench server, release by release</title>
<style>${STYLE}
</style>
<rect class="ground" x=".5" y=".5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>
<text class="head" x="${GAP + 2}" y="27">The server, release by release</text>
<text x="${GAP + 2}" y="48">${escaped(legend(releases))}</text>
${panels.join('\n')}
</svg>
`;
}

function legend(releases: readonly Release[]): string {
  if (releases.length === 0) return 'Nothing is recorded yet.';
  return `A dot is the median of the ratios, the bar their spread, the dashed line what is asked. Orange: short of it. A ring: the load average was ${BUSY} or more before.`;
}

function panel(name: string, all: readonly At[]): string {
  const [what, ...against] = name.split(' / ');
  const scale = scaleOf(all);
  const xOf = (index: number): number =>
    PLOT.left + (PLOT.right - PLOT.left) * (all.length === 1 ? 0.5 : index / (all.length - 1));
  const points = all.flatMap(({ release, row }, index) => (row ? [{ release, row, x: xOf(index) }] : []));
  const { row: last } = points.at(-1)!;
  const [first, latest] = [all[0]!.release.name, all.at(-1)!.release.name];
  const marks = points.map(({ release, row, x }) => {
    const { low, high } = row.spread;
    const isBusy = release.load.before >= BUSY;
    const style = `dot${isShort(row) ? ' short' : ''}${isBusy ? ' busy' : ''}`;
    return `<path class="spread" d="M${at(x)} ${at(scale(low))}V${at(scale(high))}"/>
<circle class="${style}" cx="${at(x)}" cy="${at(scale(row.ratio))}" r="3.5"/>`;
  });
  const names =
    all.length === 1
      ? [`<text x="${at(xOf(0))}" y="137" text-anchor="middle">${escaped(first)}</text>`]
      : [
          `<text x="${PLOT.left - 10}" y="137">${escaped(first)}</text>`,
          `<text class="right" x="${PLOT.right + 10}" y="137">${escaped(latest)}</text>`,
        ];
  return [
    `<rect class="panel" x=".5" y=".5" width="${PANEL_WIDTH - 1}" height="${PANEL_HEIGHT - 1}" rx="6"/>`,
    `<text class="name" x="12" y="21">${escaped(what!)}</text>`,
    `<text x="12" y="38">against ${escaped(against.join(' / '))}</text>`,
    `<text class="value${isShort(last) ? ' short' : ''}" x="${PANEL_WIDTH - 12}" y="38">${last.ratio.toFixed(2)} x</text>`,
    asked(points, scale),
    `<path class="line" d="${lineOf(all, xOf, scale)}"/>`,
    ...marks,
    ...names,
  ].join('\n');
}

type Scale = (ratio: number) => number;

/** Where a ratio stands in a panel: the lowest of all values at the bottom, the highest at the top. */
function scaleOf(all: readonly At[]): Scale {
  const values = all.flatMap(({ row }) =>
    row ? [row.spread.low, row.spread.high, row.ratio, ...boundsOf(row)] : [],
  );
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const span = high - low || 1;
  return (ratio) => PLOT.bottom - ((ratio - low) / span) * (PLOT.bottom - PLOT.top);
}

function boundsOf({ asked: { atLeast, atMost } }: Row): number[] {
  return [atLeast, atMost].filter((bound) => bound !== undefined);
}

function isShort({ ratio, asked: { atLeast = -Infinity, atMost = Infinity } }: Row): boolean {
  return ratio < atLeast || ratio > atMost;
}

/** What was asked, release by release; the last one in figures, too. */
function asked(points: readonly { readonly row: Row; readonly x: number }[], scale: Scale): string {
  const steps = points.flatMap(({ row, x }) => boundsOf(row).map((bound) => ({ x, y: at(scale(bound)) })));
  const last = points.at(-1)!.row;
  const [bound] = boundsOf(last);
  if (bound === undefined) return '';
  const { y } = steps[0]!;
  const later = steps.slice(1).map((step) => `H${at(step.x)}V${step.y}`);
  const label = `${last.asked.atLeast === undefined ? '≤' : '≥'} ${bound}`;
  return `<path class="asked" d="M${PLOT.left - 10} ${y}${later.join('')}H${PLOT.right + 10}"/>
<text x="${PLOT.right + 14}" y="${at(scale(bound) + 4)}">${label}</text>`;
}

/** From release to release; where one has no such row, there is a gap. */
function lineOf(all: readonly At[], xOf: (index: number) => number, scale: Scale): string {
  return all
    .map(({ row }, index) => {
      if (row === undefined) return '';
      const isBegin = index === 0 || all[index - 1]!.row === undefined;
      return `${isBegin ? 'M' : 'L'}${at(xOf(index))} ${at(scale(row.ratio))}`;
    })
    .join('');
}

function at(value: number): string {
  return String(Number(value.toFixed(1)));
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}
