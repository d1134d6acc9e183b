/** The middle of the ring, and its radii, in units of its picture. */
export const CENTRE = { x: 210, y: 186 };
export const RADIUS = 118;
export const SEAT_RADIUS = 23;
export const HUB_RADIUS = 37;
/** The width of the picture. */
export const WIDTH = 420;

export interface Point {
  readonly x: number;
  readonly y: number;
}

/** The angle of seat `i` of `n`: clockwise, the first on top. In radians. */
export function angleOf(i: number, n: number): number {
  return -Math.PI / 2 + (i * 2 * Math.PI) / Math.max(1, n);
}

/** A point at a distance from the middle, and at a distance to the right of the ray to it. */
export function pointAt(angle: number, distance: number, aside = 0): Point {
  return {
    x: CENTRE.x + Math.cos(angle) * distance - Math.sin(angle) * aside,
    y: CENTRE.y + Math.sin(angle) * distance + Math.cos(angle) * aside,
  };
}

const at = ({ x, y }: Point): string => `${x.toFixed(1)} ${y.toFixed(1)}`;

/** The path of a line along a ray. */
export function ray(angle: number, from: number, to: number, aside = 0): string {
  return `M${at(pointAt(angle, from, aside))}L${at(pointAt(angle, to, aside))}`;
}

/** The path of a line across a ray. */
export function across(angle: number, distance: number, aside: number, half: number): string {
  return `M${at(pointAt(angle, distance, aside - half))}L${at(pointAt(angle, distance, aside + half))}`;
}

/** The path of the beam from the hub to a seat. */
export function beam(angle: number): string {
  const corners = [
    pointAt(angle - 0.34, HUB_RADIUS),
    pointAt(angle - 0.19, RADIUS),
    pointAt(angle + 0.19, RADIUS),
    pointAt(angle + 0.34, HUB_RADIUS),
  ];
  return `M${corners.map(at).join('L')}Z`;
}

/** The SVG transform that moves and turns something to a point on a ray. */
export function placed(angle: number, distance: number, aside = 0, turned = 0): string {
  return `translate(${at(pointAt(angle, distance, aside))}) rotate(${((angle * 180) / Math.PI + turned).toFixed(1)})`;
}

/** Where the words of a seat go: beside it; above it at the top, below it at the bottom. */
export function wordsAt(angle: number): Point & { readonly anchor: 'start' | 'middle' | 'end' } {
  const { x, y } = pointAt(angle, RADIUS);
  const right = Math.cos(angle);
  if (Math.abs(right) > 0.3)
    return { x: x + Math.sign(right) * (SEAT_RADIUS + 9), y: y - 2, anchor: right > 0 ? 'start' : 'end' };
  return { x, y: Math.sin(angle) < 0 ? y - SEAT_RADIUS - 25 : y + SEAT_RADIUS + 19, anchor: 'middle' };
}

/** The height of the picture of `n` seats: no empty space below the lowest. */
export function heightOf(n: number): number {
  const feet = Array.from({ length: n }, (_, i) => {
    const angle = angleOf(i, n);
    return pointAt(angle, RADIUS).y + SEAT_RADIUS + (Math.abs(Math.cos(angle)) <= 0.3 ? 42 : 20);
  });
  return Math.max(CENTRE.y + RADIUS + 14, ...feet);
}
