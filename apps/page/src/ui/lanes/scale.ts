/** The heights of the axis and of the event loop's strip. In pixels. */
export const AXIS_HEIGHT = 22;
export const LOOP_HEIGHT = 20;
export const HEAT_HEIGHT = 84;

/** Where a moment lies on the canvas. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  readonly now: number;
  readonly width: number;
  readonly x: (t: number) => number;
}

export function scaleOf(from: number, to: number, now: number, width: number): Scale {
  return { from, to, now, width, x: (t) => ((t - from) / (to - from)) * width };
}

/** The height of a lane, by the number of lanes. In pixels. */
export function laneHeight(lanes: number, isNarrow: boolean): number {
  if (isNarrow) return lanes <= 3 ? 50 : 38;
  return lanes <= 3 ? 62 : lanes <= 4 ? 52 : lanes <= 6 ? 38 : 30;
}

const STEPS = [250, 500, 1_000, 2_000, 5_000, 10_000, 30_000, 60_000];
/** The least distance between labels of the axis. In pixels. */
const LABEL_WIDTH = 62;

/** The moments that the axis labels. */
export function ticksOf({ from, to, width }: Pick<Scale, 'from' | 'to' | 'width'>): number[] {
  const step = STEPS.find((ms) => (ms / (to - from)) * width > LABEL_WIDTH) ?? 60_000;
  const first = Math.max(0, Math.ceil(from / step));
  const last = Math.floor(to / step);
  return Array.from({ length: Math.max(0, last - first + 1) }, (_, i) => (first + i) * step);
}
