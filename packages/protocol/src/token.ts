/** What stands before a token in the line that shows it. */
export const AUTH_PREFIX = '/auth ';

/** The longest token that a client can show. In bytes. */
export function mostTokenBytes(maxLineBytes: number): number {
  return maxLineBytes - AUTH_PREFIX.length;
}

/** The token in a file of which this is the text: an editor's line end behind it is no part of it. */
export function tokenIn(text: string): string {
  return text.replace(/\r?\n$/, '');
}
