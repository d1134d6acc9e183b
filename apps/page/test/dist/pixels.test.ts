import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import pixelmatch from 'pixelmatch';
import { PNG } from 'pngjs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { MOMENTS, versionThen } from '../../tools/moments.ts';
import { Studio } from '../../tools/studio.ts';
import { hasBrowser } from './browser.ts';

/** How much a colour may differ, from 0 to 1: a palette of 256 colours is within it, another colour of a seat isn't. */
const THRESHOLD = 0.06;
/** How many pixels may differ where the same Chromium draws, and which share of them where another version does. */
const MOST_PIXELS = 12;
const MOST_SHARE = 0.005;

/** Where a picture that differs is kept, and what differs in it. Beside the report of the tests. */
const KEPT = fileURLToPath(new URL('../../.report/pixels/', import.meta.url));

/** What differs between two pictures. */
interface Difference {
  readonly pixels: number;
  /** The picture with each pixel that differs in red, and the box that holds them all: left, top, right, bottom. */
  readonly marked: PNG;
  readonly box: readonly [number, number, number, number];
}

function compare(want: PNG, got: PNG): Difference {
  const { width, height } = want;
  if (got.width !== width || got.height !== height)
    throw new Error(`${got.width} x ${got.height} pixels, expected ${width} x ${height}`);
  const marked = new PNG({ width, height });
  const options = { threshold: THRESHOLD, diffColor: [255, 0, 0] as [number, number, number] };
  const pixels = pixelmatch(want.data, got.data, marked.data, width, height, options);
  const box: [number, number, number, number] = [width, height, 0, 0];
  for (let i = 0; i < width * height; i++) {
    const [red, green, blue] = marked.data.subarray(i * 4, i * 4 + 3);
    if (red !== 255 || green !== 0 || blue !== 0) continue;
    const [x, y] = [i % width, Math.floor(i / width)];
    box[0] = Math.min(box[0], x);
    box[1] = Math.min(box[1], y);
    box[2] = Math.max(box[2], x);
    box[3] = Math.max(box[3], y);
  }
  return { pixels, marked, box };
}

/** Keeps what was drawn and what differs, and says where. */
function described(name: string, got: Buffer, { pixels, marked, box }: Difference): string {
  mkdirSync(KEPT, { recursive: true });
  const start = `${KEPT}${name.replaceAll(', ', '-').replaceAll(' ', '-')}`;
  writeFileSync(`${start}.actual.png`, got);
  writeFileSync(`${start}.diff.png`, PNG.sync.write(marked));
  const [left, top, right, bottom] = box;
  return [
    `${pixels} pixels differ, all within (${left}, ${top}) to (${right}, ${bottom}).`,
    `See ${relative('.', start)}.actual.png and .diff.png.`,
    'If this is how it should look: pnpm --filter @proto/page references',
  ].join(' ');
}

describe.skipIf(!hasBrowser)('the look of the page', () => {
  let studio: Studio;
  beforeAll(async () => {
    rmSync(KEPT, { recursive: true, force: true });
    studio = await Studio.open();
  });
  afterAll(() => studio.close());

  test.each(MOMENTS)('page: looks as it should, $name', async ({ name, shot, file }) => {
    const got = await studio.shoot(shot);
    const difference = compare(PNG.sync.read(readFileSync(file)), PNG.sync.read(got));
    const isSame = studio.version === versionThen();
    const most = isSame ? MOST_PIXELS : MOST_SHARE * shot.width * shot.height;
    if (difference.pixels > most) expect.fail(described(name, got, difference));
  });
});
