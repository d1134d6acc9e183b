import { count } from '@proto/protocol';
import type { Right } from '@proto/watch';
import { XRAY_CLOCKS, type XRayClock } from '@proto/xray';
import * as z from 'zod';
import { choice, file, integer, type OptionRow, OPTIONS } from '../options/option-rows.ts';
import {
  type Settings,
  BYTES_PER_LINE,
  hostOf,
  isLoopback,
  MOST_SHARED_LINE_BYTES,
  OptionError,
  type ServerOptions,
} from '../options/options.ts';
import { checkTogether, valuesOf } from '../options/settings.ts';

/** The options of the command that aren't options of a server. */
export interface CommandOptions extends ServerOptions {
  /** What is printed: lines for people, one JSON object per line, or only the first line. @default 'console' */
  readonly log?: 'console' | 'json' | 'none';
  /** Whether the text of messages is logged. A terminal always shows it. @default 'off' */
  readonly logText?: 'on' | 'off';
  /** Whether to show every chunk read or written, with its bytes and the frames in it. @default 'off' */
  readonly xray?: 'on' | 'off';
  /** What the times of the x-ray count from: `start` of the server, or 1970 in UTC (`wall`). @default 'start' */
  readonly xrayClock?: XRayClock;
  /** HOST:PORT that serves `/healthz`, `/readyz` and `/metrics`. @default 'none' */
  readonly http?: string;
  /** A Unix domain socket where the user who started the server gives it commands. @default 'none' */
  readonly admin?: string;
  /** The live page on the address of `http`: none, to watch, also to open clients, or also to hold turns. @default 'none' */
  readonly page?: 'none' | Right;
  /** The page asks for the token in this file. @default 'none' */
  readonly pageTokenFile?: string;
  /** NAME[:PORT],...: host names of the page other than this machine's. @default 'none' */
  readonly pageHost?: string;
  /** A lesson to try (`lesson:3`), or a recording that is shown instead of a server. @default 'none' */
  readonly replay?: string;
  /** A file that records everything that happens, including every byte. @default 'none' */
  readonly record?: string;
  /** Size limit of the recording, in bytes. @default 64 MiB */
  readonly recordMaxBytes?: number;
  /** URL,...: the log that servers with the same rooms share: `nats://HOST:PORT` or `postgres://...`. @default 'none' */
  readonly join?: string;
  /** A file with the credentials for NATS. @default 'none' */
  readonly joinCreds?: string;
  /** Servers with this name share their rooms. @default 'main' */
  readonly cluster?: string;
  /** What this server is called among them. @default the name of this machine, and the port */
  readonly node?: string;
  /** How long the log may be away before the server ends. @default 'never'; 30,000 if exposed */
  readonly logTimeoutMs?: number | 'never';
}

/** Every option of the command with its value. */
export type CommandSettings = Required<Omit<CommandOptions, keyof ServerOptions>> & Settings;

const NAMES = /^[A-Za-z0-9.-]+(?::\d{1,5})?(?:,[A-Za-z0-9.-]+(?::\d{1,5})?)*$/;
const LESSON = /^lesson:([1-9]|10)$/;
const LESSONS = Array.from({ length: 10 }, (_, at) => `lesson:${at + 1}`);
const LOGS = /^(?:nats|tls|postgres|postgresql):\/\/[^\s]+$/;
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
  xrayClock: {
    ...choice(...XRAY_CLOCKS),
    help: 'wall: the x-ray shows the time of day in UTC, to be held against the x-ray of a client; start: the time since the server began',
    loopback: 'start',
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
  admin: {
    ...file('the path of a Unix domain socket'),
    help: 'take commands of the operator on this socket (proto-server admin PATH): list, kick, ban, say, quit and more',
  },
  page: {
    ...choice('none', 'watch', 'join', 'hold'),
    help: 'serve the live page on the address of --http: to watch, also to open clients (join), or also to hold turns (hold)',
    loopback: 'none',
  },
  pageTokenFile: {
    ...file('a file'),
    help: 'show the page only to users who have the token in this file',
  },
  pageHost: {
    schema: z.string().regex(NAMES),
    expected: 'NAME[:PORT],... or none',
    help: 'more host names of the page and of /metrics, in addition to 127.0.0.1, localhost and [::1]',
    loopback: 'none',
  },
  replay: {
    schema: z.string().regex(/^(?!lesson:)[^\0]+$|^lesson:(?:[1-9]|10)$/),
    expected: 'lesson:1 to lesson:10 or a file or none',
    help: 'show this lesson on the page, set up to try it; or show only a recording (--http is 127.0.0.1:6678)',
    loopback: 'none',
    fileUnless: ['none', ...LESSONS],
  },
  record: {
    ...file('a file'),
    help: 'record everything that happens to this file, including every byte; the page can show it later',
  },
  recordMaxBytes: {
    ...integer(1_024, 1_099_511_627_776),
    help: 'size limit of the recording; when it is reached, the recording ends',
    loopback: 67_108_864,
  },
  join: {
    schema: z.union([z.enum(['none']), z.string().regex(LOGS)]),
    expected: 'nats://HOST:PORT,... or postgres://... or none',
    help: 'share the rooms with all servers that join this log',
    loopback: 'none',
  },
  joinCreds: {
    ...file('a file'),
    help: 'credentials for NATS, as its tools write them',
  },
  cluster: {
    schema: z.string().regex(/^[A-Za-z0-9_-]{1,32}$/),
    expected: '1 to 32 letters, digits, _ or -',
    help: 'the name of the servers that share their rooms; several clusters can use one log server',
    loopback: 'main',
  },
  node: {
    schema: z.string().regex(/^[A-Za-z0-9_.-]{1,64}$/),
    expected: '1 to 64 letters, digits, _, . or -',
    help: 'the name of this server among them; auto: the name of the machine, and the port',
    loopback: 'auto',
  },
  logTimeoutMs: {
    ...integer(1_000, 86_400_000, 'never'),
    help: 'how long the shared log may be out of reach before this server ends',
    loopback: 'never',
    exposed: 30_000,
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
  if (recordingOf(settings) === undefined) checkPage(settings, nameOf);
  else checkReplay(settings, nameOf);
  checkJoin(settings, nameOf);
  return settings;
}

/** The number of the lesson that `--replay` names; `undefined`: it names no lesson. */
export function lessonOf(replay: unknown): number | undefined {
  const number = typeof replay === 'string' ? LESSON.exec(replay)?.[1] : undefined;
  return number === undefined ? undefined : Number(number);
}

/** The recording that `--replay` names; `undefined`: it names none. */
export function recordingOf({ replay }: CommandSettings): string | undefined {
  return replay === 'none' || lessonOf(replay) !== undefined ? undefined : replay;
}

/** Checks that a recording can be shown: it has an address, and nobody else reaches it. */
function checkReplay({ replay, http }: CommandSettings, nameOf: (key: string) => string): void {
  const cannot = (why: string): OptionError =>
    new OptionError(`Cannot start with ${nameOf('replay')} ${replay}: ${why}`);
  if (http === 'none') throw cannot(`it needs an address. Pass ${nameOf('http')} HOST:PORT too`);
  if (!isLoopback(hostOf(http)))
    throw cannot(`${http} can be reached from other machines, and a recording holds every byte`);
}

/** Checks that the options of the page fit together. */
function checkPage(settings: CommandSettings, nameOf: (key: string) => string): void {
  const { page, pageTokenFile, http } = settings;
  if (page === 'none') return;
  const cannot = (why: string): OptionError =>
    new OptionError(`Cannot start with ${nameOf('page')} ${page}: ${why}`);
  if (http === 'none') throw cannot(`it needs an address. Pass ${nameOf('http')} HOST:PORT too`);
  if (pageTokenFile === 'none' && !isLoopback(hostOf(http))) {
    throw cannot(`${http} can be reached from other machines. Pass ${nameOf('pageTokenFile')} too`);
  }
}

/** Checks that a server that shares its rooms can append each line, and send what comes back late. */
function checkJoin(settings: CommandSettings, nameOf: (key: string) => string): void {
  const { join, joinCreds, maxQueuedLines, maxLineBytes, maxOutboxBytes } = settings;
  if (join === 'none') {
    if (joinCreds === 'none') return;
    throw new OptionError(`Cannot start with ${nameOf('joinCreds')}: pass ${nameOf('join')} too`);
  }
  if (maxLineBytes > MOST_SHARED_LINE_BYTES) {
    throw new OptionError(
      `Cannot start with ${nameOf('maxLineBytes')} ${maxLineBytes}: with ${nameOf('join')}, expected at most ${MOST_SHARED_LINE_BYTES}`,
    );
  }
  const needed = 2 * maxQueuedLines * (maxLineBytes + BYTES_PER_LINE);
  if (maxOutboxBytes >= needed) return;
  throw new OptionError(
    `Cannot start with ${nameOf('maxOutboxBytes')} ${maxOutboxBytes}: with ${nameOf('join')}, expected at least ${needed}, for ${count(maxQueuedLines, 'line')} of ${count(maxLineBytes, 'byte')}`,
  );
}

/** The options of the server among them. A limit that wasn't set is left to the server, which knows the exceptions. */
export function serverOptions(
  settings: CommandSettings,
  { options }: { readonly options: Readonly<Record<string, unknown>> },
): ServerOptions {
  const { log: _log, logText: _logText, xray: _xray, xrayClock: _clock, http: _http, ...others } = settings;
  const {
    admin: _admin,
    page: _page,
    pageTokenFile: _file,
    pageHost: _host,
    record: _record,
    ...more
  } = others;
  const {
    recordMaxBytes: _bytes,
    replay: _replay,
    join: _join,
    joinCreds: _creds,
    cluster: _cluster,
    node: _node,
    ...still
  } = more;
  const { logTimeoutMs: _timeout, maxClientsPerAddress, maxConnectsPerSecond, ...rest } = still;
  return {
    ...rest,
    ...(options['maxClientsPerAddress'] !== undefined && { maxClientsPerAddress }),
    ...(options['maxConnectsPerSecond'] !== undefined && { maxConnectsPerSecond }),
  };
}
