/** The token that is sent if the server asks for one. It came with the address of the page, after `#t=`. */
const KEY = 'proto-token';
/** How many attempts there are to send it. */
export const TRIES = 3;

/** Removes the token from the address, so it is in no history and no screenshot. */
export function takeToken(): void {
  const rest = new URLSearchParams(location.hash.slice(1));
  const token = rest.get('t');
  if (token === null) return;
  keepToken(token);
  rest.delete('t');
  history.replaceState(null, '', `${location.pathname}${location.search}${rest.size > 0 ? `#${rest}` : ''}`);
}

export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}

export function knownToken(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined;
}

/** A token that was refused is not sent again. */
export function dropToken(): void {
  sessionStorage.removeItem(KEY);
}

/** Opens a socket to the server that this page came from: `watch`, or `bridge` with the name of this page. */
export function openSocket(path: string): WebSocket {
  const url = new URL(`/${path}`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return new WebSocket(url);
}
