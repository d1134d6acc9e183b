import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { extname, join, relative, sep } from 'node:path';
import { OptionError } from '../../options/options.ts';

const TYPES: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.json': 'application/json',
  '.svg': 'image/svg+xml',
  '.png': 'image/png',
  '.woff2': 'font/woff2',
};

/** A file, ready to send. */
interface File {
  readonly bytes: Buffer;
  readonly type: string;
  readonly etag: string;
}

/** Files of a page, by request path. */
export type Files = ReadonlyMap<string, File>;

/**
 * Reads the files of a folder. They stay in memory: no request reaches the disk, and replacing the folder while the server
 * runs has no effect.
 *
 * Errors: throws the errors of reading.
 */
function filesIn(folder: string): Files {
  const files = new Map<string, File>();
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile() || entry.name.startsWith('.')) continue;
    const path = join(entry.parentPath, entry.name);
    files.set(`/${relative(folder, path).split(sep).join('/')}`, fileOf(path, readFileSync(path)));
  }
  const index = files.get('/index.html');
  if (index) files.set('/', index);
  return files;
}

/**
 * Reads the files of the page.
 *
 * Errors: throws an `OptionError` for this option if there is no page in the folder.
 */
export function readPage(
  folder: string,
  { key, value }: { readonly key: 'page' | 'replay'; readonly value: string },
): Files {
  let files: Files | undefined;
  let cause: unknown;
  try {
    files = filesIn(folder);
  } catch (error) {
    cause = error;
  }
  if (files?.has('/')) return files;
  const state = `${value}: its files are not in ${folder}. Build them, or leave out the option`;
  throw new OptionError(state, { key, cause });
}

/** A file with this name and content. */
export function fileOf(name: string, bytes: Buffer): File {
  const type = TYPES[extname(name)] ?? 'application/octet-stream';
  return { bytes, type, etag: `"${createHash('sha256').update(bytes).digest('base64url')}"` };
}

/** Sends a file, or 304 if the browser has it. `false`: there is no such file. */
export function sendFile(files: Files, request: IncomingMessage, response: ServerResponse): boolean {
  const file = files.get(request.url?.split('?', 1)[0] ?? '');
  if (file === undefined) return false;
  const { bytes, type, etag } = file;
  const isKnown = request.headers['if-none-match'] === etag;
  response.writeHead(isKnown ? 304 : 200, {
    ...(!isKnown && { 'content-type': type, 'content-length': bytes.length }),
    'cache-control': 'no-cache',
    etag,
  });
  response.end(isKnown || request.method === 'HEAD' ? undefined : bytes);
  return true;
}
