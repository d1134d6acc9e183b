import { closeSync, constants, openSync, readSync } from 'node:fs';
import { Socket } from 'node:net';
import { statsOf } from './stats.ts';

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'there is no such file',
  ENOTDIR: 'there is no such file',
  EACCES: 'permission denied',
  EISDIR: 'it is a folder, expected a file',
  EMFILE: 'this process has too many open files. Raise ulimit -n',
};

const CHUNK_BYTES = 65_536;
/** How long a pipe may take to end. */
const PIPE_MS = 5_000;

/** Why a file can't be read, in words. */
export function whyUnread(error: unknown): string {
  const { code = '', message } = error as NodeJS.ErrnoException;
  return REASONS[code] ?? message;
}

/** The contents of a file, and whether anyone on the machine may read it. */
export interface FileText {
  readonly text: string;
  readonly isOpenToAll: boolean;
}

/**
 * Reads a file, or a pipe to its end. At most `maxBytes`, and 5 s for a pipe: one that nobody writes to must not block a
 * thread, which even the end of the process would wait for.
 *
 * Errors: rejects with the error of the system, or with one that says what is there instead of a file.
 */
export async function readText(path: string, maxBytes: number): Promise<FileText> {
  const { fd, isPipe, isOpenToAll } = open(path);
  if (isPipe) return { text: await readPipe(fd, maxBytes), isOpenToAll };
  return { text: readAll(fd, maxBytes).toString(), isOpenToAll };
}

/**
 * Reads a file now.
 *
 * Errors: those of `readText`; a pipe is one of them.
 */
export function readNow(path: string, maxBytes: number): Buffer {
  const { fd, isPipe } = open(path);
  if (!isPipe) return readAll(fd, maxBytes);
  closeSync(fd);
  throw new RangeError('it is a pipe, expected a file');
}

function open(path: string): {
  readonly fd: number;
  readonly isPipe: boolean;
  readonly isOpenToAll: boolean;
} {
  const fd = openSync(path, constants.O_RDONLY | (constants.O_NONBLOCK ?? 0));
  const stats = statsOf(fd);
  if (stats.isFile() || stats.isFIFO())
    return { fd, isPipe: stats.isFIFO(), isOpenToAll: (stats.mode & 0o004n) !== 0n };
  closeSync(fd);
  if (stats.isDirectory()) throw Object.assign(new Error(REASONS['EISDIR']), { code: 'EISDIR' });
  throw new RangeError('it is a device, expected a file');
}

function readAll(fd: number, maxBytes: number): Buffer {
  try {
    const chunks: Buffer[] = [];
    // Its size says little: the files of /proc have none, and others grow.
    for (let length = 0; length <= maxBytes;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const read = readSync(fd, chunk);
      if (read === 0) return Buffer.concat(chunks);
      chunks.push(chunk.subarray(0, read));
      length += read;
    }
    throw tooLong(maxBytes);
  } finally {
    closeSync(fd);
  }
}

function readPipe(fd: number, maxBytes: number): Promise<string> {
  return new Promise((resolve, reject) => {
    const pipe = new Socket({ fd, readable: true, writable: false });
    const chunks: Buffer[] = [];
    let length = 0;
    const timer = setTimeout(() => {
      pipe.destroy(
        new RangeError(`it is a pipe that does not end within ${PIPE_MS} ms. Write to it, and close it`),
      );
    }, PIPE_MS);
    pipe.once('close', () => clearTimeout(timer));
    pipe.once('error', reject);
    pipe.once('end', () => resolve(Buffer.concat(chunks).toString()));
    pipe.on('data', (chunk: Buffer) => {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxBytes) pipe.destroy(tooLong(maxBytes));
    });
  });
}

function tooLong(maxBytes: number): RangeError {
  return new RangeError(`it has more than ${maxBytes} bytes`);
}
