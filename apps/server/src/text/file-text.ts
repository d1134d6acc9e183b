import { readFile, stat } from 'node:fs/promises';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder, expected a file',
  EMFILE: 'this process has too many open files. Raise ulimit -n',
};

/** Why a file can't be read, in words. */
export function whyUnread(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}

/** Reads a file of at most `maxBytes`, and tells whether anyone on the machine may read it. */
export async function readText(
  path: string,
  maxBytes: number,
): Promise<{ text: string; isOpenToAll: boolean }> {
  const { size, mode } = await stat(path);
  if (size > maxBytes) throw new RangeError(`it has ${size} bytes, expected at most ${maxBytes}`);
  return { text: await readFile(path, 'utf8'), isOpenToAll: (mode & 0o004) !== 0 };
}
