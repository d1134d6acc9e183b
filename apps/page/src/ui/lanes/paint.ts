import type { Facts } from '../../model/facts.ts';
import { isCrowd, type Seated } from '../../model/moment.ts';
import type { CaptionFact, Hold } from '../../model/shapes.ts';
import { drawCaptions } from './captions.ts';
import { drawCrossings } from './crossings.ts';
import type { Easel, Lane } from './easel.ts';
import { drawLane } from './lane.ts';
import { paletteOf } from './palette.ts';
import { Pen } from './pen.ts';
import { AXIS_HEIGHT, LOOP_HEIGHT, scaleOf, ticksOf } from './scale.ts';
import { drawHeat, drawLoop } from './strips.ts';

/** Everything that a picture of the lanes needs. */
export interface Picture {
  readonly facts: Facts;
  readonly room: string;
  readonly here: readonly Seated[];
  readonly lanes: readonly Seated[];
  readonly height: number;
  readonly heat: number;
  readonly from: number;
  readonly to: number;
  readonly now: number;
  readonly pointed: number | undefined;
  readonly theme: string;
}

/** If the picture has more turns than this, they would blur and are not drawn. */
const MOST_TURNS = 400;
/** Closer than this, a label of the axis and the mark of a caption overlap. In pixels. */
const LABEL_ROOM = 26;

/** Draws the lanes on a canvas of this size. */
export function paint(
  canvas: HTMLCanvasElement,
  size: { width: number; height: number },
  picture: Picture,
): void {
  const g = canvas.getContext('2d');
  if (g === null) return;
  const ratio = Math.min(3, devicePixelRatio);
  const [wide, tall] = [Math.round(size.width * ratio), Math.round(size.height * ratio)];
  if (canvas.width !== wide || canvas.height !== tall) Object.assign(canvas, { width: wide, height: tall });
  g.setTransform(ratio, 0, 0, ratio, 0, 0);
  g.clearRect(0, 0, size.width, size.height);
  const { facts, here, lanes, height, heat, from, to, now, pointed } = picture;
  const palette = paletteOf(picture.theme);
  const scale = scaleOf(from, to, now, size.width);
  const maxQueuedLines = facts.settings?.maxQueuedLines ?? 64;
  const easel: Easel = { pen: new Pen(g), scale, palette, pointed, isCrowd: isCrowd(here), maxQueuedLines };
  const rows = lanes.map(({ client, seat }, i): Lane => ({
    client,
    seat,
    height,
    top: AXIS_HEIGHT + i * height,
    colour: palette.seats[(seat + 7) % 8] ?? palette.ink,
  }));
  const foot = AXIS_HEIGHT + rows.length * height;
  drawAxis(foot, rows, easel, facts.captions);
  const holds = holdsOf(picture);
  for (const hold of holds) drawRest(hold, rows, easel);
  drawWay(holds, rows, easel);
  for (const row of rows) drawLane(row, easel);
  drawCrossings(holds, rows, easel);
  if (heat > 0) drawHeat(here, [foot + 10, heat - 14], easel);
  drawLoop(facts, foot + heat + LOOP_HEIGHT - 3, foot + heat, easel);
  drawNow(size.height, easel);
  drawCaptions(facts.captions, rows, easel);
}

function drawAxis(
  foot: number,
  rows: readonly Lane[],
  { pen, scale, palette }: Easel,
  captions: readonly CaptionFact[],
): void {
  for (const t of ticksOf(scale)) {
    const x = Math.round(scale.x(t)) + 0.5;
    pen.line(palette.hair, [
      [x, AXIS_HEIGHT],
      [x, foot],
    ]);
    // The mark of a caption stands there.
    if (captions.some((one) => Math.abs(scale.x(one.t) - x) < LABEL_ROOM)) continue;
    const align = x < 14 ? 'left' : x > scale.width - 14 ? 'right' : 'center';
    pen.text(palette.faint, `${t / 1_000} s`, Math.max(0, Math.min(scale.width, x)), AXIS_HEIGHT / 2, {
      align,
    });
  }
  for (const y of [...rows.map(({ top }) => top), foot])
    pen.line(palette.hair, [
      [0, y + 0.5],
      [scale.width, y + 0.5],
    ]);
}

function holdsOf({ facts, room, from, now }: Picture): readonly Hold[] {
  const { holds = [] } = facts.rooms.get(room) ?? {};
  const seen = holds.filter((hold) => hold.to >= from - 2_000 && hold.from <= now);
  return seen.length > MOST_TURNS ? [] : seen;
}

/** The room waits for a client. */
function drawRest(hold: Hold, rows: readonly Lane[], { pen, scale, palette }: Easel): void {
  const row = rows.find(({ client }) => client.c === hold.c);
  const x1 = scale.x(hold.from);
  const wide = scale.x(Math.min(hold.to, scale.now)) - x1;
  if (row === undefined || hold.to <= hold.from) return;
  pen.box(palette.washes[(row.seat + 7) % 8]!, [x1, row.top + 1, Math.max(1, wide), row.height - 1]);
  if (row.height < 46) return;
  const visible = wide + Math.min(0, x1);
  if (visible < 44) return;
  const text = visible > 96 ? `turn ${hold.n} waits here` : `turn ${hold.n}`;
  pen.text(row.colour, text, Math.max(5, x1 + 6), row.top + row.height / 2 + 9);
}

/** The path of the turn from lane to lane. */
function drawWay(holds: readonly Hold[], rows: readonly Lane[], { pen, scale, palette }: Easel): void {
  let points: [number, number][] = [];
  for (const hold of holds) {
    const row = rows.find(({ client }) => client.c === hold.c);
    if (row === undefined) {
      pen.line(palette.draw, points, 2);
      points = [];
      continue;
    }
    const y = row.top + row.height / 2;
    points.push([scale.x(hold.from), y], [scale.x(Math.min(hold.to, scale.now)), y]);
  }
  pen.line(palette.draw, points, 2);
}

function drawNow(height: number, { pen, scale, palette }: Easel): void {
  const x = Math.round(scale.x(scale.now)) + 0.5;
  pen.line(
    palette.ink,
    [
      [x, AXIS_HEIGHT - 3],
      [x, height],
    ],
    1.25,
  );
  const top = AXIS_HEIGHT - 9;
  pen.shape(palette.ink, [
    [x - 5, top],
    [x + 5, top],
    [x + 5, top + 4],
    [x, top + 9],
    [x - 5, top + 4],
  ]);
}
