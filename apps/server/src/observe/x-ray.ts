import { formatJson, formatSeen, LEGEND, type Seen, type Side, XRay, type XRayClock } from '@proto/xray';
import type { Chunk, ChunkEnd, Tapped } from '../events/events.ts';
import { framingsOf } from '../edge/framings.ts';
import type { Server } from '../server.ts';
import { name } from './console/console.ts';

/** Where the x-ray goes, and in which form. */
export interface XRayOptions {
  /** Gets each line, without its end. */
  readonly write: (line: string) => void;
  /** One JSON object per chunk, instead of lines for people. */
  readonly json: boolean;
  /** Columns of the terminal. @default 80 */
  readonly columns?: number;
  /** What its times count from: `start` of the x-ray, or 1970 in UTC (`wall`), as clients can. @default 'start' */
  readonly clock?: XRayClock;
}

/** Shows what an x-ray of that direction sees, for the last time before it is forgotten. */
type Look = (tapped: Tapped, see: (xray: XRay) => Seen, isLast?: boolean) => void;

/**
 * Shows for every client what was read and written, chunk by chunk, and the frames in it. Shows every byte.
 *
 * Use it for watching only: each byte is decoded separately. Returns a function that stops it.
 */
export function showXRay(
  server: Server,
  { write, json, columns = 80, clock = 'start' }: XRayOptions,
): () => void {
  const began = performance.now();
  const timeOf = ({ atMs, epochMs }: Tapped): number => (clock === 'wall' ? epochMs : atMs - began);
  const look = looker(server, (seen, who) => {
    if (json) return write(formatJson(seen, who));
    for (const line of formatSeen(seen, { who, columns, clock })) write(line);
  });
  const legend = (): void => LEGEND.forEach((line) => write(line));
  if (!json) server.once('listening', legend);
  const onChunk = (tapped: Chunk): void => look(tapped, (xray) => xray.chunk(tapped.bytes, timeOf(tapped)));
  const onEnd = (tapped: ChunkEnd): void =>
    look(tapped, (xray) => xray.end(tapped.how, timeOf(tapped), sideOf(tapped)), true);
  server.on('chunk', onChunk).on('chunkEnd', onEnd);
  return () => void server.off('chunk', onChunk).off('chunkEnd', onEnd).off('listening', legend);
}

function sideOf({ by }: ChunkEnd): Side {
  return by === 'peer' ? 'peer' : 'self';
}

function looker(server: Server, show: (seen: Seen, who: string) => void): Look {
  const framings = framingsOf(server.settings);
  const framedByReads = server.settings.framing === 'chunk';
  const make = (direction: Tapped['direction'], before: number): XRay =>
    new XRay({ direction, decoder: framings[direction].decoder(), framedByReads, before });
  /** By client and direction, until that direction ends. */
  const begun = new Map<string, XRay>();
  return (tapped, see, isLast) => {
    const { client, direction, from: before } = tapped;
    const key = `${client} ${direction}`;
    const xray = begun.get(key) ?? make(direction, before);
    if (isLast) begun.delete(key);
    else begun.set(key, xray);
    show(see(xray), name(tapped));
  };
}
