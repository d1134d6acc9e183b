// Makes the tarballs of all published packages. The same build gives the same bytes.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  chmodSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, posix } from 'node:path';
import { executable } from '../executable.mjs';
import { withoutLeftovers } from './leftovers.mjs';
import { absoluteLinks } from './links.mjs';
import { shippedManifest } from './manifest.mjs';
import { address } from './metadata.mjs';
import { publishedPackages, tagOf } from './packages.mjs';
import { isRecord, NOTICES, notices, thirdParty } from './third-party.mjs';

/** Documents of a package. Links in them are changed for readers who have only the tarball. */
const DOCUMENTS = ['README.md', 'CHANGELOG.md'];

/**
 * Packs every published package of what is built now, leaves first.
 *
 * Each is laid out in an empty folder first, and npm packs that: pnpm writes dependencies in changing order, and it
 * leaves the LICENSE of the root out where a file of the package has a similar name.
 *
 * Shape:  `file` is the path of the tarball, `integrity` its `sha512-...`, `folder` the package's, relative to `root`.
 * Units:  `size` and `unpackedSize` in bytes; `files` has the path in the package and the size of each.
 *         `bundled`: packages of others whose code or fonts are in it.
 * Errors: a package that is not built whole, or cannot be packed as it is, is thrown.
 *
 * @param {{ folder: string, root?: string }} options `folder` for the tarballs, made if it isn't there
 * @returns {{ name: string, version: string, folder: string, file: string, integrity: string, size: number,
 *   unpackedSize: number, files: { path: string, size: number }[],
 *   bundled: { name: string, version: string, identifier: string }[] }[]}
 */
export function packAll({ folder, root = '.' }) {
  const packages = publishedPackages(root);
  const versions = new Map(packages.map(({ name, version }) => [name, version]));
  const layouts = mkdtempSync(join(tmpdir(), 'pack-'));
  try {
    const others = packages.map((one, index) =>
      layOut(one, { versions, root, layout: join(layouts, `${index}`) }),
    );
    const packed = npmPack(layouts, packages.length);
    mkdirSync(folder, { recursive: true });
    return packages.map(({ name, version, folder: from }, index) => {
      const { files, size, unpackedSize } = packed.find((one) => one.name === name);
      const fileName = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
      const file = join(folder, fileName);
      copyFileSync(join(layouts, fileName), file);
      const integrity = `sha512-${createHash('sha512').update(readFileSync(file)).digest('base64')}`;
      const listed = files.map((entry) => ({ path: entry.path, size: entry.size }));
      return {
        name,
        version,
        folder: from,
        file,
        integrity,
        size,
        unpackedSize,
        files: listed,
        bundled: others[index],
      };
    });
  } finally {
    rmSync(layouts, { recursive: true, force: true });
  }
}

/** Puts the files of a package, as its users get them, into an empty folder. Gives what is in it of others. */
function layOut(one, { versions, root, layout }) {
  const { folder, manifest } = one;
  const from = join(root, folder);
  const there = manifest.files.flatMap((name) => filesIn(from, name)).filter((path) => !isRecord(path));
  const built = withoutLeftovers(there, (path) => readFileSync(join(from, path), 'utf8'));
  const documents = DOCUMENTS.filter((name) => existsSync(join(from, name)));
  const others = thirdParty(from, built);
  const shipped = new Set([...built, ...documents]);
  const isShipped = (path) => shipped.has(path) || built.some((file) => file.startsWith(`${path}/`));
  const programs = new Set(Object.values(manifest.bin ?? {}).map((path) => posix.normalize(path)));
  const put = (path, content) => {
    mkdirSync(dirname(join(layout, path)), { recursive: true });
    writeFileSync(join(layout, path), content);
    // The modes that are there depend on the umask of the checkout and of the build.
    chmodSync(join(layout, path), programs.has(path) ? 0o755 : 0o644);
  };
  for (const path of built) put(path, readFileSync(join(from, path)));
  for (const file of documents) {
    const links = { folder, file, isShipped, address: address(root), tag: tagOf(one), root };
    put(file, absoluteLinks(readFileSync(join(from, file), 'utf8'), links));
  }
  put('LICENSE', readFileSync(join(root, 'LICENSE')));
  if (others.length > 0) put(NOTICES, notices(others));
  const files = [...manifest.files, ...(documents.includes('CHANGELOG.md') ? ['CHANGELOG.md'] : [])];
  if (others.length > 0) files.push(NOTICES);
  const whole = shippedManifest(one, { versions, files, root });
  put('package.json', `${JSON.stringify(whole, null, 2)}\n`);
  const missing = doors(whole).find((path) => !existsSync(join(layout, path)));
  if (missing !== undefined) {
    throw new Error(
      `Cannot pack ${folder}: its package.json names ${missing}, which is not built. Run npm run build`,
    );
  }
  return others.map(({ name, version, identifier }) => ({ name, version, identifier }));
}

/** Every file that a package.json lets others import or run. */
function doors({ bin = {}, exports }) {
  const targets = (value) => (typeof value === 'string' ? [value] : Object.values(value).flatMap(targets));
  return [...Object.values(bin), ...targets(exports)];
}

/** The files of a folder, as paths with `/` relative to `from`, in a fixed order. */
function filesIn(from, name) {
  if (!existsSync(join(from, name))) {
    throw new Error(
      `Cannot pack ${from}: its package.json lists ${name}, which is not there. Run npm run build`,
    );
  }
  const entries = readdirSync(join(from, name), { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name).slice(join(from, '/').length).replaceAll('\\', '/'))
    .toSorted();
}

/** Packs the folders `0`, `1` and so on, into the folder that they are in. Gives what npm says of each. */
function npmPack(layouts, count) {
  const folders = Array.from({ length: count }, (_, index) => `./${index}`);
  const settings = [
    'ignore-scripts',
    'loglevel=error',
    'pack-destination=.',
    'workspaces=false',
    'dry-run=false',
  ];
  const args = ['pack', '--json', ...settings.map((setting) => `--${setting}`), ...folders];
  const { status, stdout, stderr, error } = spawnSync(...executable('npm', args), {
    cwd: layouts,
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`Cannot pack: npm said ${(error?.message ?? stderr) || stdout}`);
  return JSON.parse(stdout);
}
