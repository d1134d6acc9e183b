import type { IncomingMessage } from 'node:http';

/** The names of this machine that requests may use. */
const LOCAL_NAMES = ['127.0.0.1', 'localhost', '[::1]'];

/** Headers of every answer. Nothing from other origins is run, shown, framed or reached, and text never becomes markup. */
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
  /** One line, without its line end. */
  readonly text: string;
}

const ORIGIN: Refusal = { status: 403, text: 'Forbidden: other origins may not connect' };
/** A request names something else than this server. */
export const FOREIGN_NAME: Refusal = {
  status: 421,
  text: 'Not a name of this server: start it with --page-host NAME',
};

/**
 * Decides which requests are answered. A foreign page can make a browser send us requests: by its own name, if it now
 * resolves to this machine (DNS rebinding), or by an upgrade, which browsers do not restrict. So the requested name must be
 * one of ours, and an origin must match that name.
 */
export class Guard {
  readonly #hosts: ReadonlySet<string>;

  /** `port`: ours. `names`: more names, with or without a port. Without one, our port and those of HTTP and HTTPS are allowed. */
  constructor(port: number, names: readonly string[]) {
    const local = LOCAL_NAMES.map((name) => `${name}:${port}`);
    const named = names.flatMap((name) =>
      /:\d+$/.test(name) ? [name] : [name, `${name}:80`, `${name}:443`, `${name}:${port}`],
    );
    // A browser omits the port of HTTP.
    const bare = port === 80 ? LOCAL_NAMES : [];
    this.#hosts = new Set([...local, ...bare, ...named].map((host) => host.toLowerCase()));
  }

  /** Why a request for a file, for health or metrics is refused. */
  whyNot({ headers: { host, origin } }: IncomingMessage): Refusal | undefined {
    if (!this.#isOurs(host)) return FOREIGN_NAME;
    if (origin !== undefined && !isOrigin(origin, host)) return ORIGIN;
    return undefined;
  }

  /** Why an upgrade is refused. `isTrusted`: the request has the token, so it needs no origin. */
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

/** Whether an origin is this host, over HTTP or HTTPS. Either may omit a default port. */
function isOrigin(origin: string, host: string): boolean {
  const scheme = /^(https?:)\/\/[^/?#@\\\s]+$/i.exec(origin)?.[1];
  if (scheme === undefined || !URL.canParse(origin) || !URL.canParse(`${scheme}//${host}`)) return false;
  return new URL(origin).host === new URL(`${scheme}//${host}`).host;
}
