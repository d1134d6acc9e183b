import { type JetStreamManager, jetstreamManager } from '@nats-io/jetstream';
import {
  AuthorizationError,
  connect,
  credsAuthenticator,
  type NatsConnection,
  type NodeConnectionOptions,
  UserAuthenticationExpiredError,
} from '@nats-io/transport-node';
import { count } from '@proto/protocol';
import { ClusterError } from '../../cluster-error.ts';
import { cannot, MOST_PAYLOAD, type NatsOptions } from './options.ts';
import { ensureStreams } from './streams.ts';
import { textOf } from './texts.ts';

export interface Connected {
  readonly connection: NatsConnection;
  readonly manager: JetStreamManager;
}

/** How long it waits before it tries again. In milliseconds. */
const AGAIN_MS = 250;

/**
 * Connects, and makes the streams of a cluster where there are none.
 *
 * Errors: rejects with a `ClusterError` that says what to do.
 */
export async function connectTo(options: NatsOptions): Promise<Connected> {
  const until = Date.now() + options.openMs;
  for (;;) {
    let connection: NatsConnection | undefined;
    try {
      connection = await connect(connectOptions(options));
      return { connection, manager: await prepare(connection, options, Date.now() + AGAIN_MS >= until) };
    } catch (error) {
      await connection?.close();
      const isFinal = error instanceof ClusterError || isRefused(error) || Date.now() + AGAIN_MS >= until;
      if (isFinal) throw asClusterError(options, error, connection !== undefined);
    }
    await new Promise((resolve) => setTimeout(resolve, AGAIN_MS));
  }
}

async function prepare(
  connection: NatsConnection,
  options: NatsOptions,
  isLast: boolean,
): Promise<JetStreamManager> {
  const { info } = connection;
  const payload = info?.max_payload ?? 0;
  if (payload < MOST_PAYLOAD) {
    const limit = `it takes messages of ${count(payload, 'byte')} at most, and ${MOST_PAYLOAD} are needed`;
    throw cannot(options, `${limit}. Set max_payload in its configuration`);
  }
  if (info?.jetstream !== true && info?.cluster === undefined) throw cannot(options, NO_JETSTREAM);
  const manager = await jetstreamManager(connection, { timeout: 2_000 });
  await ensureStreams({ ...options, connection, manager, isLast });
  return manager;
}

function connectOptions({ urls, creds, cluster }: NatsOptions): NodeConnectionOptions {
  const [first] = urls;
  const [user, pass] = [first?.username ?? '', first?.password ?? ''].map(decodeURIComponent);
  return {
    servers: urls.map(({ host }) => host),
    name: `proto ${cluster}`,
    timeout: 2_000,
    maxReconnectAttempts: -1,
    ignoreAuthErrorAbort: true,
    reconnectTimeWait: 250,
    reconnectJitter: 100,
    // A connection that is cut without a word is found after six seconds.
    pingInterval: 2_000,
    maxPingOut: 2,
    noAsyncTraces: true,
    ...(urls.some(({ protocol }) => protocol === 'tls:') && { tls: {} }),
    ...(creds !== undefined && { authenticator: credsAuthenticator(new TextEncoder().encode(creds)) }),
    ...(user !== '' && (pass === '' ? { token: user! } : { user: user!, pass: pass! })),
  };
}

const NO_JETSTREAM =
  'it has no JetStream. Start it with `nats-server -js`, or add `jetstream {}` to its configuration';

const NO_CREDS =
  'the file of --join-creds holds no credentials. Take the one that `nsc generate creds` writes';

const NO_ANSWER = 'no server answers. Start one with `nats-server -js`, or check the address';

const NO_MAJORITY = 'JetStream does not answer. More than half of the NATS servers must be up';

function isRefused(error: unknown): boolean {
  return error instanceof AuthorizationError || error instanceof UserAuthenticationExpiredError;
}

function asClusterError(options: NatsOptions, error: unknown, isConnected: boolean): ClusterError {
  if (error instanceof ClusterError) return error;
  if (isRefused(error)) {
    const how = 'Give those of a user that may use JetStream: in the address, or as a file with --join-creds';
    return cannot(options, `it refuses the credentials. ${how}`, error);
  }
  const text = textOf(error);
  if (/certificate/.test(text)) {
    return cannot(
      options,
      `its certificate is not trusted: "${text}". Name the file of its authority in NODE_EXTRA_CA_CERTS`,
      error,
    );
  }
  if (/server does not support 'tls'/.test(text)) {
    return cannot(options, 'it has no TLS. Take nats:// instead of tls://', error);
  }
  if (/credentials/.test(text)) return cannot(options, NO_CREDS, error);
  if (/10039|not enabled for account/.test(text)) {
    return cannot(
      options,
      'JetStream is not enabled for this account. Enable it in the configuration of the server',
      error,
    );
  }
  if (/timeout|no responders|jetstream is not enabled|10008/i.test(text)) {
    return cannot(options, isConnected ? NO_MAJORITY : NO_ANSWER, error);
  }
  if (
    !isConnected &&
    /refused|ENOTFOUND|EHOSTUNREACH|ENETUNREACH|ECONNRESET|EAI_AGAIN|disconnected/.test(text)
  ) {
    return cannot(options, NO_ANSWER, error);
  }
  return cannot(options, text, error);
}
