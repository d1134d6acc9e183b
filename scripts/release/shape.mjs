// Whether a tarball works where it is installed: what its package.json promises, and what its files import.
import { checkPackage, createPackageFromTarballData } from '@arethetypeswrong/core';
import { readFileSync } from 'node:fs';
import { isBuiltin } from 'node:module';
import { posix } from 'node:path';
import { publint } from 'publint';
import { formatMessage } from 'publint/utils';
import typescript from 'typescript';

/** How nobody can import a package that is ESM only; `require` of it works from Node 20.19 on. */
const UNSUPPORTED = new Set(['node10', 'node16-cjs']);

/**
 * What is wrong with a tarball, one sentence each: what publint and "are the types wrong" say, an import of a package
 * that it does not depend on, and a path to a file that is not in it.
 *
 * @param {string} file the path of the tarball
 * @returns {Promise<string[]>}
 */
export async function faultsOf(file) {
  const data = new Uint8Array(readFileSync(file));
  const contents = createPackageFromTarballData(data);
  const top = `/node_modules/${contents.packageName}/`;
  const manifest = JSON.parse(contents.readFile(`${top}package.json`));
  const files = new Map(
    contents.listFiles().map((path) => [path.slice(top.length), () => contents.readFile(path)]),
  );
  const { messages } = await publint({ pack: { tarball: data.buffer }, strict: true });
  const types = await checkPackage(contents);
  const wrong = (types.problems ?? []).filter(({ resolutionKind }) => !UNSUPPORTED.has(resolutionKind));
  return [
    ...messages.map((message) => `publint: ${formatMessage(message, manifest, { color: false })}`),
    ...(types.types === false ? ['it has no types'] : []),
    ...wrong.map((problem) => `its types are wrong: ${problem.kind} at ${placeOf(problem)}`),
    ...[...files].flatMap(([path, read]) => importFaults(path, read(), { files, manifest })),
  ];
}

/** Some problems are those of a door, others of a file. */
function placeOf({ entrypoint, typesFileName, fileName }) {
  return entrypoint ?? typesFileName ?? fileName;
}

/** The faults of what one file of a package names: packages, and files of the same package. */
export function importFaults(path, text, { files, manifest }) {
  const hasImports = /\.(?:js|mjs|ts)$/.test(path);
  if (!hasImports) return [];
  const { importedFiles } = typescript.preProcessFile(text, true, true);
  const imported = importedFiles.map(({ fileName }) => fileName);
  const undeclared = imported
    .filter((specifier) => !specifier.startsWith('.') && !isBuiltin(specifier))
    .map((specifier) => /^(?:@[^/]+\/)?[^/]+/.exec(specifier)?.[0] ?? specifier)
    .filter((name) => name !== manifest.name && !isDeclared(name, manifest));
  const named = [
    ...imported.filter((specifier) => specifier.startsWith('.')).map((name) => withTypes(path, name)),
    ...[...text.matchAll(/new URL\(\s*["'`]([^"'`]+)["'`],\s*import\.meta\.url/g)].map(([, name]) => name),
    ...[...text.matchAll(/^\/\/# sourceMappingURL=(\S+)$/gm)].map(([, name]) => name),
  ];
  const missing = named.filter((name) => !isThere(posix.join(posix.dirname(path), name), files));
  return [
    ...[...new Set(undeclared)].map((name) => `${path} imports ${name}, which is not among its dependencies`),
    ...[...new Set(missing)].map((name) => `${path} names ${name}, which is not in the tarball`),
  ];
}

function isDeclared(name, { dependencies = {}, peerDependencies = {} }) {
  return name in dependencies || name in peerDependencies;
}

/** A declaration names the JavaScript that it declares; what it reads is the declaration beside that. */
function withTypes(path, specifier) {
  return path.endsWith('.d.ts') ? specifier.replace(/\.js$/, '.d.ts') : specifier;
}

function isThere(path, files) {
  const folder = path.endsWith('/') ? path : `${path}/`;
  return files.has(path) || [...files.keys()].some((file) => file.startsWith(folder));
}
