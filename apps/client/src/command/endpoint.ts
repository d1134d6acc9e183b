import { readFileSync } from 'node:fs';
import { tokenIn } from '@proto/protocol';
import type { Endpoint } from '../dial/dial.ts';
import { isToken, tokenShape } from '../dial/token.ts';
import { excerpt } from '../library/excerpt.ts';
import { whyUnread } from '../mode/unread.ts';
import type { ConnectionOptions } from './connection-flags.ts';

/** A given file can't be read or used. */
export class UnreadableFile extends Error {
  override readonly name = 'UnreadableFile';
}

/**
 * Reads the files of a connection: where to connect, and with what.
 *
 * Errors: `UnreadableFile`.
 */
export function endpointOf(
  { host, port, socket, tls, tokenFile }: ConnectionOptions,
  { timeoutMs, maxLineBytes }: { readonly timeoutMs: number; readonly maxLineBytes: number },
): Endpoint {
  const { servername, ...files } = tls ?? {};
  const texts = Object.entries(files).map(([name, file]) => [name, readText(`--tls-${name}`, file)] as const);
  const secure = { ...Object.fromEntries(texts), ...(servername !== undefined && { servername }) };
  const token = tokenFile === undefined ? undefined : readToken(tokenFile, maxLineBytes);
  return { host, port, path: socket, tls: tls && secure, token, timeoutMs };
}

function readToken(file: string, maxLineBytes: number): string {
  const token = tokenIn(readText('--token-file', file));
  if (isToken(token, maxLineBytes)) return token;
  throw new UnreadableFile(`Cannot use --token-file ${excerpt(file)}: ${tokenShape(maxLineBytes)}`);
}

/**
 * The bytes of a file that an option names, as Latin-1.
 *
 * Errors: `UnreadableFile`.
 */
export function readText(flag: string, file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch (cause) {
    throw new UnreadableFile(`Cannot read ${flag} ${excerpt(file)}: ${whyUnread(cause)}`, { cause });
  }
}
