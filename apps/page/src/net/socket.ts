/** The token that is shown where one is asked for; it came with the address of the page, behind `#t=`. */
const KEY = 'proto-token';

/** Takes the token out of the address, so that it is in no history and no picture of the screen. */
export function takeToken(): void {
  const token = new URLSearchParams(location.hash.slice(1)).get('t');
  if (token === null) return;
  keepToken(token);
  history.replaceState(null, '', location.pathname + location.search);
}

export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}

export function knownToken(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined;
}

/** A token that was refused is not shown again. */
export function dropToken(): void {
  sessionStorage.removeItem(KEY);
}

/** Opens a socket to the server that this page came from: `watch`, or `bridge` with the name of this page. */
export function openSocket(path: string): WebSocket {
  const url = new URL(`/${path}`, location.href);
  url.protocol = url.protocol === 'https:' ? 'wss:' : 'ws:';
  return new WebSocket(url);
}
