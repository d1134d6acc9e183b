import { escape } from './escape.ts';
import { hexRows } from './hex-rows.ts';
import type { Direction, Piece, Seen, SeenEnd } from './seen.ts';

/** Explains the lines of `formatSeen` to newcomers. Show it once, before the first line. */
export const LEGEND: readonly string[] = [
  'x> a chunk written, x< a chunk read: when, how many bytes, their stream offsets.',
  'x  Then the bytes: offset of the first, each in hex, then as text (\\n is LF).',
  'x  Then the frames (lines): whole, begun, gone on with, finished, or cut off.',
  'x  TCP keeps only the order of bytes: one write may arrive as several reads,',
  'x  since a read takes what has arrived, in Node at most 65536 bytes.',
];

/**
 * What the times of an x-ray count from: `start` of the connection, or 1970 in UTC (`wall`), which is the same on both ends
 * and on every machine.
 */
export const XRAY_CLOCKS = ['start', 'wall'] as const;

/** One of `XRAY_CLOCKS`. */
export type XRayClock = (typeof XRAY_CLOCKS)[number];

/** How an x-ray is shown. */
export interface FormatOptions {
  /** Whose bytes these are, if there is more than one connection: `client 2`. @default nobody is named */
  readonly who?: string;
  /** Columns of the terminal, from 40. @default 80 */
  readonly columns?: number;
  /** What `atMs` counts from. `wall` is shown as the time of day in UTC: `14:35:01.004 UTC`. @default 'start' */
  readonly clock?: XRayClock;
}

/** The most frames of one chunk that are shown. If there are more, it shows the first ones and the last two. */
const MOST_PIECES = 10;

const TIMES: Readonly<Record<XRayClock, (ms: number) => string>> = {
  start: (ms) => `${(ms / 1000).toFixed(3)} s`,
  wall: (ms) => `${new Date(ms).toISOString().slice(11, 23)} UTC`,
};

const SIGNS: Readonly<Record<Direction, string>> = { read: 'x<', write: 'x>' };

/**
 * Formats what an x-ray has seen, for people.
 *
 * Shape: `x< read 2 at 1.004 s: 7 bytes, 2 to 8`, then rows of hex and escaped text, then a line for each frame, each
 *        line with `x` in front; only 0x20 to 0x7E. The middle of long chunks, and of many frames, is left out.
 */
export function formatSeen(seen: Seen, { who, columns = 80, clock = 'start' }: FormatOptions = {}): string[] {
  const head = `${SIGNS[seen.direction]} ${who === undefined ? '' : `${escape(who)} `}`;
  const at = `at ${TIMES[clock](seen.atMs)}`;
  const rows: string[] = [];
  if (seen.kind === 'end') {
    rows.push(`${head}${seen.direction} ended ${at}: ${cause(seen, who)} after ${count(seen.to, 'byte')}`);
  } else {
    const { from, to, bytes, number } = seen;
    const positions = bytes.length === 1 ? `${from}` : `${from} to ${to - 1}`;
    rows.push(`${head}${seen.direction} ${number} ${at}: ${count(bytes.length, 'byte')}, ${positions}`);
    for (const row of hexRows({ bytes, from, columns: columns - 3 })) rows.push(`x  ${row}`);
  }
  for (const line of pieces(seen, columns - 3)) rows.push(`x  ${line}`);
  return rows;
}

/** How a direction ended. A reset by the side that doesn't send in it isn't shown as one that was sent in it. */
function cause({ direction, how, by }: SeenEnd, who = 'the other side'): string {
  if ((direction === 'read') === (by === 'peer')) return how;
  return `${how} from ${by === 'peer' ? escape(who) : 'this side'},`;
}

function pieces({ pieces: all, direction }: Seen, columns: number): string[] {
  const shown = (piece: Piece): string => wording(piece, direction, columns);
  if (all.length <= MOST_PIECES) return all.map(shown);
  const left = `... ${all.length - MOST_PIECES + 1} more frames`;
  return [...all.slice(0, MOST_PIECES - 3).map(shown), left, ...all.slice(-2).map(shown)];
}

interface Facts {
  readonly piece: Piece;
  readonly since: string;
  readonly wrong: string;
  readonly columns: number;
}

const WORDINGS: Readonly<Record<Piece['state'], (facts: Facts) => string>> = {
  whole: ({ piece, wrong, columns }) => quoted(`frame ${piece.frame} whole${wrong}: `, piece.text, columns),
  began: ({ piece, wrong, columns }) => quoted(`frame ${piece.frame} began${wrong}: `, piece.text, columns),
  'went on': ({ piece, since, wrong }) =>
    `frame ${piece.frame} went on, ${since}${wrong}: ${count(piece.bytes, 'byte')} by now`,
  finished: ({ piece, since, wrong, columns }) =>
    quoted(`frame ${piece.frame} finished, ${since}${wrong}: `, piece.text, columns),
  'cut off': ({ piece, since }) =>
    `frame ${piece.frame} was cut off after ${count(piece.bytes, 'byte')}, ${since}`,
};

function wording(piece: Piece, direction: Direction, columns: number): string {
  const wrong = piece.fault === undefined ? '' : `, ${piece.fault}`;
  return WORDINGS[piece.state]({ piece, since: `begun in ${direction} ${piece.begunIn}`, wrong, columns });
}

/** The text after its label, as much of it as fits the row. */
function quoted(label: string, text: string, columns: number): string {
  // More than this can't fit, no matter how little of it is escaped.
  const all = escape(text.slice(0, columns));
  if (text.length <= columns && label.length + all.length + 2 <= columns) return `${label}"${all}"`;
  const of = `... (${count(text.length, 'character')})`;
  const room = Math.max(4, columns - label.length - of.length - 2);
  let cut = '';
  for (const char of text) {
    const shown = escape(char);
    if (cut.length + shown.length > room) break;
    cut += shown;
  }
  return `${label}"${cut}"${of}`;
}

function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
