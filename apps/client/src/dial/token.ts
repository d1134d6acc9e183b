import { AUTH_PREFIX, isContent, mostTokenBytes } from '@proto/protocol';

/** What may be said of a token that is none. */
export function tokenShape(maxLineBytes: number): string {
  return `expected 1 to ${mostTokenBytes(maxLineBytes)} characters of ASCII, on one line`;
}

/** Whether a text can be shown to a server as a token. */
export function isToken(text: string, maxLineBytes: number): boolean {
  return text !== '' && isContent(text) && text.length <= mostTokenBytes(maxLineBytes);
}

/** The line that shows a token, with its LF. */
export function authLine(token: string): string {
  return `${AUTH_PREFIX}${token}\n`;
}
