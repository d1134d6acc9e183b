import * as z from 'zod';
import { choice, type OptionRow, OPTIONS } from '../options/option-rows.ts';
import type { ServerOptions } from '../options/options.ts';
import { checkTogether, valuesOf } from '../options/settings.ts';

/** The options of the command that aren't options of a server. */
export interface CommandOptions extends ServerOptions {
  /** What is printed: lines for people, one JSON object per line, or only the first line. @default 'console' */
  readonly log?: 'console' | 'json' | 'none';
  /** Whether the text of messages is logged. A terminal always shows it. @default 'off' */
  readonly logText?: 'on' | 'off';
  /** Whether to show every chunk read or written, with its bytes and the frames in it. @default 'off' */
  readonly xray?: 'on' | 'off';
  /** HOST:PORT that serves `/healthz`, `/readyz` and `/metrics`. @default 'none' */
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
    help: 'lines for people, one JSON object per line, or only the first line',
    loopback: 'console',
  },
  logText: {
    ...choice('on', 'off'),
    help: 'on: log the text of messages too; a terminal always shows it',
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

/** The options of the server among them. A limit that wasn't set is left to the server, which knows the exceptions. */
export function serverOptions(
  settings: CommandSettings,
  { options }: { readonly options: Readonly<Record<string, unknown>> },
): ServerOptions {
  const { log: _log, logText: _logText, xray: _xray, http: _http, maxClientsPerAddress, ...rest } = settings;
  return options['maxClientsPerAddress'] === undefined ? rest : { ...rest, maxClientsPerAddress };
}
