import { doneAt, isBlurred, openLine } from '../../model/moment.ts';
import type { LineFact } from '../../model/shapes.ts';
import { countUpTo } from '../../model/sorted.ts';
import { shown } from '../../model/words.ts';
import type { Easel, Lane } from './easel.ts';
import { LETTER_WIDTH } from './pen.ts';
import { drawColumns, drawSteps } from './strips.ts';

/** Above this share of the pixels, lines cannot be told apart. */
const DENSE = 5;
/** How far before the window lines are searched that still wait in it. In milliseconds. */
const LONGEST_WAIT_MS = 60_000;

/** The life of a client: its lines, its reads and writes, and its ends. */
export function drawLane(lane: Lane, easel: Easel): void {
  const { client } = lane;
  const { scale, isCrowd } = easel;
  drawLife(lane, easel);
  if (isCrowd || isBlurred(client, scale.now)) drawSteps(lane, easel);
  const first = countUpTo(client.lines, scale.from - LONGEST_WAIT_MS);
  const lines = client.lines
    .slice(first, countUpTo(client.lines, scale.now))
    .filter((line) => ended(line, easel) > scale.from);
  const isDense = lines.length > scale.width / DENSE;
  if (isDense) return drawColumns(lines, lane, easel);
  drawLines(lines, lane, easel);
  drawWire(lane, easel);
}

/** When the mark of a line ends. A command waits for nothing, so its mark is kept long enough to be visible. */
function ended(line: LineFact, { scale }: Easel): number {
  return line.kind === 'command' ? line.t + (scale.to - scale.from) * 0.1 : doneAt(line);
}

const FOOT = 7.5;

function drawLife({ client, top, height, colour }: Lane, { pen, scale, palette }: Easel): void {
  const y = top + height - FOOT;
  const { x, now } = scale;
  for (const { from, to } of client.stays) {
    const end = Math.min(to, client.readEnd?.t ?? Infinity, now);
    if (end < from) continue;
    pen.line(
      colour,
      [
        [Math.max(0, x(from)), y],
        [x(end), y],
      ],
      1.5,
    );
    const last = Math.min(client.writeEnd?.t ?? to, now);
    if (last > end)
      pen.line(
        colour,
        [
          [x(end), y],
          [x(last), y],
        ],
        1.5,
        [2, 3],
      );
    if (from <= now && from >= scale.from) pen.dot(palette.card, colour, x(from), y, 3);
  }
}

function drawLines(lines: readonly LineFact[], lane: Lane, easel: Easel): void {
  const { top, height, colour, client } = lane;
  const { scale, pen, palette } = easel;
  const pitch = height >= 46 ? 14 : 10;
  const rows: number[] = Array.from(
    { length: Math.max(1, Math.floor((height - 12) / pitch)) },
    () => -Infinity,
  );
  const gap = (scale.to - scale.from) * 0.012;
  const rowOf = (born: number, until: number): number => {
    const free = rows.findIndex((end) => end <= born);
    const row = free === -1 ? rows.indexOf(Math.min(...rows)) : free;
    rows[row] = until + gap;
    return top + pitch / 2 + 3 + row * pitch;
  };
  for (const line of lines) drawLine(line, rowOf(line.born, ended(line, easel)), pitch - 2.8, lane, easel);
  const open = openLine(client, scale.now);
  // A line that was refused is drawn as refused.
  if (open === undefined || open.isRefused) return;
  const y = rowOf(open.since, Infinity);
  pen.line(
    colour,
    [
      [scale.x(open.since), y],
      [scale.x(scale.now), y],
    ],
    1.5,
    [1.5, 2.5],
  );
  pen.dot(colour, palette.card, scale.x(open.since), y, 2);
}

function drawLine(line: LineFact, y: number, thick: number, { colour: seat }: Lane, easel: Easel): void {
  const { pen, scale, palette, pointed } = easel;
  const { x, now } = scale;
  const colour = line.kind === 'fault' ? palette.bad : seat;
  const x1 = x(line.t);
  if (line.t - line.born > 1) {
    pen.line(
      colour,
      [
        [x(line.born), y],
        [x1, y],
      ],
      1.5,
      [1.5, 2.5],
    );
    pen.dot(colour, palette.card, x(line.born), y, 2);
  }
  if (line.kind === 'command') {
    pen.shape(colour, [
      [x1, y - 4.5],
      [x1 + 4.5, y],
      [x1, y + 4.5],
      [x1 - 4.5, y],
    ]);
    return pen.text(palette.mute, shown(line.text, 16), x1 + 8, y + 0.5, { font: 'mono' });
  }
  const done = doneAt(line);
  const x2 = x(Math.min(done, now));
  pen.pill(colour, [x1, y - thick / 2, Math.max(2, x2 - x1), thick], pointed === line.id ? 0.55 : 0.26);
  const chars = Math.floor((x2 - Math.max(0, x1) - 14) / LETTER_WIDTH);
  if (chars > 4 && thick > 9)
    pen.text(palette.ink, shown(line.text, chars), Math.max(4, x1 + 7), y + 0.5, { font: 'mono' });
  if (done > now) return;
  if (done === line.lostAt) pen.cross(palette.bad, x2, y);
  else pen.dot(colour, palette.card, x2, y, (pointed === line.id ? 0.6 : 0.46) * thick + 0.2);
}

/** Reads above the life line, writes below; the end of the client's stream. */
function drawWire({ client, top, height, colour }: Lane, { pen, scale, palette }: Easel): void {
  const y = top + height - FOOT;
  const { wire } = client;
  for (const fact of wire.slice(countUpTo(wire, scale.from), countUpTo(wire, scale.now))) {
    const x = scale.x(fact.t);
    if (fact.kind === 'chunk' && fact.d === 'read')
      pen.shape(colour, [
        [x - 3, y - 1],
        [x + 3, y - 1],
        [x, y - 5.5],
      ]);
    else if (fact.kind === 'chunk')
      pen.shape(palette.draw, [
        [x - 2.5, y + 1.5],
        [x + 2.5, y + 1.5],
        [x, y + 5],
      ]);
    else if (fact.d === 'read' && fact.how === 'RST') {
      pen.cross(palette.bad, x, y, 4);
      pen.text(palette.bad, 'RST', x + 7, y, { bold: true });
    } else if (fact.d === 'read') {
      pen.line(
        palette.ink,
        [
          [x, y - 5],
          [x, y + 5],
        ],
        1.8,
      );
      pen.text(palette.ink, 'FIN', x + 4, y, { bold: true });
    }
  }
}
