import { parseArgs, type ParseArgsConfig } from 'node:util';
import { isName, isRoomName, MOST_LINE_BYTES, NAME_SHAPE, ROOM_SHAPE } from '@proto/protocol';
import { DEFAULTS, MOST_TIMEOUT_MS } from '../library/connect.ts';
import { EXIT_HELP } from '../mode/exit-codes.ts';
import {
  CONNECTION_CONFIG,
  CONNECTION_HELP,
  type ConnectionOptions,
  parseConnection,
} from './connection-flags.ts';
import { integer, wrong, type Wrong, wrongFlag, wrongValue } from './flags.ts';
import { LAB_CONFIG, type LabFlags, labHelp, parseLab, withXRayValue } from './lab-flags.ts';
import { LOAD_FLAGS } from './load-options.ts';
import { commandMeant } from './meant.ts';

/** What the command line asks for. */
export interface Options extends ConnectionOptions, LabFlags {
  readonly maxLineBytes: number;
  readonly classic: boolean;
  readonly events: 'on' | 'off';
  /** The file with the transcript to compare the server with. */
  readonly expect: string | undefined;
  readonly json: boolean;
  readonly reconnect: boolean;
  readonly strictAnswers: boolean;
  readonly timeoutMs: number;
  readonly name: string | undefined;
  readonly room: string | undefined;
}

/** A parsed command line: options, something to print, or what is wrong with it. */
export type CommandLine =
  | { readonly kind: 'run'; readonly options: Options }
  | { readonly kind: 'help' | 'version' }
  | Wrong;

const CONFIG = {
  ...CONNECTION_CONFIG,
  ...LAB_CONFIG,
  classic: { type: 'boolean' },
  events: { type: 'string' },
  expect: { type: 'string' },
  help: { type: 'boolean', short: 'h' },
  json: { type: 'boolean' },
  'max-line-bytes': { type: 'string' },
  name: { type: 'string' },
  reconnect: { type: 'boolean' },
  room: { type: 'string' },
  'strict-answers': { type: 'boolean' },
  'timeout-ms': { type: 'string' },
  version: { type: 'boolean' },
} as const satisfies ParseArgsConfig['options'];

const HELP = `Usage: proto-client [options] [host:port]
       proto-client load [options] [host:port]    puts a server under load: load --help

Talks to a line server. On a terminal: type a line and press Enter; quit, Ctrl-D or Ctrl-C
exits. As a pipe: lines from stdin, replies to stdout, events to stderr.

${CONNECTION_HELP}  --name NAME             take the name NAME
  --room ROOM             move to the room ROOM first
  --max-line-bytes N      the server's limit, if not ${DEFAULTS.maxLineBytes}; from 1 to ${MOST_LINE_BYTES}
  --events off            for a server started with --events off: it sends only replies
  --classic               send each line in one write without a terminator, and take one
                          read as its answer. This works only while each side waits for the
                          other: TCP keeps bytes in order, but not writes apart
  --reconnect             connect again if the connection ends and you did not end it
  --json                  as a pipe: write each line sent or received to stdout as JSON
  --strict-answers        as a pipe: exit with 1 if the server sent an ERR, too
  --expect FILE           play the transcript FILE against the server; a diff shows where it
                          differs. For transcripts, see docs/transcripts/README.md
  --timeout-ms N          how long to wait for a connection, and for each line with --expect
                          (default ${DEFAULTS.timeoutMs}; from 1 to ${MOST_TIMEOUT_MS})
  --help, --version

To see what TCP does, and to break it (in the running client: /xray, /fault):
  --xray[=json]           show each chunk written and read, and the frames in it; with a
                          legend, or as JSON for tools. Shows everything but a token
  --xray-clock wall       show the time of day in UTC (in JSON: ms since 1970), as the
                          server's --xray-clock wall does; start: since the connection began
`;

/** The names of all flags. */
export const FLAGS: readonly string[] = Object.keys(CONFIG);

/** What `--help` prints, before it is fitted to a terminal. */
export function help(): string {
  return (
    `${HELP}${labHelp()}\nExit codes:\n` +
    EXIT_HELP.map(([code, text]) => `  ${String(code).padStart(3)}  ${text}\n`).join('')
  );
}

/**
 * Parses a command line.
 *
 * Shape:  `argv` without the program and the script. An endpoint is `host`, `host:port`, `host port`, `:port`,
 *         `[::1]:port` or a bare port.
 * Errors: as data, one line.
 */
export function parseOptions(argv: readonly string[]): CommandLine {
  let parsed;
  try {
    parsed = parseArgs({ args: withXRayValue(argv), options: CONFIG, allowPositionals: true });
  } catch (error) {
    return wrongFlag(error, FLAGS, LOAD_FLAGS);
  }
  const { values, positionals } = parsed;
  if (values.help) return { kind: 'help' };
  if (values.version) return { kind: 'version' };
  const connection = parseConnection(values, positionals);
  if ('kind' in connection) {
    const meant = commandMeant(positionals[0] ?? '');
    return meant === '' ? connection : wrong(`${connection.text}.${meant}`);
  }
  return check(connection, values);
}

type Values = ReturnType<typeof parseArgs<{ options: typeof CONFIG }>>['values'];

function check(connection: ConnectionOptions, given: Values): CommandLine {
  const { name, room, classic = false, events = 'on', expect, json = false, reconnect = false } = given;
  const strictAnswers = given['strict-answers'] ?? false;
  const bytes = given['max-line-bytes'];
  const maxLineBytes = bytes === undefined ? DEFAULTS.maxLineBytes : integer(bytes, 1, MOST_LINE_BYTES);
  if (maxLineBytes === undefined)
    return wrongValue('max-line-bytes', bytes, `an integer from 1 to ${MOST_LINE_BYTES}`);
  if (events !== 'on' && events !== 'off') return wrongValue('events', events, 'on or off');
  if (name !== undefined && !isName(name)) return wrongValue('name', name, NAME_SHAPE);
  if (room !== undefined && !isRoomName(room)) return wrongValue('room', room, ROOM_SHAPE);
  if (classic && connection.tokenFile !== undefined)
    return wrong('Cannot start with --classic and --token-file: a classic server has no commands');
  if (classic && (name !== undefined || room !== undefined)) {
    return wrong('Cannot start with --classic and a name or a room: a classic server has no commands');
  }
  const ms = given['timeout-ms'];
  const timeoutMs = ms === undefined ? DEFAULTS.timeoutMs : integer(ms, 1, MOST_TIMEOUT_MS);
  if (timeoutMs === undefined) return wrongValue('timeout-ms', ms, `an integer from 1 to ${MOST_TIMEOUT_MS}`);
  if (classic && reconnect)
    return wrong('Cannot start with --classic and --reconnect: a classic server does not say goodbye');
  if (classic && strictAnswers)
    return wrong('Cannot start with --classic and --strict-answers: a classic server has no ERR');
  const isSaid = classic || json || strictAnswers || name !== undefined || room !== undefined;
  if (expect !== undefined && isSaid) {
    return wrong(
      'Cannot start with --expect and --classic, --json, --strict-answers, --name or --room: the transcript decides what is sent',
    );
  }
  const lab = parseLab(given);
  if ('wrong' in lab) return wrong(lab.wrong);
  if (expect !== undefined && (lab.xray !== 'off' || lab.injected.size > 0))
    return wrong('Cannot start with --expect and an x-ray or a fault: only what the transcript says is sent');
  return {
    kind: 'run',
    options: {
      ...connection,
      maxLineBytes,
      classic,
      events,
      expect,
      json,
      reconnect,
      strictAnswers,
      timeoutMs,
      name,
      room,
      ...lab,
    },
  };
}
