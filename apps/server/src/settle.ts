import { escape } from './observe/escape.ts';
import { type OptionRow, OPTIONS } from './option-rows.ts';
import { isLoopback, OptionError, type Settings } from './options.ts';

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
  const settings = settleRows(OPTIONS, options, nameOf) as unknown as Settings;
  checkTogether(settings, nameOf);
  return settings;
}

/** Each option by its row: what was given, checked, or the default. */
export function settleRows(
  rows: Readonly<Record<string, OptionRow>>,
  options: Readonly<Record<string, unknown>>,
  nameOf: (key: string) => string,
): Record<string, unknown> {
  const settings: Record<string, unknown> = {};
  const exposed = isExposed(options);
  for (const [key, row] of Object.entries(rows)) {
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
    if (!Object.hasOwn(rows, key)) throw new OptionError(`Cannot start with ${nameOf(key)}: no such option`);
  }
  if (options['clients'] === undefined) settings['clients'] = settings['order'] === 'strict' ? 3 : 1;
  return settings;
}

/** Says whether others than this machine can reach what these options listen on. */
export function isExposed({ host }: Readonly<Record<string, unknown>>): boolean {
  return typeof host === 'string' && !isLoopback(host);
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
  const { maxLineBytes, maxOutboxBytes } = settings;
  // The longest line must fit twice into half an outbox, or nobody could ever be sent one.
  const needed = 4 * (maxLineBytes + 384);
  if (maxOutboxBytes < needed)
    throw cannot('maxOutboxBytes', `expected at least ${needed}, for lines of ${maxLineBytes} bytes`);
}
