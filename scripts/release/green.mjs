// A record that the gate was green for a commit, so that a release need not run it again.
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { git } from './programs.mjs';

/** Lies in node_modules, so that deleting node_modules deletes it too. */
const RECORD = 'node_modules/.proto-green.json';

/**
 * The commit that is checked out, or `undefined` if a file is not as committed.
 *
 * @param {{ root: string, env: NodeJS.ProcessEnv }} [where]
 */
export function cleanCommit(where = { root: '.', env: process.env }) {
  return git(where, ['status', '--porcelain']) === '' ? git(where, ['rev-parse', 'HEAD']) : undefined;
}

/**
 * Records that the gate was green. Call `cleanCommit` before the gate, and this after it: what changed in between was
 * not checked.
 *
 * @param {string | undefined} before
 */
export function recordGreen(before) {
  if (before === undefined || cleanCommit() !== before) return;
  writeFileSync(RECORD, `${JSON.stringify({ commit: before })}\n`);
}

/**
 * Whether the gate was green for the commit that is checked out, with every file as committed.
 *
 * @param {{ root: string, env: NodeJS.ProcessEnv }} where
 */
export function isGreen(where) {
  const commit = cleanCommit(where);
  try {
    return (
      commit !== undefined && JSON.parse(readFileSync(join(where.root, RECORD), 'utf8')).commit === commit
    );
  } catch {
    return false;
  }
}
