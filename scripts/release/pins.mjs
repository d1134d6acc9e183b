// What each tarball holds, as it was last agreed on: its files, whose code is in it, and how large it may be.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { createPackageFromTarballData } from '@arethetypeswrong/core';
import { HASH, withoutHash } from './leftovers.mjs';

/** It grows with each release, so it is neither listed nor counted. */
const CHANGELOG = 'CHANGELOG.md';

/** A budget is the size with this part of it to spare, and a little more for what is small. */
const SLACK = 0.04;
const SLACK_BYTES = 500;

/**
 * What a tarball holds.
 *
 * Shape:  `files` with `*` for a hash in a name, sorted; `bundled` as `name licence`.
 * Units:  `packed` and `unpacked` in bytes, without the changelog.
 *
 * @param {{ file: string, size: number, unpackedSize: number, files: { path: string, size: number }[],
 *   bundled: { name: string, identifier: string }[] }} tarball as `packAll` gives it
 */
export function contentOf({ file, size, unpackedSize, files, bundled }) {
  const changelog = files.find(({ path }) => path === CHANGELOG);
  const text = changelog === undefined ? '' : readChangelog(file);
  return {
    packed: size - (text === '' ? 0 : gzipSync(text).length),
    unpacked: unpackedSize - (changelog?.size ?? 0),
    bundled: [...new Set(bundled.map(({ name, identifier }) => `${name} ${identifier}`))],
    files: files.map(({ path }) => path).filter((path) => path !== CHANGELOG),
  };
}

/** The pin of a tarball: its content, with budgets for its sizes. */
export function pinOf(content) {
  const files = [...new Set(content.files.map(withoutHash))].toSorted();
  return {
    packed: budgetOf(content.packed),
    unpacked: budgetOf(content.unpacked),
    bundled: content.bundled,
    files,
  };
}

/**
 * How the content of a tarball differs from its pin, one sentence each.
 *
 * @returns {string[]}
 */
export function differences(content, pin) {
  const patterns = pin.files.map((name) => ({ name, matches: matcher(name) }));
  const added = content.files.filter((path) => !patterns.some(({ matches }) => matches.test(path)));
  const gone = patterns.filter(({ matches }) => !content.files.some((path) => matches.test(path)));
  return [
    ...added.map((path) => `${path} is new in it`),
    ...gone.map(({ name }) => `${name} is not in it any more`),
    ...content.bundled
      .filter((one) => !pin.bundled.includes(one))
      .map((one) => `it now holds code of ${one}`),
    ...pin.bundled
      .filter((one) => !content.bundled.includes(one))
      .map((one) => `it holds no code of ${one} any more`),
    ...['packed', 'unpacked'].flatMap((kind) => overBudget(kind, content[kind], pin[kind])),
  ];
}

function budgetOf(size) {
  return Math.ceil((size * (1 + SLACK) + SLACK_BYTES) / 100) * 100;
}

function overBudget(kind, size, budget) {
  if (size > budget) return [`it has ${size} bytes ${kind}, of at most ${budget}`];
  const least = Math.floor((budget - SLACK_BYTES) * (1 - 4 * SLACK)) - SLACK_BYTES;
  if (size < least) return [`it has only ${size} bytes ${kind}, and its budget is ${budget}`];
  return [];
}

function matcher(pattern) {
  const parts = pattern.split('*').map((part) => part.replace(/[.+()[\]{}^$|\\?]/g, '\\$&'));
  return new RegExp(`^${parts.join(HASH)}$`);
}

function readChangelog(file) {
  const contents = createPackageFromTarballData(new Uint8Array(readFileSync(file)));
  return contents.readFile(`/node_modules/${contents.packageName}/${CHANGELOG}`);
}
