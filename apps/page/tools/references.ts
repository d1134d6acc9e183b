// Takes the pictures that test/dist/pixels.test.ts compares the page with:
//   pnpm --filter @proto/page references
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { MOMENTS, VERSION_FILE } from './moments.ts';
import { withPalette } from './png.ts';
import { Studio } from './studio.ts';

const studio = await Studio.open();
try {
  mkdirSync(dirname(VERSION_FILE), { recursive: true });
  for (const { name, shot, file } of MOMENTS) {
    const picture = withPalette(await studio.shoot(shot));
    writeFileSync(file, picture);
    process.stdout.write(`${name}: ${picture.length} bytes\n`);
  }
  writeFileSync(VERSION_FILE, `${studio.version}\n`);
} finally {
  await studio.close();
}
