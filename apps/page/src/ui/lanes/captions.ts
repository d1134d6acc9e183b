import { captionNumber } from '../../model/captions.ts';
import type { CaptionFact } from '../../model/shapes.ts';
import type { Easel, Lane } from './easel.ts';
import { AXIS_HEIGHT } from './scale.ts';

/** The width and height of the mark of a caption. In pixels. */
const SIZE = 15;
const TOP = 2;

/** The captions of a lesson, numbered on the axis. That of the moment is filled, and frames the lane it is about. */
export function drawCaptions(
  captions: readonly CaptionFact[],
  rows: readonly Lane[],
  { pen, scale, palette }: Easel,
): void {
  const number = captionNumber(captions, scale.now);
  for (const [i, { t, c }] of captions.entries()) {
    const x = scale.x(t);
    const isNow = i + 1 === number;
    const row = isNow ? rows.find(({ client }) => client.c === c) : undefined;
    if (row !== undefined)
      for (const y of [row.top, row.top + row.height]) pen.box(row.colour, [0, y, scale.width, 1], 0.6);
    pen.pill(isNow ? palette.ink : palette.hair, [x - SIZE / 2, TOP, SIZE, SIZE], 1, 4);
    pen.text(isNow ? palette.card : palette.mute, String(i + 1), x, TOP + SIZE / 2 + 0.5, {
      align: 'center',
      bold: true,
    });
  }
}

/** The caption whose mark is at this place of the canvas. `x`, `y`: in pixels. */
export function captionAt(
  captions: readonly CaptionFact[],
  [x, y]: readonly [number, number],
  xOf: (t: number) => number,
): CaptionFact | undefined {
  return y < AXIS_HEIGHT ? captions.findLast(({ t }) => Math.abs(xOf(t) - x) <= SIZE / 2) : undefined;
}
