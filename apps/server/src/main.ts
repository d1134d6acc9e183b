#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import type { ActionsOwner } from './admin/actions.ts';
import type { AdminSocket } from './admin/admin-socket.ts';
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
import { Supervisor, takeSupervision } from './observe/supervisor.ts';
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
  const [first, ...words] = process.argv.slice(2);
  if (first === 'admin') {
    const { runAdmin } = await import('./command/run-admin.ts');
    process.exitCode = await runAdmin(words, process);
    return;
  }
  const supervision = takeSupervision(process.env, process.pid);
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
  const supervisor = supervision && new Supervisor(supervision, warn);
  if (settings.join !== 'none') supervisor?.status('joining the other servers');
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
  const end = (reason: string, how: 'close' | 'drain'): void => {
    isQuit = true;
    void server[how]({ reason });
  };
  quit = (reason) => {
    // A signal while it drains skips the rest.
    if (isQuit && !server.isDraining) return false;
    end(reason, isQuit ? 'close' : 'drain');
    return true;
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
  let admin: AdminSocket | undefined;
  try {
    if (node === undefined) onSignals();
    supervisor?.watch(server);
    const reloadAll = (): Promise<void> => server.reload();
    const reload = (): Promise<void> => supervisor?.reload(reloadAll) ?? reloadAll();
    process.on('SIGHUP', () => void reload());
    const { level, setLevel } = observation;
    admin = await openAdmin(server, settings, {
      quit: (reason) => end(reason, 'close'),
      drain: (reason) => end(reason, 'drain'),
      reload,
      level,
      setLevel,
    });
    // A quit doesn't wait for what `listen` waits for, and is no error.
    const listening = isQuit || server.listen().catch((error: unknown) => isQuit || Promise.reject(error));
    await Promise.race([listening, server.closed]);
    await server.closed;
  } finally {
    await node?.part();
    supervisor?.stop();
    await admin?.close();
    await observation.stop();
  }
  // What a transform module has left open doesn't keep the process alive.
  setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
}

/** Shows a recording until a signal. */
async function replay(recording: string, settings: CommandSettings): Promise<void> {
  const close = await showRecording(recording, { ...settings, pageFolder: PAGE_FOLDER, warn });
  await new Promise<void>((resolve) => {
    quit = once(() => resolve());
    onSignals();
  });
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
  onSignals();
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
  quit = once(() => void node.part());
  const isLeft = !(await node.join());
  if (isLeft) await endpoint?.close();
  return { node, endpoint, isLeft };
}

/** Takes commands of operators, if there is a path for them. */
async function openAdmin(
  server: Server,
  { admin: path }: CommandSettings,
  owner: ActionsOwner,
): Promise<AdminSocket | undefined> {
  if (path === 'none') return undefined;
  const { AdminSocket: TheSocket } = await import('./admin/admin-socket.ts');
  const admin = new TheSocket(server, path, owner);
  await admin.listen();
  return admin;
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

/** The first signal quits, or the end of npx; one that has nothing left to do ends the process at once. */
function onSignals(): void {
  let isFirst = true;
  // Ctrl-C reaches npx too. Its end says nothing new then.
  whenNpxEnds('proto-server', () => {
    if (isFirst) quit('SIGTERM');
    isFirst = false;
  });
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      isFirst = false;
      if (!quit(signal)) process.exit(code);
    });
  }
}

/** What does something the first time only. */
function once(act: () => void): () => boolean {
  let isFirst = true;
  return () => {
    if (isFirst) act();
    const was = isFirst;
    isFirst = false;
    return was;
  };
}

/** What a signal does. False: that has begun already. */
let quit = (_signal: string): boolean => false;

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
