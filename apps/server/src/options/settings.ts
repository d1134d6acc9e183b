import { count, lineLimits } from '@proto/protocol';
import { escape } from '@proto/xray';
import { withoutPassword } from '../text/without-password.ts';
import { memoryBudget } from './memory-limit.ts';
import { type OptionRow, OPTIONS, renamed } from './option-rows.ts';
import { BYTES_PER_LINE, isLoopback, OptionError, type Settings } from './options.ts';

/**
 * Checks the options and fills in the defaults.
 *
 * `nameOf`: the name of an option where the user wrote it, for error texts.
 *
 * Errors: `OptionError`: "Cannot start with NAME VALUE: expected ..."
 */
export function settingsOf(
  options: Readonly<Record<string, unknown>>,
  nameOf: (key: string) => string = String,
): Settings {
  const settings = valuesOf(OPTIONS, options, nameOf) as unknown as Settings;
  checkTogether(settings, nameOf);
  return settings;
}

/** Each option: the given value, checked by its row, or the default. */
export function valuesOf(
  rows: Readonly<Record<string, OptionRow>>,
  given: Readonly<Record<string, unknown>>,
  nameOf: (key: string) => string,
): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  const options = renamed(given);
  const exposed = isExposed(options);
  for (const [key, row] of Object.entries(rows)) {
    const value = options[key];
    if (value === undefined) {
      settings[key] = exposed && 'exposed' in row ? row.exposed : row.loopback;
      continue;
    }
    const { success, data } = row.schema.safeParse(value);
    if (!success)
      throw new OptionError(`Cannot start with ${nameOf(key)} ${show(value)}: expected ${row.expected}`);
    settings[key] = data;
  }
  for (const key of Object.keys(options)) {
    if (!Object.hasOwn(rows, key)) throw new OptionError(`Cannot start with ${nameOf(key)}: no such option`);
  }
  if (options['clients'] === undefined) settings['clients'] = settings['order'] === 'strict' ? 3 : 1;
  if (settings['maxMemoryBytes'] === 'auto')
    settings['maxMemoryBytes'] = memoryBudget(leastMemory(Number(settings['maxLineBytes']))).bytes;
  return settings;
}

/** What queues and outboxes have to hold, for a few lines of the greatest length. In bytes. */
export function leastMemory(maxLineBytes: number): number {
  return Math.max(1_048_576, 16 * (maxLineBytes + BYTES_PER_LINE));
}

/** Whether other machines can reach what these options listen on, by themselves or through a proxy. */
export function isExposed({ host, socket, proxyProtocol }: Readonly<Record<string, unknown>>): boolean {
  if (proxyProtocol === 'required') return true;
  if (socket !== undefined && socket !== 'none') return false;
  return typeof host === 'string' && !isLoopback(host);
}

/** What an exposed server lacks, in one line; nothing if it is protected or not exposed. */
export function whyOpen(settings: Settings): string | undefined {
  const { tlsCert, tokenFile } = settings;
  if (!isExposed({ ...settings }) || tlsCert !== 'none') return undefined;
  if (tokenFile === 'none')
    return 'without TLS or a token: anyone who can reach it can join and read along. See --tls-cert and --token-file';
  return 'with a token but without TLS: anyone on the network path can read it. See --tls-cert';
}

/** The most of a value that an error quotes, in characters. */
const MOST_SHOWN = 100;

function show(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'function' || (typeof value === 'object' && value !== null)
    ? typeof value
    : escape(withoutPassword(String(value)).slice(0, MOST_SHOWN));
}

/** Checks that involve more than one option. */
export function checkTogether(settings: Settings, nameOf: (key: string) => string): void {
  const cannot = (key: keyof Settings, state: string): OptionError =>
    new OptionError(`Cannot start with ${nameOf(key)} ${show(settings[key])}: ${state}`);
  const { maxLineBytes, maxOutboxBytes, tokenFile, framing } = settings;
  // The longest line must fit twice into half an outbox; otherwise it could never be sent.
  const needed = 4 * (lineLimits(maxLineBytes).toClient.maxFrameBytes + BYTES_PER_LINE);
  if (maxOutboxBytes < needed)
    throw cannot(
      'maxOutboxBytes',
      `expected at least ${needed}, for lines of ${count(maxLineBytes, 'byte')}`,
    );
  const least = leastMemory(maxLineBytes);
  if (settings.maxMemoryBytes < least)
    throw cannot('maxMemoryBytes', `expected at least ${least}, for lines of ${count(maxLineBytes, 'byte')}`);
  const { socket, tlsCert, tlsKey, tlsCa, reusePort } = settings;
  if (tlsCert !== 'none' && tlsKey === 'none')
    throw cannot('tlsCert', `its private key is missing. Pass ${nameOf('tlsKey')} too`);
  if (tlsCert === 'none' && tlsKey !== 'none')
    throw cannot('tlsKey', `its certificate is missing. Pass ${nameOf('tlsCert')} too`);
  if (tlsCert === 'none' && tlsCa !== 'none')
    throw cannot('tlsCa', `the server has no certificate of its own. Pass ${nameOf('tlsCert')} too`);
  if (reusePort === 'on' && socket !== 'none')
    throw cannot(
      'reusePort',
      `a Unix domain socket has no port. Leave out either this or ${nameOf('socket')}`,
    );
  if (tlsCert !== 'none' && socket !== 'none')
    throw cannot(
      'tlsCert',
      `a Unix domain socket needs no TLS. Leave out either this or ${nameOf('socket')}`,
    );
  if (tokenFile !== 'none' && framing === 'chunk')
    throw cannot(
      'tokenFile',
      `clients without lines cannot send a token. Leave out either this or ${nameOf('framing')}`,
    );
}
