import { DEFAULT_LINE_BYTES, DEFAULT_PORT, MOST_LINE_BYTES } from '@proto/protocol';
import * as z from 'zod';
import type { Handler } from '../options/handler.ts';
import { blocksIn } from '../text/blocks.ts';
import { BYTES_PER_LINE, type Settings } from './options.ts';

/** What is known about one option. */
export interface OptionRow {
  readonly schema: z.ZodType;
  /** What is accepted, in words. */
  readonly expected: string;
  readonly help: string;
  readonly loopback: string | number;
  /** The default on an exposed address, if it differs. */
  readonly exposed?: string | number;
  /** Its value is a path unless it is one of these words. In a config file, a path is relative to the file's folder. */
  readonly fileUnless?: readonly string[];
}

type Accepts = Pick<OptionRow, 'schema' | 'expected'>;

/** An option that is an integer, or one of a few words. */
export function integer(min: number, max: number, ...words: string[]): Accepts {
  const digits = z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number);
  const number = z.union([z.number(), digits]).pipe(z.int().min(min).max(max));
  const schema = words.length > 0 ? z.union([number, z.enum(words)]) : number;
  return { schema, expected: [`an integer from ${min} to ${max}`, ...words].join(' or ') };
}

/** An option that is one of a few words. */
export function choice(...words: [string, ...string[]]): Accepts {
  return { schema: z.enum(words), expected: words.join(' or ') };
}

/** An option that is the path of a file. */
export function file(what: string): Accepts & Pick<OptionRow, 'loopback' | 'fileUnless'> {
  return {
    // A control character in a path is a mistake, or meant for those who read the log.
    schema: z.string().regex(/^[^\p{Cc}\u2028\u2029]+$/u),
    expected: `${what} or none`,
    loopback: 'none',
    fileUnless: ['none'],
  };
}

const DAY_MS = 86_400_000;

/** Former names of options, and their present names. */
export const FORMER_NAMES: ReadonlyMap<string, string> = new Map([['httpGuard', 'greetingGuard']]);

/** Options by their present names. If both names are given, the present one wins. */
export function renamed(options: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const former = Object.entries(options).filter(([key]) => FORMER_NAMES.has(key));
  const present = Object.entries(options).filter(([key]) => !FORMER_NAMES.has(key));
  return Object.fromEntries([...former.map(([key, value]) => [FORMER_NAMES.get(key), value]), ...present]);
}

/** Every option of a server: what it accepts, its default, and one line of help. */
export const OPTIONS: { readonly [Key in keyof Settings]: OptionRow } = {
  host: {
    schema: z.string().min(1),
    expected: 'an address',
    help: 'address to listen on',
    loopback: '127.0.0.1',
  },
  port: {
    ...integer(0, 65_535),
    help: 'port to listen on; 0 picks a free one and prints it',
    loopback: DEFAULT_PORT,
  },
  reusePort: {
    ...choice('on', 'off'),
    help: 'on: another server may listen on the same port, so that it can take over; needs Node 22.12, or 23.1 or newer',
    loopback: 'off',
  },
  socket: {
    ...file('the path of a Unix domain socket'),
    help: 'listen on a Unix domain socket instead of an address and port',
  },
  tlsCert: { ...file('a PEM file'), help: 'use TLS, with this certificate and those that signed it' },
  tlsKey: { ...file('a PEM file'), help: 'the private key of the certificate' },
  tlsCa: {
    ...file('a PEM file'),
    help: 'let in only clients with a certificate signed by one of these',
  },
  tokenFile: { ...file('a file'), help: 'let in only clients that send /auth with the token in this file' },
  order: { ...choice('strict', 'fair', 'free'), help: 'who is served next', loopback: 'strict' },
  deliver: {
    ...choice('sender', 'others', 'all'),
    help: 'who gets the result of a line',
    loopback: 'sender',
  },
  transform: {
    schema: z.union([z.enum(['upper', 'none']), z.custom<Handler>((value) => typeof value === 'function')]),
    expected: 'upper or none or the path of a module whose default export is a function',
    help: 'how a line is transformed',
    loopback: 'upper',
    fileUnless: ['upper', 'none'],
  },
  clients: {
    ...integer(1, 10_000),
    help: 'how many clients must be present before the first turn',
    loopback: '3 in strict order, else 1',
  },
  quit: {
    ...choice('all', 'room', 'self'),
    help: "whom a client's quit closes",
    loopback: 'all',
    exposed: 'self',
  },
  framing: { ...choice('lines', 'chunk'), help: 'where a message ends', loopback: 'lines' },
  events: {
    ...choice('on', 'off'),
    help: 'off: send only replies, relayed text and errors, without a star',
    loopback: 'on',
  },
  addresses: {
    ...choice('shown', 'hidden'),
    help: 'whether clients are told the addresses of others; the log always has them',
    loopback: 'shown',
    exposed: 'hidden',
  },
  greetingGuard: {
    ...choice('on', 'off'),
    help: 'close connections that greet in another protocol: HTTP, PROXY, SMTP, SSH, RESP',
    loopback: 'on',
  },
  joinWith: {
    ...choice('connection', 'line'),
    help: 'when a client is present: as soon as it is connected, or once it has said a line, at the latest after 250 ms',
    loopback: 'connection',
    exposed: 'line',
  },
  proxyProtocol: {
    ...choice('off', 'required'),
    help: 'required: clients come through a proxy that says who they are, by the PROXY protocol, version 1 or 2',
    loopback: 'off',
  },
  proxyFrom: {
    schema: z.string().refine((list) => blocksIn(list) !== undefined),
    expected: 'addresses and CIDR blocks, separated by commas',
    help: 'where that proxy may connect from',
    loopback: '127.0.0.0/8,::1',
  },
  handshakeTimeoutMs: {
    ...integer(1, DAY_MS, 'never'),
    help: 'how long a TLS handshake, or a header of the PROXY protocol, may take, ms',
    loopback: 5_000,
  },
  authTimeoutMs: {
    ...integer(1, DAY_MS, 'never'),
    help: "how long to wait for a client's token, ms",
    loopback: 'never',
    exposed: 5_000,
  },
  turnTimeoutMs: {
    ...integer(1, DAY_MS, 'never'),
    help: 'strict order: how long to wait for a client, ms',
    loopback: 'never',
    exposed: 60_000,
  },
  maxSkips: {
    ...integer(1, 1_000_000, 'none'),
    help: 'strict order: turns in a row that a client may let pass; beyond that, nobody waits for it until it says a line',
    loopback: 'none',
    exposed: 3,
  },
  partialLineTimeoutMs: {
    ...integer(1, DAY_MS, 'never'),
    help: 'how long a line may take from its first byte to its end, ms',
    loopback: 'never',
    exposed: 10_000,
  },
  idleTimeoutMs: {
    ...integer(1, DAY_MS, 'never'),
    help: 'how long a client may be silent while nothing waits for it, ms',
    loopback: 'never',
    exposed: 600_000,
  },
  outboxTimeoutMs: {
    ...integer(1, DAY_MS, 'never'),
    help: 'how long a client may read nothing of its waiting output, ms',
    loopback: 'never',
    exposed: 60_000,
  },
  endedTimeoutMs: {
    ...integer(1, DAY_MS, 'never'),
    help: 'how long a client that has stopped sending may wait to be served, ms',
    loopback: 'never',
    exposed: 30_000,
  },
  handlerTimeoutMs: {
    ...integer(1, DAY_MS, 'never'),
    help: 'how long a handler may take for one line, ms',
    loopback: 10_000,
  },
  graceMs: {
    ...integer(0, DAY_MS),
    help: 'a quit: how long serving and flushing may take, ms',
    loopback: 5_000,
  },
  drainMs: {
    ...integer(0, DAY_MS),
    help: 'SIGTERM: how long it is not ready, but still lets clients in, before it quits, ms',
    loopback: 0,
  },
  lingerMs: {
    ...integer(0, 60_000),
    help: 'after FIN: how long to read and discard input, ms',
    loopback: 300,
  },
  maxLineBytes: {
    ...integer(1, MOST_LINE_BYTES),
    help: 'content of a line, in bytes',
    loopback: DEFAULT_LINE_BYTES,
  },
  maxQueuedLines: {
    ...integer(1, 1_000_000),
    help: 'lines of a client that may wait; beyond that it is not read',
    loopback: 64,
  },
  maxOutboxBytes: {
    ...integer(1_024, 1_073_741_824),
    help: `bytes that may wait for a client; each line counts ${BYTES_PER_LINE} more`,
    loopback: 1_048_576,
  },
  maxMemoryBytes: {
    ...integer(1_048_576, 1_099_511_627_776, 'auto'),
    help: 'bytes that queues and outboxes of all clients may hold; auto: a quarter of the memory this process may use',
    loopback: 'auto',
  },
  maxErrors: {
    ...integer(1, 1_000_000),
    help: 'faults after which a connection is closed',
    loopback: 100,
    exposed: 16,
  },
  maxClients: { ...integer(1, 1_000_000), help: 'clients in total', loopback: 10_000 },
  maxClientsPerAddress: {
    ...integer(1, 1_000_000, 'none'),
    help: 'clients from one address',
    loopback: 'none',
    exposed: 64,
  },
  maxConnectsPerSecond: {
    ...integer(1, 1_000_000, 'none'),
    help: 'connections from one address in a second',
    loopback: 'none',
    exposed: 20,
  },
  maxLinesPerSecond: {
    ...integer(1, 1_000_000, 'none'),
    help: 'lines and commands of a client in a second; beyond that it is not read for a while',
    loopback: 'none',
    exposed: 1_000,
  },
  maxCausedBytesPerSecond: {
    ...integer(1_000, 1_000_000_000, 'none'),
    help: `bytes in a second that a client makes others read; each line counts ${BYTES_PER_LINE} more; beyond that it is not read for a while`,
    loopback: 'none',
    exposed: 50_000,
  },
  maxRooms: { ...integer(1, 1_000_000), help: 'rooms at a time', loopback: 1_000 },
};
