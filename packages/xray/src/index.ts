export { escape, escapeJson } from './escape.ts';
export { formatSeen, type FormatOptions, LEGEND, XRAY_CLOCKS, type XRayClock } from './format.ts';
export { formatJson } from './json.ts';
export type { Direction, How, Piece, Seen, SeenChunk, SeenEnd, Side } from './seen.ts';
export { type Cutter, XRay, type XRayOptions } from './x-ray.ts';
