const REQUEST_LINE = /^[!-~]+ \S+ HTTP\/\d/;
const REQUEST_HEAD = /^[A-Za-z-]{3,14} (?:\/|\*|https?:)/;

/** Bytes of a connection that tell a request whose first line could not be read. */
export const HEAD_BYTES = 16;

/**
 * Says whether the first line of a connection is an HTTP request.
 *
 * A web page can post to a loopback port: its request line is the first line, and nothing in its headers and body may
 * be obeyed. A line that was at fault (over-long, or the whole request as one chunk) is judged by its first bytes.
 */
export function looksLikeHttp(line: string | undefined, head: string): boolean {
  return line === undefined ? REQUEST_HEAD.test(head) : REQUEST_LINE.test(line);
}

/** Says whether a connection begins with a TLS handshake: a record of that kind, of version 3.x. */
export function looksLikeTls(chunk: Uint8Array): boolean {
  return chunk[0] === 0x16 && (chunk.length === 1 || chunk[1] === 3);
}
