import { lineLimits } from '@proto/protocol';
import { escape } from '@proto/xray';
import { type OptionRow, OPTIONS, renamed } from './option-rows.ts';
import { BYTES_PER_LINE, isLoopback, OptionError, type Settings } from './options.ts';

/**
 * Checks the options and fills in the defaults.
 *
 * `nameOf`: how an option is called where the user wrote it, for error texts.
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

/** Each option by its row: what was given, checked, or the default. */
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
  return settings;
}

/** Says whether others than this machine can reach what these options listen on. */
export function isExposed({ host, socket }: Readonly<Record<string, unknown>>): boolean {
  if (socket !== undefined && socket !== 'none') return false;
  return typeof host === 'string' && !isLoopback(host);
}

/** What an exposed server lacks, in one line; nothing for one that is guarded, or not exposed. */
export function whyOpen(settings: Settings): string | undefined {
  const { tlsCert, tokenFile } = settings;
  if (!isExposed({ ...settings }) || tlsCert !== 'none') return undefined;
  if (tokenFile === 'none')
    return 'without TLS or a token: whoever reaches it may come in and read along. See --tls-cert and --token-file';
  return 'with a token and without TLS: whoever is on the way can read it. See --tls-cert';
}

function show(value: unknown): string {
  if (Array.isArray(value)) return 'array';
  return typeof value === 'function' || (typeof value === 'object' && value !== null)
    ? typeof value
    : escape(String(value));
}

/** What no option can be checked for alone. */
export function checkTogether(settings: Settings, nameOf: (key: string) => string): void {
  const cannot = (key: keyof Settings, state: string): OptionError =>
    new OptionError(`Cannot start with ${nameOf(key)} ${show(settings[key])}: ${state}`);
  const { maxLineBytes, maxOutboxBytes, tokenFile, framing } = settings;
  // The longest line must fit twice into half an outbox, or nobody could ever be sent one.
  const needed = 4 * (lineLimits(maxLineBytes).toClient.maxFrameBytes + BYTES_PER_LINE);
  if (maxOutboxBytes < needed)
    throw cannot('maxOutboxBytes', `expected at least ${needed}, for lines of ${maxLineBytes} bytes`);
  const { socket, tlsCert, tlsKey, tlsCa } = settings;
  if (tlsCert !== 'none' && tlsKey === 'none')
    throw cannot('tlsCert', `its private key is missing. Pass ${nameOf('tlsKey')} too`);
  if (tlsCert === 'none' && tlsKey !== 'none')
    throw cannot('tlsKey', `its certificate is missing. Pass ${nameOf('tlsCert')} too`);
  if (tlsCert === 'none' && tlsCa !== 'none')
    throw cannot('tlsCa', `the server has no certificate of its own. Pass ${nameOf('tlsCert')} too`);
  if (tlsCert !== 'none' && socket !== 'none')
    throw cannot(
      'tlsCert',
      `what is said on a Unix domain socket stays here. Leave out one of it and ${nameOf('socket')}`,
    );
  if (tokenFile !== 'none' && framing === 'chunk')
    throw cannot(
      'tokenFile',
      `clients without lines cannot send a token. Leave out one of it and ${nameOf('framing')}`,
    );
}
