import { crc32, deflateSync } from 'node:zlib';
import { PNG } from 'pngjs';

/** The most colours that an image with a palette can have, and how many of them are the most frequent ones. */
const COLOURS = 256;
const FREQUENT = 32;
const SIGNATURE = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);

/**
 * The same picture with at most 256 colours, less than half as large. The most frequent colours stay as they are. Any other
 * becomes the nearest one that is kept, so only edges of text change, and by little.
 */
export function withPalette(png: Buffer): Buffer {
  const { width, height, data } = PNG.sync.read(png);
  const pixels = Array.from({ length: width * height }, (_, i) => data.readUIntBE(i * 4, 3));
  const { palette, indexOf } = paletteOf(pixels);
  const rows = Buffer.alloc((width + 1) * height);
  for (const [i, colour] of pixels.entries()) {
    // Each row begins with the number of its filter: 0 for none.
    rows[i + Math.floor(i / width) + 1] = indexOf.get(colour) ?? 0;
  }
  const head = Buffer.alloc(13);
  head.writeUInt32BE(width, 0);
  head.writeUInt32BE(height, 4);
  // Eight bits for each pixel, and colours by a palette.
  head.set([8, 3], 8);
  const colours = Buffer.alloc(palette.length * 3);
  for (const [i, colour] of palette.entries()) colours.writeUIntBE(colour, i * 3, 3);
  return Buffer.concat([
    SIGNATURE,
    part('IHDR', head),
    part('PLTE', colours),
    part('IDAT', deflateSync(rows, { level: 9 })),
    part('IEND', Buffer.alloc(0)),
  ]);
}

interface Palette {
  readonly palette: readonly number[];
  /** Which of them each colour becomes. */
  readonly indexOf: ReadonlyMap<number, number>;
}

/** After the most frequent colours, always the one that is farthest from those that are kept. */
function paletteOf(pixels: readonly number[]): Palette {
  const counts = new Map<number, number>();
  for (const colour of pixels) counts.set(colour, (counts.get(colour) ?? 0) + 1);
  const frequent = [...counts].toSorted(([, a], [, b]) => b - a).map(([colour]) => colour);
  const all = frequent.map((colour) => ({ colour, index: 0, away: Infinity }));
  const palette: number[] = [];
  while (palette.length < Math.min(COLOURS, all.length)) {
    let next = all[palette.length]!;
    if (palette.length >= FREQUENT) for (const one of all) if (one.away > next.away) next = one;
    for (const one of all) {
      const away = distance(one.colour, next.colour);
      if (away < one.away) Object.assign(one, { away, index: palette.length });
    }
    palette.push(next.colour);
  }
  return { palette, indexOf: new Map(all.map(({ colour, index }) => [colour, index])) };
}

function distance(a: number, b: number): number {
  const apart = (shift: number): number => (((a >> shift) & 255) - ((b >> shift) & 255)) ** 2;
  return apart(16) + apart(8) + apart(0);
}

function part(type: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const [size, sum] = [data.length, crc32(body)].map((n) => {
    const bytes = Buffer.alloc(4);
    bytes.writeUInt32BE(n);
    return bytes;
  });
  return Buffer.concat([size!, body, sum!]);
}
