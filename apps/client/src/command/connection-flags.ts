import { isIPv6 } from 'node:net';
import type { Endpoint, TlsOptions } from '../dial/dial.ts';
import { DEFAULTS } from '../library/connect.ts';
import { excerpt } from '../library/excerpt.ts';
import { integer, wrong, type Wrong } from './flags.ts';

type TextFlag = 'socket' | 'tls-ca' | 'tls-cert' | 'tls-key' | 'tls-servername' | 'token-file';

/** The flags that say where a server is and how to get in, for `parseArgs`. */
export const CONNECTION_CONFIG: {
  readonly tls: { readonly type: 'boolean' };
} & { readonly [Name in TextFlag]: { readonly type: 'string' } } = {
  socket: { type: 'string' },
  tls: { type: 'boolean' },
  'tls-ca': { type: 'string' },
  'tls-cert': { type: 'string' },
  'tls-key': { type: 'string' },
  'tls-servername': { type: 'string' },
  'token-file': { type: 'string' },
};

/** The same for `--help`. */
export const CONNECTION_HELP: string = `  host:port, host port    where the server is (default ${DEFAULTS.host}:${DEFAULTS.port})
  --socket PATH           a Unix domain socket instead of host:port
  --tls                   use TLS; the server's certificate must verify. Implied by:
  --tls-ca FILE           the signers to trust, instead of those this machine trusts
  --tls-servername NAME   the name the certificate must be for, instead of the host
  --tls-cert FILE         our own certificate, if the server asks for one
  --tls-key FILE          its private key
  --token-file FILE       send the server the token in FILE first
`;

/** These flags as `parseArgs` returns them. */
export type ConnectionValues = { readonly tls?: boolean | undefined } & {
  readonly [Name in TextFlag]?: string | undefined;
};

/** Where the server is and how to get in. Files are read when it is time to connect. */
export interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly socket: string | undefined;
  /** Files, by their content; `undefined`: no TLS. */
  readonly tls: TlsOptions | undefined;
  readonly tokenFile: string | undefined;
}

/**
 * Parses where the server is, from flags and the arguments that aren't options.
 *
 * Errors: as data, one line.
 */
export function parseConnection(
  values: ConnectionValues,
  words: readonly string[],
): ConnectionOptions | Wrong {
  const { socket, 'token-file': tokenFile, 'tls-ca': ca, 'tls-cert': cert, 'tls-key': key } = values;
  const servername = values['tls-servername'];
  if (socket !== undefined && words.length > 0)
    return wrong('Cannot start with --socket and an address: expected only one of them');
  const endpoint = parseEndpoint(words);
  if ('kind' in endpoint) return endpoint;
  const files = {
    ...(ca !== undefined && { ca }),
    ...(cert !== undefined && { cert }),
    ...(key !== undefined && { key }),
    ...(servername !== undefined && { servername }),
  };
  if ((cert === undefined) !== (key === undefined))
    return wrong('Cannot start with only one of --tls-cert and --tls-key: a certificate needs its key');
  const isSecure = values.tls === true || Object.keys(files).length > 0;
  return { ...endpoint, socket, tls: isSecure ? files : undefined, tokenFile };
}

/**
 * Parses where the server is: the arguments that aren't options.
 *
 * Shape: one of `host`, `host:port`, `:port`, `[::1]:port` or a bare port; or `host port`; none: the default.
 */
function parseEndpoint(words: readonly string[]): Pick<Endpoint, 'host' | 'port'> | Wrong {
  const [text = '', second = ''] = words;
  if (words.length === 2 && /^\d+$/.test(second)) return parseTwoWords(text, second);
  if (words.length > 1) return wrong(`Cannot start with ${words.length} addresses: expected one host:port`);
  const bare = /^\d+$/.test(text) ? `:${text}` : text;
  const parts = /^(?:\[([^\]]+)\]|([^:[\]\s]*))(?::(\d+))?$/.exec(bare);
  const port = parts?.[3] === undefined ? DEFAULTS.port : integer(parts[3], 1, 65_535);
  if (parts === null || port === undefined)
    return wrong(`Cannot start with ${excerpt(text)}: expected host:port`);
  return { host: parts[1] ?? (parts[2] || DEFAULTS.host), port };
}

/** As with `nc`: a host and its port as two words. An IPv6 address needs no brackets. */
function parseTwoWords(host: string, second: string): Pick<Endpoint, 'host' | 'port'> | Wrong {
  const bare = /^\[(.+)\]$/.exec(host)?.[1] ?? host;
  const port = integer(second, 1, 65_535);
  if (port === undefined || bare === '' || (bare.includes(':') && !isIPv6(bare)))
    return wrong(`Cannot start with ${excerpt(`${host} ${second}`)}: expected a host and a port`);
  return { host: bare, port };
}
