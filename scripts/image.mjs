// `npm run image [-- --tag NAME] [--base IMAGE]`: builds an image of proto-server from the packages of this checkout, packed as a
// release packs them. Takes the first of docker, podman and buildah that there is.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { packAll } from './release/pack.mjs';

const SERVER = 'apps/server';
/** What builds, and how it says that it works: a docker without its daemon does not. */
const BUILDERS = [
  ['docker', ['info'], ['build']],
  ['podman', ['info'], ['build']],
  ['buildah', ['info'], ['bud']],
];
const LOOK_MS = 20_000;
const { values } = parseArgs({
  options: { tag: { type: 'string', default: 'proto-server' }, base: { type: 'string' } },
});

const found = BUILDERS.find(
  ([name, look]) => spawnSync(name, look, { stdio: 'ignore', timeout: LOOK_MS }).status === 0,
);
if (found === undefined) {
  process.stderr.write('Cannot build an image: there is no docker, podman or buildah that works here\n');
  process.exit(69);
}
const [builder, , [build]] = found;
const context = mkdtempSync(join(tmpdir(), 'image-'));
const packages = mkdtempSync(join(tmpdir(), 'packages-'));
try {
  copyFileSync(join(SERVER, 'deploy/Dockerfile'), join(context, 'Dockerfile'));
  const { name: server, dependencies } = JSON.parse(readFileSync(join(SERVER, 'package.json'), 'utf8'));
  for (const { name, file } of packAll({ folder: packages })) {
    if (name === server || name in dependencies) copyFileSync(file, join(context, basename(file)));
  }
  const base = values.base === undefined ? [] : ['--build-arg', `BASE=${values.base}`];
  const { status } = spawnSync(builder, [build, '--tag', values.tag, ...base, context], {
    stdio: 'inherit',
  });
  process.exitCode = status ?? 1;
} finally {
  for (const folder of [context, packages]) rmSync(folder, { recursive: true, force: true });
}
