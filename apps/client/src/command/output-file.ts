import { accessSync, constants, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { excerpt } from '../library/excerpt.ts';

/** A file can't be written. */
export class UnwritableFile extends Error {
  override readonly name = 'UnwritableFile';
}

const STATES: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such folder',
  ENOTDIR: 'there is no such folder',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder, expected a file',
  ENOSPC: 'the disk is full',
};

/**
 * Looks whether a file can be written, so that nobody waits for a result in vain, and returns what writes it. `flag`:
 * the option that named it.
 *
 * Errors: `UnwritableFile`, now and when it is written.
 */
export function outputFile(flag: string, file: string): (text: string) => void {
  const attempt = (act: () => void): void => {
    try {
      act();
    } catch (cause) {
      const { code = '', message } = cause as NodeJS.ErrnoException;
      const text = `Cannot write ${flag} ${excerpt(file)}: ${STATES[code] ?? message}`;
      throw new UnwritableFile(text, { cause });
    }
  };
  attempt(() => {
    const found = statSync(file, { throwIfNoEntry: false });
    if (found?.isDirectory()) throw Object.assign(new Error('folder'), { code: 'EISDIR' });
    accessSync(found === undefined ? dirname(file) : file, constants.W_OK);
  });
  return (text) => attempt(() => writeFileSync(file, text));
}
