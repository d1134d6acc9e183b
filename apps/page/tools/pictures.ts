// Takes the pictures of the documents from a recording, and writes them to docs/pictures:
//   npm run page:pictures
import { mkdirSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { nodesSession } from '../test/dist/nodes.ts';
import { withPalette } from './png.ts';
import { LESSON } from './sessions.ts';
import { DESKTOP, PHONE, type Shot, Studio } from './studio.ts';

/** A picture stays below this. In bytes. */
const MOST_BYTES = 100_000;

/** What each picture shows; each is taken in both themes. */
const PICTURES: Readonly<Record<string, Omit<Shot, 'theme'>>> = {
  // Client 1 has sent the end of one line and the beginning of the next: all four questions have an answer.
  waiting: { session: LESSON, t: 5_200, ...DESKTOP },
  blocked: { session: LESSON, t: 12_700, ...DESKTOP },
  // Node b is gone, and its turn has passed on.
  nodes: { session: nodesSession(), t: 11_000, ...DESKTOP },
  'phone-now': { session: LESSON, t: 4_600, tab: 'Now', ...PHONE },
  'phone-wire': { session: LESSON, t: 5_200, tab: 'Wire', ...PHONE },
};

const folder = fileURLToPath(new URL('../../../docs/pictures', import.meta.url));
mkdirSync(folder, { recursive: true });
const studio = await Studio.open();
try {
  for (const [name, shot] of Object.entries(PICTURES)) {
    for (const theme of ['light', 'dark'] as const) {
      const picture = withPalette(await studio.shoot({ ...shot, theme }));
      if (picture.length > MOST_BYTES)
        throw new Error(`Cannot keep ${name}: ${picture.length} bytes, expected at most ${MOST_BYTES}`);
      writeFileSync(`${folder}/${name}-${theme}.png`, picture);
      process.stdout.write(`docs/pictures/${name}-${theme}.png ${picture.length} bytes\n`);
    }
  }
} finally {
  await studio.close();
}
