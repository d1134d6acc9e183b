import type { Writable } from 'node:stream';
import { isLoopback } from '../options/options.ts';
import type { Server } from '../server.ts';
import { showOnConsole } from './console/console.ts';
import { showFirstLine } from './console/first-line.ts';
import { Output } from './output.ts';

/** Where the command shows what is going on. */
export interface ObserveOptions {
  readonly log: 'console' | 'json' | 'none';
  readonly logText: 'on' | 'off';
  readonly xray: 'on' | 'off';
  /** HOST:PORT, or `none`. */
  readonly http: string;
  readonly stdout: Writable & { readonly isTTY?: boolean };
  readonly colour: boolean;
  /** Columns of the terminal, if it is one. */
  readonly columns: number | undefined;
  /** Shows a line to the person who started the command. */
  readonly warn: (line: string) => void;
}

/** What shows a server until it is stopped. */
export interface Observation {
  /** Writes what has collected, now. */
  readonly flush: () => void;
  stop(): Promise<void>;
}

/**
 * Shows a server: lines for people, a JSON log or only the first line on `stdout`, and its health and metrics over HTTP
 * if requested.
 *
 * Errors: rejects with a `ListenError` if the address for HTTP isn't available.
 */
export async function observe(server: Server, options: ObserveOptions): Promise<Observation> {
  const { log, xray, http, stdout, columns, warn } = options;
  const output = new Output(stdout, { lost: log === 'json' ? lostAsJson : lostAsText });
  const { write } = output;
  const stopShowing = await show(server, options, write);
  if (xray === 'on') {
    const { showXRay } = await import('./x-ray.ts');
    showXRay(server, { write, json: log === 'json', ...(columns !== undefined && { columns }) });
  }
  const stopServing = http === 'none' ? undefined : await serve(server, http, output, warn);
  return {
    flush: () => output.flush(),
    stop: async () => {
      stopShowing?.();
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

async function serve(
  server: Server,
  address: string,
  output: Output,
  warn: (line: string) => void,
): Promise<() => Promise<void>> {
  // Loaded only if requested: they take longer to load than everything else.
  const [{ serveHttp }, { processMetrics }, { serverMetrics }] = await Promise.all([
    import('./http.ts'),
    import('./process-metrics.ts'),
    import('./server-metrics.ts'),
  ]);
  const ofProcess = processMetrics(() => output.linesLost);
  const metrics = [serverMetrics(server), ofProcess.registry];
  const endpoint = await serveHttp(server, { address, metrics });
  warn(`serving http://${endpoint.address}/healthz, /readyz and /metrics`);
  const host = address.slice(0, address.lastIndexOf(':')).replace(/^\[|\]$/g, '');
  if (!isLoopback(host))
    warn(`--http ${address} can be reached from other machines and has no authentication`);
  return async () => {
    ofProcess.stop();
    await endpoint.close();
  };
}

function lostAsText(lines: number): string {
  return `${lines} lines dropped: nobody read this output in time`;
}

function lostAsJson(lines: number): string {
  return JSON.stringify({ level: 'warn', time: new Date().toISOString(), event: 'lost', lines });
}
