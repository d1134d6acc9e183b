import { AUTH_PREFIX, isContent, mostTokenBytes } from '@proto/protocol';

/** The text for something that can't be a token. */
export function tokenShape(maxLineBytes: number): string {
  return `expected 1 to ${mostTokenBytes(maxLineBytes)} ASCII characters on one line`;
}

/** Whether a text can be sent to a server as a token. */
export function isToken(text: string, maxLineBytes: number): boolean {
  return text !== '' && isContent(text) && text.length <= mostTokenBytes(maxLineBytes);
}

/** The line that sends a token, with its LF. */
export function authLine(token: string): string {
  return `${AUTH_PREFIX}${token}\n`;
}
