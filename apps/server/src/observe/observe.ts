import type { Writable } from 'node:stream';
import { count } from '@proto/protocol';
import type { Right } from '@proto/watch';
import { LEGEND, type XRayClock } from '@proto/xray';
import { Token } from '../door/token.ts';
import { hostOf, isLoopback } from '../options/options.ts';
import type { Server } from '../server.ts';
import { showOnConsole } from './console/console.ts';
import { showFirstLine } from './console/first-line.ts';
import type { HttpEndpoint } from './http-endpoint.ts';
import { LoopDelay } from './loop-delay.ts';
import { Output } from './output.ts';
import type { Page } from './watch/page.ts';

/** Where the command shows what is going on. */
export interface ObserveOptions {
  readonly log: 'console' | 'json' | 'none';
  readonly logText: 'on' | 'off';
  readonly xray: 'on' | 'off';
  readonly xrayClock: XRayClock;
  /** HOST:PORT, or `none`. */
  readonly http: string;
  /** Serves that address already. Left out: it's opened. */
  readonly endpoint?: HttpEndpoint | undefined;
  readonly page: 'none' | Right;
  /** The folder with the files of the page. */
  readonly pageFolder: string;
  /** A file, or `none`. */
  readonly pageTokenFile: string;
  /** The lesson that the server is set up for. */
  readonly lesson?: number | undefined;
  /** Names separated by commas, or `none`. */
  readonly pageHost: string;
  /** A file, or `none`. */
  readonly record: string;
  readonly recordMaxBytes: number;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly colour: boolean;
  /** Columns of the terminal, if it is one. */
  readonly columns: number | undefined;
  /** Shows a line to the person who started the command. */
  readonly warn: (line: string) => void;
}

/** What is shown: nothing, what `log` says, or also every chunk. */
export type Level = 'none' | 'log' | 'xray';

/** What shows a server until it is stopped. */
export interface Observation {
  /** Writes what has collected, now. */
  readonly flush: () => void;
  /** What is shown now. */
  readonly level: () => Level;
  /** Shows more or less from now on. */
  readonly setLevel: (level: Level) => Promise<void>;
  stop(): Promise<void>;
}

/**
 * Shows a server: lines for people, a JSON log or only the first line on `stdout`, and its health and metrics over HTTP
 * if requested.
 *
 * Errors: rejects with a `ListenError` if the address for HTTP isn't available, with an `OptionError` if the page, its
 *         token or the recording can't be used.
 */
export async function observe(server: Server, options: ObserveOptions): Promise<Observation> {
  const { log, xray, xrayClock: clock, http, record, stdout, columns } = options;
  const output = new Output(stdout, { lost: log === 'json' ? lostAsJson : lostAsText });
  let level: Level = 'log';
  const write = (line: string): void => {
    if (level !== 'none') output.write(line);
  };
  let stopXRay: (() => void) | undefined;
  const setLevel = async (next: Level): Promise<void> => {
    level = next;
    if (next !== 'xray') {
      stopXRay?.();
      stopXRay = undefined;
    } else if (stopXRay === undefined) {
      const { showXRay } = await import('./x-ray.ts');
      if (server.isAccepting && log !== 'json') LEGEND.forEach((line) => write(line));
      // Meanwhile, another operator may have wanted less.
      if (level !== 'xray') return;
      stopXRay ??= showXRay(server, {
        write,
        json: log === 'json',
        clock,
        ...(columns !== undefined && { columns }),
      });
    }
  };
  const stopShowing = await show(server, options, write);
  if (xray === 'on') await setLevel('xray');
  const loop = new LoopDelay();
  const stopRecording = record === 'none' ? undefined : await recordTo(server, options, loop);
  const stopServing = http === 'none' ? undefined : await serve(server, options, { output, loop });
  return {
    flush: () => output.flush(),
    level: () => level,
    setLevel,
    stop: async () => {
      stopShowing?.();
      stopRecording?.();
      loop.stop();
      await stopServing?.();
    },
  };
}

async function show(
  server: Server,
  { log, logText, stdout, colour, warn }: ObserveOptions,
  write: (line: string) => void,
): Promise<(() => void) | undefined> {
  const text = logText === 'on';
  if (log === 'none') {
    showFirstLine(server, { write, warn });
    return undefined;
  }
  // Somebody looks at a terminal. A file is kept.
  if (log === 'console') return showOnConsole(server, { write, colour, text: text || stdout.isTTY === true });
  const { logJson } = await import('./json-log.ts');
  return logJson(server, { write, text });
}

async function recordTo(
  server: Server,
  { record: path, recordMaxBytes, warn }: ObserveOptions,
  loop: LoopDelay,
): Promise<() => void> {
  const { record } = await import('./watch/record.ts');
  const stop = record(server, { file: path, maxBytes: recordMaxBytes, loopMs: loop.reader(), warn });
  warn(`recording every byte, including passwords, to ${path}`);
  return stop;
}

async function serve(
  server: Server,
  options: ObserveOptions,
  { output, loop }: { readonly output: Output; readonly loop: LoopDelay },
): Promise<() => Promise<void>> {
  const { http: address, pageTokenFile, lesson, warn } = options;
  // Loaded only if requested: they take longer to load than everything else.
  const [{ serveHttp }, { processMetrics }, { serverMetrics }] = await Promise.all([
    import('./http.ts'),
    import('./process-metrics.ts'),
    import('./server-metrics.ts'),
  ]);
  const page = options.page === 'none' ? undefined : await pageOf(server, options.page, options, loop);
  const ofProcess = processMetrics(() => output.linesLost, loop);
  const metrics = [serverMetrics(server), ofProcess.registry];
  const { endpoint: early } = options;
  const endpoint = await serveHttp(server, {
    address,
    metrics,
    names: namesIn(options.pageHost),
    endpoint: early,
    ...(page && { page }),
  });
  if (early === undefined) warn(servingText(endpoint));
  if (page) {
    const [token, hint] =
      pageTokenFile === 'none' ? ['', ''] : ['#t=TOKEN', `, with the token in ${pageTokenFile}`];
    warn(`the page: http://${endpoint.address}/${token}${hint}`);
    if (lesson !== undefined)
      warn(`lesson ${lesson}: http://${endpoint.address}/lesson-${lesson}.html${token}`);
  }
  if (!isLoopback(hostOf(address))) {
    const what = page ? '/metrics has' : 'has';
    warn(`--http ${address} can be reached from other machines and ${what} no authentication`);
  }
  return async () => {
    ofProcess.stop();
    await endpoint.close();
  };
}

function servingText({ address }: HttpEndpoint): string {
  return `serving http://${address}/healthz, /readyz and /metrics`;
}

/**
 * Serves `--http` before there is a server, so that probes see why there is none.
 *
 * Errors: rejects with a `ListenError` if the address isn't available.
 */
export async function observeEarly(
  { http: address, warn }: Pick<ObserveOptions, 'http' | 'warn'>,
  reason: string,
): Promise<HttpEndpoint | undefined> {
  if (address === 'none') return undefined;
  const { serveEarly } = await import('./http.ts');
  const endpoint = await serveEarly(address, reason);
  warn(servingText(endpoint));
  return endpoint;
}

/** Longer than any realistic token. In bytes. */
const MOST_TOKEN_BYTES = 4_096;

async function pageOf(
  server: Server,
  page: Right,
  { pageFolder: folder, pageTokenFile, pageHost, lesson, warn }: ObserveOptions,
  loop: LoopDelay,
): Promise<Page> {
  const { Page: ThePage } = await import('./watch/page.ts');
  const secret =
    pageTokenFile === 'none' ? undefined : await Token.read(pageTokenFile, MOST_TOKEN_BYTES, 'pageTokenFile');
  secret?.warnings.forEach(warn);
  return new ThePage(server, {
    page,
    folder,
    names: namesIn(pageHost),
    secret,
    ...(lesson !== undefined && { lesson }),
    loopMs: loop.reader(),
  });
}

function namesIn(pageHost: string): readonly string[] {
  return pageHost === 'none' ? [] : pageHost.split(',');
}

/**
 * Shows a recording on the page, instead of a server. Returns a function that stops it.
 *
 * Errors: rejects with an `OptionError` if the recording can't be read or the page is missing, with a `ListenError` if the
 *         address isn't available.
 */
export async function showRecording(
  recording: string,
  { http, pageFolder, pageHost, warn }: Pick<ObserveOptions, 'http' | 'pageFolder' | 'pageHost' | 'warn'>,
): Promise<() => Promise<void>> {
  const { serveRecording } = await import('./watch/replay.ts');
  const endpoint = await serveRecording({
    recording,
    address: http,
    folder: pageFolder,
    names: namesIn(pageHost),
  });
  warn(`the page: http://${endpoint.address}/`);
  return () => endpoint.close();
}

function lostAsText(lines: number): string {
  return `${count(lines, 'line')} dropped: nobody read this output in time, or the disk was full`;
}

function lostAsJson(lines: number): string {
  return JSON.stringify({ level: 'warn', time: new Date().toISOString(), event: 'lost', lines });
}
