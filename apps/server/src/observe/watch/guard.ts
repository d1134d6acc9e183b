import type { IncomingMessage } from 'node:http';

/** Who may be asked: this machine by its names, and the names that were given. */
const LOCAL_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/** Headers of every answer. Nothing from elsewhere is run, shown, framed or reached, and text becomes no markup. */
export const PAGE_HEADERS: Readonly<Record<string, string>> = {
  'content-security-policy': [
    "default-src 'none'",
    "script-src 'self'",
    "style-src 'self'",
    "font-src 'self'",
    "connect-src 'self'",
    "img-src 'self' data:",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; '),
  'x-content-type-options': 'nosniff',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
};

/** Why a request is refused. */
export interface Refusal {
  readonly status: 403 | 421;
  /** One line, without its end. */
  readonly text: string;
}

const ORIGIN: Refusal = { status: 403, text: 'Forbidden: this is not for other origins' };
const NAME: Refusal = { status: 421, text: 'Not a name of this server: start it with --page-host NAME' };

/**
 * Decides which requests are answered. A page elsewhere can make a browser ask us: by its own name that has come to
 * mean this machine (DNS rebinding), or by an upgrade, which no rule of browsers holds back. So the name that was asked
 * for must be one of ours, and an origin must be that name.
 */
export class Guard {
  readonly #hosts: ReadonlySet<string>;

  /** `port`: ours. `names`: further ones, each with a port or without; without, ours and those of HTTP and HTTPS. */
  constructor(port: number, names: readonly string[]) {
    const local = LOCAL_NAMES.map((name) => `${name}:${port}`);
    const named = names.flatMap((name) =>
      /:\d+$/.test(name) ? [name] : [name, `${name}:80`, `${name}:443`, `${name}:${port}`],
    );
    // A browser leaves out the port of HTTP.
    const bare = port === 80 ? LOCAL_NAMES : [];
    this.#hosts = new Set([...local, ...bare, ...named].map((host) => host.toLowerCase()));
  }

  /** Why a request for a file, for health or metrics is refused. */
  whyNot({ headers: { host, origin } }: IncomingMessage): Refusal | undefined {
    if (!this.#isOurs(host)) return NAME;
    if (origin !== undefined && !isOrigin(origin, host)) return ORIGIN;
    return undefined;
  }

  /** Why an upgrade is refused. `isTrusted`: it has shown the token, and need not come from a browser. */
  whyNotUpgrade(request: IncomingMessage, isTrusted: boolean): Refusal | undefined {
    const { origin, 'sec-fetch-site': site } = request.headers;
    const refusal = this.whyNot(request);
    if (refusal !== undefined) return refusal;
    if (origin === undefined && !isTrusted) return ORIGIN;
    return site === undefined || site === 'same-origin' ? undefined : ORIGIN;
  }

  #isOurs(host: string | undefined): host is string {
    return host !== undefined && this.#hosts.has(host.toLowerCase());
  }
}

/** Whether an origin is that of this host, by HTTP or HTTPS. A default port may be left out at either. */
function isOrigin(origin: string, host: string): boolean {
  const scheme = /^(https?:)\/\/[^/?#@\\\s]+$/i.exec(origin)?.[1];
  if (scheme === undefined || !URL.canParse(origin) || !URL.canParse(`${scheme}//${host}`)) return false;
  return new URL(origin).host === new URL(`${scheme}//${host}`).host;
}
