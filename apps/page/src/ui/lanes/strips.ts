import type { Facts } from '../../model/facts.ts';
import { doneAt, levelOf, type Seated } from '../../model/moment.ts';
import type { LineFact } from '../../model/shapes.ts';
import { atOrBefore, countUpTo, within } from '../../model/sorted.ts';
import type { Easel, Lane } from './easel.ts';
import { AXIS_HEIGHT } from './scale.ts';

/** A delay of the event loop from which it is drawn in red and labelled. In milliseconds. */
const STALL_MS = 100;
/** The width of what is said about a delay. In pixels. */
const SAID = 96;
const COLUMN = 4;
const LONG_WAIT_MS = 2_000;

/** How many lines of a client waited, according to the server: a stepped area. */
export function drawSteps(
  { client, top, height, colour }: Lane,
  { pen, scale, palette, maxQueuedLines }: Easel,
): void {
  const foot = top + height - 11;
  const tall = (n: number): number => (Math.log2(1 + n) / Math.log2(1 + maxQueuedLines)) * (height - 16);
  const { from, now, x } = scale;
  let n = atOrBefore(client.levels, from)?.waiting ?? 0;
  const points: [number, number][] = [
    [0, foot],
    [0, foot - tall(n)],
  ];
  for (const level of within(client.levels, from, now)) {
    points.push([x(level.t), foot - tall(n)], [x(level.t), foot - tall(level.waiting)]);
    n = level.waiting;
  }
  points.push([x(now), foot - tall(n)], [x(now), foot]);
  pen.shape(colour, points, 0.26);
  if (n > 0)
    pen.text(palette.ink, n === 1 ? '1 waits' : `${n} wait`, x(now) - 6, foot - height / 3, {
      align: 'right',
    });
}

/** Too many lines to tell apart: how many were served in every few pixels, darker if one had waited for long. */
export function drawColumns(
  lines: readonly LineFact[],
  { top, height, colour }: Lane,
  { pen, scale }: Easel,
): void {
  const columns = Array.from({ length: Math.ceil(scale.width / COLUMN) }, () => ({ n: 0, longest: 0 }));
  for (const line of lines) {
    const done = doneAt(line);
    const column = columns[Math.floor(scale.x(done) / COLUMN)];
    if (column === undefined || done > scale.now) continue;
    column.n++;
    column.longest = Math.max(column.longest, done - line.t);
  }
  const most = Math.max(4, ...columns.map(({ n }) => n));
  const foot = top + height - 12;
  for (const [i, { n, longest }] of columns.entries()) {
    const tall = (n / most) * (height - 16);
    if (n > 0)
      pen.box(
        colour,
        [i * COLUMN, foot - tall, COLUMN - 1, tall],
        0.3 + 0.7 * Math.min(1, longest / LONG_WAIT_MS),
      );
  }
}

/** All clients, a row for each client or for several: the more lines wait, the more colour. */
export function drawHeat(
  here: readonly Seated[],
  [top, height]: readonly [number, number],
  { pen, scale, palette, maxQueuedLines }: Easel,
): void {
  const rows = Math.min(here.length, Math.floor(height));
  const columns = Math.min(96, Math.floor(scale.width / 6));
  const most = Math.log2(1 + maxQueuedLines);
  const wide = scale.width / columns;
  for (let i = 0; i < columns; i++) {
    const t = scale.from + ((i + 0.5) / columns) * (scale.to - scale.from);
    if (t > scale.now) break;
    const sums = Array.from({ length: rows }, () => ({ shade: 0, n: 0 }));
    for (const [at, { client }] of here.entries()) {
      const level = levelOf(client, t);
      const row = sums[Math.floor((at / here.length) * rows)];
      if (level === undefined || row === undefined) continue;
      row.shade += Math.log2(1 + level.waiting) / most;
      row.n++;
    }
    for (const [at, { shade, n }] of sums.entries()) {
      if (n === 0) continue;
      const box = [i * wide, top + (at * height) / rows, wide - 0.6, height / rows + 0.3] as const;
      pen.box(palette.seats[0]!, box, Math.min(1, 0.05 + shade / n));
    }
  }
}

/** The event loop below the lanes, on the same axis: while it was blocked, nobody was served. */
export function drawLoop(
  { loop }: Facts,
  foot: number,
  lanesFoot: number,
  { pen, scale, palette }: Easel,
): void {
  const { from, to, now, x, width } = scale;
  let said = -Infinity;
  let before = atOrBefore(loop, from)?.t ?? from;
  for (const { t, ms } of loop.slice(countUpTo(loop, from), countUpTo(loop, Math.min(now, to)))) {
    const tall = Math.max(1, Math.min(13, (Math.log10(Math.max(10, ms)) - 1) * 6.5));
    const isBad = ms >= STALL_MS;
    const wide = Math.max(1, x(t) - x(before) - 0.5);
    before = t;
    pen.box(isBad ? palette.bad : palette.draw, [x(t) - wide, foot - tall, wide, tall], isBad ? 1 : 0.7);
    if (!isBad) continue;
    pen.box(
      palette.bad,
      [x(t - ms), AXIS_HEIGHT, Math.max(2, x(t) - x(t - ms)), lanesFoot - AXIS_HEIGHT],
      0.1,
    );
    if (x(t) - said < SAID) continue;
    said = x(t);
    // On the side where nothing crosses it.
    const isLate = x(t) + SAID > width || (x(now) > x(t) && x(now) < x(t) + SAID);
    const style = { align: isLate ? 'right' : 'left', bold: true } as const;
    pen.text(
      palette.bad,
      `blocked ${Math.round(ms)} ms`,
      isLate ? x(t) - wide - 4 : x(t) + 4,
      foot - 6,
      style,
    );
  }
}
