import { z } from 'zod';
import type { Handler } from './handler.ts';

/**
 * How a server runs. What is left out has its default; some defaults depend on the address it is bound to: on a
 * loopback address it is trusting and patient, on any other ("exposed") it is on its guard.
 */
export interface ServerOptions {
  /** Address to listen on. @default '127.0.0.1' */
  readonly host?: string;
  /** 0 to 65,535; 0: any free port. @default 6677 */
  readonly port?: number;
  /** Who is served next. @default 'strict' */
  readonly order?: 'strict' | 'fair' | 'free';
  /** Who gets what a line has become. @default 'sender' */
  readonly deliver?: 'sender' | 'others' | 'all';
  /** What is done with a line: capitals, nothing, or a function of your own. @default 'upper' */
  readonly transform?: 'upper' | 'none' | Handler;
  /** Who must be present before the first turn, 1 to 10,000. @default 3 in strict order, else 1 */
  readonly clients?: number;
  /** Whom a client's quit closes. @default 'all' on loopback, 'self' exposed */
  readonly quit?: 'all' | 'room' | 'self';
  /** `chunk`: one read is one message, for clients that send no terminator. @default 'lines' */
  readonly framing?: 'lines' | 'chunk';
  /** `off`: replies, relayed text and errors only, bare. @default 'on' */
  readonly events?: 'on' | 'off';
  /** Close a connection whose first line is an HTTP request. @default 'on' */
  readonly httpGuard?: 'on' | 'off';
  /** Strict order: how long a client is waited for, 1 ms to 24 h. @default never on loopback, 60,000 exposed */
  readonly turnTimeoutMs?: number | 'never';
  /** What a handler may take for one line, 1 ms to 24 h. @default 10,000 */
  readonly handlerTimeoutMs?: number | 'never';
  /** A quit: what serving and flushing may take, 0 ms to 24 h. @default 5,000 */
  readonly graceMs?: number;
  /** After FIN: how long what still comes is read and discarded, 0 to 60,000 ms. @default 300 */
  readonly lingerMs?: number;
  /** Content of a line, in bytes, 1 to 16,777,216. @default 1,024 */
  readonly maxLineBytes?: number;
  /** Lines of one client that may wait; then it is not read. 1 to 1,000,000. @default 64 */
  readonly maxQueuedLines?: number;
  /** Bytes that may wait for one client, 256 charged for each line besides its content. @default 1,048,576 */
  readonly maxOutboxBytes?: number;
  /** Faults of one connection; then it is closed. 1 to 1,000,000. @default 100 on loopback, 16 exposed */
  readonly maxErrors?: number;
  /** Clients in all, 1 to 1,000,000; never more than the file descriptors allow. @default 10,000 */
  readonly maxClients?: number;
  /** Clients from one address, 1 to 1,000,000. @default none on loopback, 64 exposed */
  readonly maxClientsPerAddress?: number | 'none';
  /** Rooms that are there at a time, 1 to 1,000,000. @default 1,000 */
  readonly maxRooms?: number;
}

/** Every option with its value. */
export type Settings = Required<ServerOptions>;

interface Row {
  readonly schema: z.ZodType;
  /** What is accepted, in words. */
  readonly expected: string;
  readonly help: string;
  readonly loopback: string | number;
  /** Where the default differs on an exposed address. */
  readonly exposed?: string | number;
}

function integer(min: number, max: number, ...words: string[]): Pick<Row, 'schema' | 'expected'> {
  const digits = z
    .string()
    .regex(/^\d{1,15}$/)
    .transform(Number);
  const number = z.union([z.number(), digits]).pipe(z.int().min(min).max(max));
  const schema = words.length > 0 ? z.union([number, z.enum(words)]) : number;
  return { schema, expected: [`an integer from ${min} to ${max}`, ...words].join(' or ') };
}

function choice(...words: [string, ...string[]]): Pick<Row, 'schema' | 'expected'> {
  return { schema: z.enum(words), expected: words.join(' or ') };
}

const DAY_MS = 86_400_000;
const MAX_LINE_BYTES = 16_777_216;

/** Every option: what it accepts, what it is by default, and one line of help. */
export const OPTIONS: { readonly [Key in keyof Settings]: Row } = {
  host: {
    schema: z.string().min(1),
    expected: 'an address',
    help: 'address to listen on',
    loopback: '127.0.0.1',
  },
  port: { ...integer(0, 65_535), help: 'port to listen on; 0: any free one, printed', loopback: 6677 },
  order: { ...choice('strict', 'fair', 'free'), help: 'who is served next', loopback: 'strict' },
  deliver: {
    ...choice('sender', 'others', 'all'),
    help: 'who gets what a line has become',
    loopback: 'sender',
  },
  transform: {
    schema: z.union([z.enum(['upper', 'none']), z.custom<Handler>((value) => typeof value === 'function')]),
    expected: 'upper or none or the path of a module whose default export is a function',
    help: 'what is done with a line',
    loopback: 'upper',
  },
  clients: {
    ...integer(1, 10_000),
    help: 'who must be present before the first turn',
    loopback: '3 in strict order, else 1',
  },
  quit: {
    ...choice('all', 'room', 'self'),
    help: 'whom the quit of a client closes',
    loopback: 'all',
    exposed: 'self',
  },
  framing: { ...choice('lines', 'chunk'), help: 'where a message ends', loopback: 'lines' },
  events: {
    ...choice('on', 'off'),
    help: 'off: replies, relayed text and errors only, bare',
    loopback: 'on',
  },
  httpGuard: {
    ...choice('on', 'off'),
    help: 'close a connection that begins with an HTTP request',
    loopback: 'on',
  },
  turnTimeoutMs: {
    ...integer(1, DAY_MS, 'never'),
    help: 'strict order: how long a client is waited for, ms',
    loopback: 'never',
    exposed: 60_000,
  },
  handlerTimeoutMs: {
    ...integer(1, DAY_MS, 'never'),
    help: 'what a handler may take for one line, ms',
    loopback: 10_000,
  },
  graceMs: { ...integer(0, DAY_MS), help: 'a quit: what serving and flushing may take, ms', loopback: 5_000 },
  lingerMs: {
    ...integer(0, 60_000),
    help: 'after FIN: how long input is read and discarded, ms',
    loopback: 300,
  },
  maxLineBytes: { ...integer(1, MAX_LINE_BYTES), help: 'content of a line, bytes', loopback: 1_024 },
  maxQueuedLines: {
    ...integer(1, 1_000_000),
    help: 'lines of a client that may wait; then it is not read',
    loopback: 64,
  },
  maxOutboxBytes: {
    ...integer(1_024, 1_073_741_824),
    help: 'bytes that may wait for a client, and 256 for each line',
    loopback: 1_048_576,
  },
  maxErrors: {
    ...integer(1, 1_000_000),
    help: 'faults of a connection; then it is closed',
    loopback: 100,
    exposed: 16,
  },
  maxClients: { ...integer(1, 1_000_000), help: 'clients in all', loopback: 10_000 },
  maxClientsPerAddress: {
    ...integer(1, 1_000_000, 'none'),
    help: 'clients from one address',
    loopback: 'none',
    exposed: 64,
  },
  maxRooms: { ...integer(1, 1_000_000), help: 'rooms at a time', loopback: 1_000 },
};

/** An option is not what it must be. */
export class OptionError extends RangeError {
  override readonly name = 'OptionError';
}

/** Says whether only this machine can reach an address. */
export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127(\.\d{1,3}){3}$/.test(host);
}

/**
 * Checks the options and fills in the defaults.
 *
 * `nameOf`: how an option is called where the user wrote it, for error texts.
 *
 * Errors: `OptionError`: "Cannot start with NAME VALUE: expected ..."
 */
export function settle(
  options: Readonly<Record<string, unknown>>,
  nameOf: (key: string) => string = String,
): Settings {
  const settings: Record<string, unknown> = {};
  const exposed = !isLoopback(typeof options['host'] === 'string' ? options['host'] : '127.0.0.1');
  for (const [key, row] of Object.entries(OPTIONS)) {
    const given = options[key];
    if (given === undefined) {
      settings[key] = exposed && 'exposed' in row ? row.exposed : row.loopback;
      continue;
    }
    const { success, data } = row.schema.safeParse(given);
    if (!success)
      throw new OptionError(`Cannot start with ${nameOf(key)} ${show(given)}: expected ${row.expected}`);
    settings[key] = data;
  }
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(OPTIONS, key))
      throw new OptionError(`Cannot start with ${nameOf(key)}: no such option`);
  }
  if (options['clients'] === undefined) settings['clients'] = settings['order'] === 'strict' ? 3 : 1;
  const complete = settings as unknown as Settings;
  checkTogether(complete, nameOf);
  return complete;
}

function show(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : typeof value;
}

/** The longest line must fit twice into half an outbox, or nobody could ever be sent one. */
function checkTogether({ maxLineBytes, maxOutboxBytes }: Settings, nameOf: (key: string) => string): void {
  const needed = 4 * (maxLineBytes + 384);
  if (maxOutboxBytes >= needed) return;
  throw new OptionError(
    `Cannot start with ${nameOf('maxOutboxBytes')} ${maxOutboxBytes}: expected at least ${needed}, for lines of ${maxLineBytes} bytes`,
  );
}
