// `node scripts/picture.mjs`: writes docs/demo.svg, the demo as a moving picture. It needs a build.
// The server and its clients are panes. A line appears when the demo prints it, and each room of the demo is a scene.
// Without animation the first scene stands still, complete.
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';

export const PICTURE = 'docs/demo.svg';

/** What a scene shows, by the order of its server. */
const CAPTIONS = {
  strict: 'Strict order: one line each, in turn. Early lines wait.',
  free: 'Free order: clients talk to each other through the server.',
};

const COLUMNS = 34;
const [FONT, COLUMN, ROW, BAR, PAD, GAP] = [14, 8.7, 20, 26, 10, 10];
const PANE = Math.ceil(COLUMNS * COLUMN) + 2 * PAD;
const TOP = 38;
const WIDTH = 3 * GAP + 2 * PANE;

/** How a line looks, by its kind: answers, and whom the server waits for, stand out. */
const STYLE_OF = {
  typed: '',
  answer: ' class="answer"',
  bye: ' class="note"',
  waits: ' class="waits"',
  server: '',
};

/** How long before a line appears, and how long a complete scene stands, in milliseconds. */
const PAUSES = { typed: 1000, answer: 500, bye: 150, waits: 900, server: 450 };
const [READ_MS, REST_MS] = [1500, 3000];

/** The picture has a ground of its own: the page may be dark where the system is light. */
const STYLE = `
text{font:${FONT}px ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace;fill:#1f2328}
.sans{font-family:system-ui,-apple-system,"Segoe UI",Helvetica,Arial,sans-serif}
.head{font-size:16px;font-weight:600}
.bar{font-size:13px}
.ground{fill:#f6f8fa;stroke:#d1d9e0}
.pane{fill:#fff;stroke:#d1d9e0}
.top{fill:#eaeef2;stroke:#d1d9e0}
.bar,.note{fill:#59636e}
.typed{fill:#0969da}
.answer{fill:#1a7f37}
.waits{fill:#9a6700}
@media (prefers-color-scheme:dark){
text{fill:#f0f6fc}
.ground{fill:#010409;stroke:#3d444d}
.pane{fill:#0d1117;stroke:#3d444d}
.top{fill:#151b23;stroke:#3d444d}
.bar,.note{fill:#9198a1}
.typed{fill:#4493f8}
.answer{fill:#3fb950}
.waits{fill:#d29922}
}
.later{opacity:0}`;

const escaped = (text) => text.replace(/&/g, '&amp;').replace(/</g, '&lt;').replace(/>/g, '&gt;');

/** Text whose blanks stay, all of them. */
const blanks = (text) => escaped(text).replace(/ (?= )|^ | $/g, '\u00A0');

/** What the demo prints, with ports that are the same each time: the server's 6677, the clients' from 50001 on. */
function printed() {
  const output = execFileSync(process.execPath, ['scripts/demo.mjs'], { encoding: 'utf8' });
  return output
    .replace(/(?<=listening on 127\.0\.0\.1:)\d+/g, '6677')
    .replace(/(?<=client (\d) connected from 127\.0\.0\.1:)\d+/g, '5000$1');
}

function kindOf(who, text) {
  if (who === 'server') return text.includes('waiting') ? 'waits' : 'server';
  if (text.startsWith('>')) return 'typed';
  return text.startsWith('< *') ? 'bye' : 'answer';
}

/** The rows of a line in a pane: broken behind a comma or semicolon where one fits, else behind a word. */
function rowsOf(text) {
  if (text.length < COLUMNS) return [text];
  const fits = text.slice(0, COLUMNS);
  const end = Math.max(fits.lastIndexOf(', '), fits.lastIndexOf('; '));
  const at = end === -1 ? fits.lastIndexOf(' ') : end + 1;
  return [text.slice(0, at), ...rowsOf(`  ${text.slice(at + 1)}`)];
}

/** The scenes of a transcript: who shows which lines, and when in the picture each of them appears. */
function scenesOf(transcript) {
  let now = 0;
  return transcript
    .trimEnd()
    .split('\n\n')
    .map((part) => {
      const begins = now;
      const lines = part.split('\n').map((line) => {
        const [who, text] = [line.slice(0, 8).trimEnd(), line.slice(10)];
        const kind = kindOf(who, text);
        now += PAUSES[kind];
        const at = now;
        if (kind === 'waits') now += READ_MS;
        return { who, rows: rowsOf(text), kind, at };
      });
      now += REST_MS;
      const order = /order (\w+)/.exec(part)?.[1];
      return { caption: CAPTIONS[order], lines, begins, ends: now };
    });
}

/** The panes: the server on the left, its clients below each other on the right, each with space for all it shows. */
function panesOf(scenes) {
  const names = [...new Set(scenes.flatMap(({ lines }) => lines.map(({ who }) => who)))].toSorted();
  const most = (name) =>
    Math.max(
      ...scenes.map(
        ({ lines }) => lines.filter(({ who }) => who === name).flatMap(({ rows }) => rows).length,
      ),
    );
  const panes = new Map();
  let y = TOP;
  for (const name of names.filter((each) => each !== 'server')) {
    const height = BAR + most(name) * ROW + PAD + 2;
    panes.set(name, { x: 2 * GAP + PANE, y, height });
    y += height + GAP;
  }
  panes.set('server', {
    x: GAP,
    y: TOP,
    height: Math.max(y - GAP - TOP, BAR + most('server') * ROW + PAD + 2),
  });
  return panes;
}

function frameOf([name, { x, y, height }]) {
  return `<rect class="pane" x="${x}.5" y="${y}.5" width="${PANE - 1}" height="${height}" rx="6"/>
<path class="top" d="M${x}.5 ${y + BAR}.5v-${BAR - 6}a6 6 0 0 1 6-6h${PANE - 13}a6 6 0 0 1 6 6v${BAR - 6}z"/>
<text class="bar sans" x="${x + PAD}" y="${y + 18}">${name}</text>`;
}

/** The text of a row: the prompt in front and the turn at the end have colours of their own. */
function rowText(row) {
  const [, sign, said, note] = /^([<>] )?(.*?)( {3}\(.*\))?$/.exec(row);
  const span = (style, text) => `<tspan class="${style}">${blanks(text)}</tspan>`;
  return (
    (sign === '> ' ? span('typed', sign) : blanks(sign ?? '')) +
    blanks(said) +
    (note === undefined ? '' : span('note', note))
  );
}

/** The demo as an SVG. */
export function picture() {
  const scenes = scenesOf(printed());
  const panes = panesOf(scenes);
  const total = scenes.at(-1).ends;
  const percent = (ms) => `${+((100 * ms) / total).toFixed(2)}%`;
  const height = Math.max(...[...panes.values()].map((pane) => pane.y + pane.height)) + GAP;
  const moves = [];
  const body = scenes.map(({ caption, lines, begins, ends }, index) => {
    const name = `s${index}`;
    const [before, after] = [
      begins === 0 ? '' : '0%{opacity:0}',
      ends === total ? '' : `${percent(ends)}{opacity:0}`,
    ];
    moves.push({ name, steps: `${before}${percent(begins)}{opacity:1}${after}` });
    const used = new Map();
    const texts = lines.map(({ who, rows, kind, at }, line) => {
      const pane = panes.get(who);
      moves.push({ name: `${name}l${line}`, steps: `0%{opacity:0}${percent(at)}{opacity:1}` });
      const text = rows.map((row) => {
        const nth = used.get(who) ?? 0;
        used.set(who, nth + 1);
        return `<text${STYLE_OF[kind]} x="${pane.x + PAD}" y="${pane.y + BAR + 20 + nth * ROW}">${rowText(row)}</text>`;
      });
      return `<g id="${name}l${line}">${text.join('')}</g>`;
    });
    const head = `<text class="head sans" x="${GAP + 2}" y="25">${escaped(caption)}</text>`;
    return `<g id="${name}"${index === 0 ? '' : ' class="later"'}>\n${[head, ...texts].join('\n')}\n</g>`;
  });
  const keyframes = moves.map(({ name, steps }) => `@keyframes ${name}{${steps}}`).join('\n');
  const runs = moves.map(({ name }) => `#${name}{animation-name:${name}}`).join('\n');
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${height}" width="${WIDTH}" height="${height}" role="img">
<title>Three clients take turns at a server</title>
<style>${STYLE}
@media (prefers-reduced-motion:no-preference){
g{animation:${total}ms step-end infinite}
${runs}
}
${keyframes}
</style>
<rect class="ground" x=".5" y=".5" width="${WIDTH - 1}" height="${height - 1}" rx="8"/>
${[...panes].map(frameOf).join('\n')}
${body.join('\n')}
</svg>
`;
}

if (process.argv[1]?.endsWith('picture.mjs')) writeFileSync(PICTURE, picture());
