import type { Hold } from '../../model/shapes.ts';
import { shown } from '../../model/words.ts';
import type { Easel, Lane } from './easel.ts';

/** The most letters of a node's name, and the width of one. In pixels. */
const LETTERS = 8;
const LETTER_WIDTH = 6;

/** Where the turn passes to a client of another node. */
interface Crossing {
  readonly x: number;
  readonly y: number;
  readonly name: string;
}

/** Where the turn passes to a client of another node: a mark on its path and, if there is space, the name of that node. */
export function drawCrossings(
  holds: readonly Hold[],
  rows: readonly Lane[],
  { pen, scale, palette }: Easel,
): void {
  const crossings = crossingsOf(holds, rows, scale.x);
  for (const [i, { x, y, name }] of crossings.entries()) {
    pen.pill(palette.ink, [x - 3.5, y - 3.5, 7, 7], 1, 1.5);
    const wide = name.length * LETTER_WIDTH + 8;
    if ((crossings[i + 1]?.x ?? Infinity) < x + wide + 12) continue;
    pen.pill(palette.card, [x + 6, y - 7, wide, 14], 1, 4);
    pen.text(palette.ink, name, x + 10, y + 0.5, { bold: true });
  }
}

function crossingsOf(holds: readonly Hold[], rows: readonly Lane[], xOf: (t: number) => number): Crossing[] {
  const crossings: Crossing[] = [];
  let before: Lane | undefined;
  for (const { c, from } of holds) {
    const row = rows.find(({ client }) => client.c === c);
    const node = row?.client.node;
    const last = before;
    before = row;
    if (row === undefined || last === undefined || node === undefined || node === last.client.node) continue;
    // On the edge of the lane, where nothing else is drawn.
    const y = row.top + (last.top > row.top ? row.height : 0);
    crossings.push({ x: xOf(from), y, name: shown(node.name, LETTERS) });
  }
  return crossings;
}
