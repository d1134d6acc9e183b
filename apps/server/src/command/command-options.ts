import * as z from 'zod';
import { choice, type OptionRow, OPTIONS } from '../options/option-rows.ts';
import type { ServerOptions } from '../options/options.ts';
import { checkTogether, valuesOf } from '../options/settings.ts';

/** What the command takes besides the options of a server. */
export interface CommandOptions extends ServerOptions {
  /** What is printed: lines for people, one JSON object a line, or the first line alone. @default 'console' */
  readonly log?: 'console' | 'json' | 'none';
  /** Whether the text of messages is logged; on a terminal it is shown in any case. @default 'off' */
  readonly logText?: 'on' | 'off';
  /** Whether every chunk that is read or written is shown, with its bytes and the frames in it. @default 'off' */
  readonly xray?: 'on' | 'off';
  /** HOST:PORT that `/healthz`, `/readyz` and `/metrics` are served on. @default 'none' */
  readonly http?: string;
}

/** Every option of the command with its value. */
export type CommandSettings = Required<Omit<CommandOptions, 'httpGuard'>>;

const HOST_AND_PORT = /^(?:\[[0-9A-Fa-f:.]+\]|[^\s:[\]]+):(\d{1,5})$/;

/** Every option of the command. */
export const COMMAND_OPTIONS: { readonly [Key in keyof CommandSettings]: OptionRow } = {
  ...OPTIONS,
  log: {
    ...choice('console', 'json', 'none'),
    help: 'lines for people, one JSON object a line, or nothing after the first line',
    loopback: 'console',
  },
  logText: {
    ...choice('on', 'off'),
    help: 'on: log the text of messages too; a terminal shows it in any case',
    loopback: 'off',
  },
  xray: {
    ...choice('on', 'off'),
    help: 'on: show every chunk read and written, its bytes, and the frames in it',
    loopback: 'off',
  },
  http: {
    schema: z.union([
      z.enum(['none']),
      z.string().refine((text) => Number(HOST_AND_PORT.exec(text)?.[1] ?? Infinity) <= 65_535),
    ]),
    expected: 'HOST:PORT or none',
    help: 'serve /healthz, /readyz and /metrics on this address',
    loopback: 'none',
  },
};

/**
 * Checks the options of the command and fills in the defaults, as `settingsOf` does those of a server.
 *
 * Errors: `OptionError`.
 */
export function commandSettings(
  options: Readonly<Record<string, unknown>>,
  nameOf: (key: string) => string = String,
): CommandSettings {
  const settings = valuesOf(COMMAND_OPTIONS, options, nameOf) as unknown as CommandSettings;
  checkTogether(settings, nameOf);
  return settings;
}

/** Those of them that are a server's. A limit that nobody has named is left to the server, which knows exceptions to it. */
export function serverOptions(
  settings: CommandSettings,
  { options }: { readonly options: Readonly<Record<string, unknown>> },
): ServerOptions {
  const { log: _log, logText: _logText, xray: _xray, http: _http, maxClientsPerAddress, ...rest } = settings;
  return options['maxClientsPerAddress'] === undefined ? rest : { ...rest, maxClientsPerAddress };
}
