import { homedir } from 'node:os';
import process from 'node:process';
import { setTimeout as delay } from 'node:timers/promises';
import { escape } from '@proto/xray';
import { formatEndpoint } from '../dial/dial.ts';
import { authLine } from '../dial/token.ts';
import { expectTranscript } from '../expect/expect.ts';
import { Lab } from '../lab/lab.ts';
import type { Client } from '../library/client.ts';
import { connect, framingsOf } from '../library/connect.ts';
import { Reconnect } from '../mode/reconnect.ts';
import { whenNpxEnds } from '../mode/when-npx-ends.ts';
import { pipe } from '../pipe/pipe.ts';
import { watchHangUp } from '../terminal/hang-up.ts';
import { History, historyPath } from '../terminal/history.ts';
import { Terminal } from '../terminal/terminal.ts';
import { TypedAhead } from '../terminal/typed-ahead.ts';
import type { Options } from './options.ts';
import { endpointOf } from './endpoint.ts';

const DUMB = 'this terminal cannot move its cursor (TERM=dumb): going on as a pipe';

/** Whether there is a terminal. */
function isTerminal(): boolean {
  return process.stdin.isTTY && process.stdout.isTTY;
}

/** Whether the terminal can't move its cursor. It can't be drawn on, and counts as a pipe. */
function isDumb(): boolean {
  return process.env['TERM'] === 'dumb';
}

/** Whether the terminal and the user want colour: https://no-color.org, and TERM=dumb. */
function wantsColour(): boolean {
  return !process.env['NO_COLOR'] && process.stdout.hasColors();
}

/** Resolves after that time, or as soon as the signal is aborted. */
function sleep(ms: number, signal: AbortSignal): Promise<unknown> {
  return delay(ms, undefined, { signal }).catch(() => {});
}

/** Connects as the options say, does what they ask for until it is over, and returns the exit code. */
export async function run({
  name,
  room,
  expect,
  json,
  strictAnswers,
  reconnect: wantsAgain,
  ...options
}: Options): Promise<number> {
  const endpoint = endpointOf(options, options);
  const { host, port, socket, classic, events, maxLineBytes, timeoutMs } = options;
  if (expect !== undefined) {
    const streams = { output: process.stdout, errors: process.stderr };
    return expectTranscript({ ...endpoint, file: expect, maxLineBytes, silenceMs: timeoutMs }, streams);
  }
  const interactive = !json && isTerminal() && !isDumb();
  const { sent: write, read } = framingsOf(classic ? 'classic' : events, maxLineBytes);
  const { tls, token } = endpoint;
  const lab = new Lab({
    ...options,
    secretBytes: token === undefined ? 0 : authLine(token).length,
    framings: { write, read },
    columns: () => process.stdout.columns || 80,
    now: () => performance.now(),
    epochMs: () => Date.now(),
  });
  // Nobody pays for a lab that isn't used. On a terminal, it may be used at any time.
  const isUsed = interactive || options.xray !== 'off' || options.injected.size > 0;
  const open = async (signal?: AbortSignal): Promise<Client> => {
    const onSocket = isUsed ? lab.attach : undefined;
    const client = await connect({
      host,
      port,
      socket,
      tls,
      token,
      classic,
      events,
      maxLineBytes,
      timeoutMs,
      signal,
      onSocket,
    });
    lab.use(client);
    if (room !== undefined) void client.say(`/join ${room}`);
    if (name !== undefined) void client.say(`/name ${name}`);
    return client;
  };
  const { stdin: input, stdout: output, stderr: errors } = process;
  const note = (line: string): void => void errors.write(`${escape(line)}\n`);
  const again = new Reconnect({ open, note, sleep, now: () => performance.now() });
  const reconnect = wantsAgain ? again : undefined;
  whenNpxEnds('proto-client', () => process.kill(process.pid, 'SIGTERM'));
  const ahead = interactive ? new TypedAhead(input) : undefined;
  ahead?.begin();
  const first = await (reconnect?.connect() ?? open()).finally(() => ahead?.end());
  if (!interactive) {
    if (!json && isTerminal()) note(DUMB);
    for (const line of lab.told) errors.write(`fault ${line}\n`);
    lab.show = (line) => void errors.write(`${line}\n`);
    return pipe(first, { input, output, errors }, { maxLineBytes, json, strictAnswers, reconnect });
  }
  const history = new History(historyPath(process.env, homedir()));
  const greeting = [
    `connected to ${formatEndpoint(endpoint)}${endpoint.tls ? ' over TLS' : ''}`,
    ...(classic
      ? ['quit or Ctrl-C exits']
      : ['/help lists commands; Ctrl-D leaves', '/room says whom a quit closes']),
  ];
  const parts = { input, output, colour: wantsColour(), classic, lab, history, reconnect };
  const terminal = new Terminal({ client: first, ...parts });
  process.on('SIGINT', () => terminal.interrupt());
  watchHangUp({ input, output, act: () => terminal.hangUp() });
  return terminal.run(greeting);
}
