#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ClusterError } from './cluster/cluster-error.ts';
import type { ClusterNode } from './cluster/node.ts';
import { type CommandSettings, lessonOf, recordingOf, serverOptions } from './command/command-options.ts';
import { configure } from './command/configuration.ts';
import { mostConnections } from './command/descriptors.ts';
import { helpText } from './command/help.ts';
import { settingsInForce, textInForce } from './command/in-force.ts';
import { withReplay } from './command/replay.ts';
import { whenNpxEnds } from './command/when-npx-ends.ts';
import { observe, observeEarly, showRecording } from './observe/observe.ts';
import type { HttpEndpoint } from './observe/http-endpoint.ts';
import { OptionError } from './options/options.ts';
import { createServer, type Server } from './server.ts';
import { InheritedListener, isInherited } from './transport/inherited.ts';
import { ListenError } from './transport/listener.ts';
import { listenerFor } from './transport/listener-for.ts';

const EXIT_USAGE = 64;
const EXIT_UNAVAILABLE = 69;
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;
/** Signals that would end the process, or open Node's debugger. SIGHUP gets a meaning once there is a server. */
const HARMLESS = ['SIGHUP', 'SIGUSR1', 'SIGUSR2'] as const;
/** Where the built page is. */
const PAGE_FOLDER = fileURLToPath(new URL('../dist/page/', import.meta.url));
/** How long output may wait for its reader when everything else is done. */
const LAST_WORDS_MS = 500;

async function main(): Promise<void> {
  // If the reader of our output goes away (`| head`), or the terminal hangs up, the output stops but the server
  // doesn't.
  for (const output of [process.stdout, process.stderr]) output.on('error', () => {});
  for (const signal of HARMLESS) process.on(signal, () => {});
  const limit = descriptorLimit();
  const bound = await inherited(mostConnections(limit));
  const configured = configure(process.argv.slice(2), process.env, bound?.options);
  nameOf = configured.nameOf;
  const configuration = withReplay(configured, PAGE_FOLDER);
  if (configuration.ask !== undefined) await bound?.close();
  if (configuration.ask === 'help') return print(helpText().trimEnd());
  if (configuration.ask === 'version') return print(version());
  configuration.warnings.forEach(warn);
  if (configuration.ask === 'config') return print(textInForce(configuration, limit));
  const { settings, warnings } = await settingsInForce(configuration, limit);
  warnings.forEach(warn);
  const recording = recordingOf(settings);
  if (recording !== undefined) return replay(recording, settings);
  let server: Server | undefined = undefined;
  const joining = settings.join === 'none' ? undefined : await join(settings, () => server);
  if (joining?.isLeft === true) return;
  const { node, endpoint } = joining ?? {};
  server = createServer(
    serverOptions(settings, configuration),
    listenerFor(settings, { maxConnections: mostConnections(limit, settings), ...(bound && { bound }) }),
    undefined,
    node?.journal,
  );
  let isQuit = false;
  quit = (reason) => {
    isQuit = true;
    void server?.close({ reason });
  };
  const { stdout } = process;
  const observation = await observe(server, {
    ...settings,
    endpoint,
    pageFolder: PAGE_FOLDER,
    lesson: lessonOf(settings.replay),
    stdout,
    colour: hasColour(),
    columns: stdout.isTTY ? stdout.columns : undefined,
    warn,
  });
  process.once('exit', observation.flush);
  try {
    if (node === undefined) onSignals((reason) => quit(reason));
    process.on('SIGHUP', () => void server.reload());
    // A quit doesn't wait for what `listen` waits for, and is no error.
    const listening = isQuit || server.listen().catch((error: unknown) => isQuit || Promise.reject(error));
    await Promise.race([listening, server.closed]);
    await server.closed;
  } finally {
    await node?.part();
    await observation.stop();
  }
  // What a transform module has left open doesn't keep the process alive.
  setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
}

/** Shows a recording until a signal. */
async function replay(recording: string, settings: CommandSettings): Promise<void> {
  const close = await showRecording(recording, { ...settings, pageFolder: PAGE_FOLDER, warn });
  await new Promise<void>((resolve) => onSignals(() => resolve()));
  await close();
}

/** A server that shares its rooms, once it's up. `isLeft`: a signal came first. */
interface Joining {
  readonly node: ClusterNode;
  readonly endpoint: HttpEndpoint | undefined;
  readonly isLeft: boolean;
}

/** Joins the servers that share a log. If it must leave them, its clients are told, and the process ends. */
async function join(settings: CommandSettings, server: () => Server | undefined): Promise<Joining> {
  // Nothing was appended yet.
  quit = () => process.exit();
  onSignals((reason) => quit(reason));
  const endpoint = await observeEarly({ ...settings, warn }, 'not accepting: joining the other servers');
  const { openCluster } = await import('./command/open-cluster.ts');
  const node = await openCluster(settings, {
    warn,
    failed: (error) => {
      warn(`Cannot go on: ${error.message}`);
      process.exitCode = error.exit;
      setTimeout(() => process.exit(), LAST_WORDS_MS);
      void server()?.abandon('this server cannot go on');
    },
  });
  quit = () => void node.part();
  const isLeft = !(await node.join());
  if (isLeft) await endpoint?.close();
  return { node, endpoint, isLeft };
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}

function warn(line: string): void {
  process.stderr.write(`${line}\n`);
}

function hasColour(): boolean {
  return process.stdout.isTTY && process.stdout.hasColors() && !process.env['NO_COLOR'];
}

function version(): string {
  const file = readFileSync(new URL('../package.json', import.meta.url), 'utf8');
  return (JSON.parse(file) as { version: string }).version;
}

function descriptorLimit(): number {
  const limits = process.report?.getReport() as
    | { userLimits?: { open_files?: { soft?: number | string } } }
    | undefined;
  const soft = Number(limits?.userLimits?.open_files?.soft);
  return Number.isFinite(soft) ? soft : Infinity;
}

/** A listening socket that systemd, or another parent, has passed to this process. */
async function inherited(maxConnections: number): Promise<InheritedListener | undefined> {
  if (!isInherited(process.env, process.pid)) return undefined;
  // They are for this process only, not for processes that a transform starts.
  for (const name of ['LISTEN_PID', 'LISTEN_FDS', 'LISTEN_FDNAMES']) delete process.env[name];
  return InheritedListener.open({ maxConnections });
}

/** The first signal quits, or the end of npx; a second one of either kind ends the process at once. */
function onSignals(quit: (signal: string) => void): void {
  let isSecond = false;
  // Ctrl-C reaches npx too. Its end says nothing new then.
  whenNpxEnds('proto-server', () => {
    if (isSecond) return;
    isSecond = true;
    quit('SIGTERM');
  });
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (isSecond) process.exit(code);
      isSecond = true;
      quit(signal);
    });
  }
}

/** What the first signal does. */
let quit = (_signal: string): void => {};

/** The name of an option where it was written. Known once the configuration is read. */
let nameOf = (key: string): string => key;

/** Its class is loaded only with `--join`. */
function isClusterError(error: unknown): error is ClusterError {
  return error instanceof Error && error.name === 'ClusterError';
}

function exitCodeOf(error: OptionError | ListenError | ClusterError): number {
  if (isClusterError(error)) return error.exit;
  return error instanceof ListenError ? EXIT_UNAVAILABLE : EXIT_USAGE;
}

main().catch((error: unknown) => {
  if (!(error instanceof OptionError || error instanceof ListenError || isClusterError(error))) throw error;
  warn(error instanceof OptionError ? error.textWith(nameOf) : error.message);
  process.exitCode = exitCodeOf(error);
  // A socket that was passed to this process would keep it alive.
  setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
});
