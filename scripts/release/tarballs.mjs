// Packs everything that is published, twice, and says what is not as agreed (tarballs.json) or would not work where it is
// installed. With `--pin`, what is there now is what is agreed. With `--to FOLDER`, leaves the tarballs there, each with its
// bill of materials, and checks nothing.
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { packAll } from './pack.mjs';
import { contentOf, differences, pinOf } from './pins.mjs';
import { writeSboms } from './sbom.mjs';
import { faultsOf } from './shape.mjs';

const PINS = 'scripts/release/tarballs.json';
const REPIN = 'If that is meant: node scripts/release/tarballs.mjs --pin';

const { values } = parseArgs({ options: { pin: { type: 'boolean' }, to: { type: 'string' } } });
const to = values.to === undefined ? undefined : resolve(values.to);
process.chdir(join(dirname(fileURLToPath(import.meta.url)), '../..'));
const folder = mkdtempSync(join(tmpdir(), 'tarballs-'));
try {
  const tarballs = packAll({ folder: to ?? folder });
  if (to !== undefined) keep(tarballs);
  else if (values.pin) pin(tarballs);
  else await check(tarballs);
} catch (error) {
  process.stderr.write(`${error.message}\n`);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function keep(tarballs) {
  writeSboms(tarballs);
  process.stdout.write(tarballs.map(({ file }) => `${file}\n`).join(''));
}

function pin(tarballs) {
  const pins = tarballs.map((tarball) => [tarball.folder, pinOf(contentOf(tarball))]);
  writeFileSync(PINS, `${JSON.stringify(Object.fromEntries(pins), null, 2)}\n`);
  process.stdout.write(`${PINS} says what ${pins.length} tarballs hold now\n`);
}

async function check(tarballs) {
  const pins = existsSync(PINS) ? JSON.parse(readFileSync(PINS, 'utf8')) : {};
  const again = packAll({ folder: join(folder, 'again') });
  const unpinned = [];
  const broken = [];
  for (const [index, tarball] of tarballs.entries()) {
    const say = (faults) => faults.map((fault) => `${tarball.folder}: ${fault}`);
    const pinned = pins[tarball.folder];
    const differs = pinned === undefined ? ['it has no pin'] : differences(contentOf(tarball), pinned);
    unpinned.push(...say(differs));
    if (again[index].integrity !== tarball.integrity)
      broken.push(...say(['packed again, it has other bytes']));
    broken.push(...say(await faultsOf(tarball.file)));
  }
  const left = Object.keys(pins).filter((name) => !tarballs.some((tarball) => tarball.folder === name));
  unpinned.push(...left.map((name) => `${name}: it has a pin, and is not published`));
  if (unpinned.length > 0) unpinned.push(REPIN);
  const lines = [...broken, ...unpinned];
  process.stderr.write(lines.map((line) => `${line}\n`).join(''));
  if (lines.length > 0) process.exitCode = 1;
  else process.stdout.write(`${tarballs.length} tarballs as agreed, the same bytes twice\n`);
}
