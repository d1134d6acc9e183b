/** What precedes a token in the line that sends it. */
export const AUTH_PREFIX = '/auth ';

/** The longest token that a client can send. In bytes. */
export function mostTokenBytes(maxLineBytes: number): number {
  return maxLineBytes - AUTH_PREFIX.length;
}

/** The token in a file with this text. The line end that an editor adds isn't part of it. */
export function tokenIn(text: string): string {
  return text.replace(/\r?\n$/, '');
}
