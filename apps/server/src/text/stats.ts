import { type BigIntStats, fstatSync, lstatSync } from 'node:fs';

// Without `bigint`, Node keeps the result where `realpathSync` finds it. After a pipe or a socket, it then stops at the first symbolic
// link, and the next `import` fails: https://github.com/nodejs/node/issues/51142. `rmSync` does the same.

/** What an open file is. */
export function statsOf(fd: number): BigIntStats {
  return fstatSync(fd, { bigint: true });
}

/** What is at a path, which may be a symbolic link. */
export function statsAt(path: string): BigIntStats {
  return lstatSync(path, { bigint: true });
}
