import { isLoopback, OptionError } from '../options/options.ts';
import { withoutPassword } from '../text/without-password.ts';
import type { Log } from './log.ts';

export interface OpenLogOptions {
  /** Logs of different clusters have nothing to do with each other. */
  readonly cluster: string;
  /** The text of a file with credentials for NATS. */
  readonly creds?: string | undefined;
  readonly warn: (text: string) => void;
  /** For how long it tries to reach the log. In milliseconds. @default 10,000 */
  readonly openMs?: number;
}

/** What a name of a cluster is made of: it's part of names in NATS and in PostgreSQL. */
const CLUSTER = /^[A-Za-z0-9_-]{1,32}$/;

const ENGINES: Readonly<Record<string, 'nats' | 'postgres'>> = {
  'nats:': 'nats',
  'tls:': 'nats',
  'postgres:': 'postgres',
  'postgresql:': 'postgres',
};

const EXPECTED = 'expected nats://HOST[:PORT], tls://HOST[:PORT] or postgres://[USER@]HOST[:PORT]/DATABASE';

/**
 * Opens the log of a cluster. What isn't needed for it isn't loaded.
 *
 * Units: `join` is an address, or several of one engine, separated by commas.
 *
 * Errors: rejects with an `OptionError` for an address that can't be one or a package that is missing, with a `ClusterError` for a
 * log that can't be used.
 */
export async function openLog(join: string, options: OpenLogOptions): Promise<Log> {
  const { cluster, creds, warn, openMs = 10_000 } = options;
  if (!CLUSTER.test(cluster)) {
    throw new OptionError(`${JSON.stringify(cluster)}: expected 1 to 32 letters, digits, - and _`, {
      key: 'cluster',
    });
  }
  const urls = join.split(',').map((text) => urlOf(text.trim(), join));
  const engines = new Set(urls.map(({ protocol }) => ENGINES[protocol]));
  if (engines.size > 1)
    throw new OptionError(`${shown(urls)}: expected addresses of one engine`, { key: 'join' });
  warnOfStrangers(urls, warn);
  if (engines.has('nats')) {
    const { NatsLog } = await loaded(
      import('./logs/nats.ts'),
      shown(urls),
      '@nats-io/transport-node @nats-io/jetstream',
    );
    return NatsLog.open({ urls, cluster, creds, warn, openMs });
  }
  if (creds !== undefined) {
    const what = 'FILE: expected none for PostgreSQL. Give the user and the password in the address';
    throw new OptionError(what, { key: 'joinCreds' });
  }
  const { PostgresLog } = await loaded(import('./logs/postgres.ts'), shown(urls), 'pg');
  return PostgresLog.open({ urls, cluster, warn, openMs });
}

/** `join`: all of it. A part of it may be a part of a password. */
function urlOf(text: string, join: string): URL {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const engine = url && ENGINES[url.protocol];
  const isWhole = engine === 'nats' ? url?.hostname !== '' : (url?.pathname.length ?? 0) > 1;
  if (url === undefined || engine === undefined || !isWhole) {
    throw new OptionError(`${withoutPassword(join)}: ${EXPECTED}`, { key: 'join' });
  }
  // A password up to its first / or ? would count as a port.
  if (`${url.pathname}${url.search}${url.hash}`.includes('@')) {
    const what = 'expected / ? # , and @ in a user, a password or a path as %2F %3F %23 %2C and %40';
    throw new OptionError(`${withoutPassword(join)}: ${what}`, { key: 'join' });
  }
  if (!isDecodable(url.username + url.password)) {
    throw new OptionError(`${withoutPassword(text)}: expected %25 for a % in the user or the password`, {
      key: 'join',
    });
  }
  // The port that a client takes by itself isn't in the address; with it, messages say which.
  if (url.port === '' && url.hostname !== '') url.port = engine === 'nats' ? '4222' : '5432';
  return url;
}

function isDecodable(text: string): boolean {
  try {
    decodeURIComponent(text);
    return true;
  } catch {
    return false;
  }
}

function shown(urls: readonly URL[]): string {
  return urls.map(({ protocol, host }) => `${protocol}//${host}`).join(',');
}

/** Who may write to the log may do anything in the rooms. */
function warnOfStrangers(urls: readonly URL[], warn: (text: string) => void): void {
  for (const { protocol, hostname, host, searchParams } of urls) {
    const isHere =
      hostname === '' || hostname.startsWith('%2F') || isLoopback(hostname.replace(/^\[(.*)\]$/, '$1'));
    const mode = searchParams.get('sslmode');
    const isSafe = protocol === 'tls:' || (mode !== null && !['disable', 'allow', 'prefer'].includes(mode));
    if (isHere || isSafe) continue;
    const how = ENGINES[protocol] === 'nats' ? `tls://${host}` : '?sslmode=verify-full';
    warn(
      `The log at ${host} is reached without TLS: who changes it on its way can do anything in the rooms. Use ${how}`,
    );
  }
}

async function loaded<Module>(loading: Promise<Module>, join: string, packages: string): Promise<Module> {
  try {
    return await loading;
  } catch (error) {
    if (!(error instanceof Error) || !('code' in error) || error.code !== 'ERR_MODULE_NOT_FOUND') throw error;
    const what = `${join}: a package for it is missing. Run npm install ${packages}`;
    throw new OptionError(what, { key: 'join', cause: error });
  }
}
