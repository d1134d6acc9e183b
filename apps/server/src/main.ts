#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { type CommandSettings, serverSettings, settleCommand } from './command-options.ts';
import { type Configuration, configText, configure } from './configuration.ts';
import { helpText } from './help.ts';
import { observe } from './observe/observe.ts';
import { OptionError } from './options.ts';
import { createServer, type Server } from './server.ts';
import { loadTransform } from './transform-module.ts';
import { ListenError } from './transport/listener.ts';

const EXIT_USAGE = 64;
const EXIT_UNAVAILABLE = 69;
const SIGNALS = { SIGINT: 130, SIGTERM: 143 } as const;
/** How long output may wait for whoever reads it when all else is done. */
const LAST_WORDS_MS = 500;
/** File descriptors that are kept for everything but clients. */
const SPARE_DESCRIPTORS = 64;

async function main(): Promise<void> {
  // A reader of our output that goes away (`| head`) stops the output and not the server.
  process.stdout.on('error', () => {});
  const configuration = configure(process.argv.slice(2), process.env);
  if (configuration.ask === 'help') return print(helpText().trimEnd());
  if (configuration.ask === 'version') return print(version());
  configuration.warnings.forEach(warn);
  if (configuration.ask === 'config') return print(inForce(configuration));
  const settled = await settings(configuration);
  const server = createServer(serverSettings(settled));
  const { stdout } = process;
  const observation = await observe(server, { ...settled, stdout, colour: hasColour(), warn });
  process.once('exit', observation.flush);
  try {
    onSignals(server);
    await server.listen();
    await server.closed;
  } finally {
    await observation.stop();
  }
  // What a transform module has left open does not keep the process.
  setTimeout(() => process.exit(), LAST_WORDS_MS).unref();
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

/** Every option with its value: the transform loaded, and no more clients than there are descriptors. */
async function settings({ options, nameOf }: Configuration): Promise<CommandSettings> {
  const module = moduleOf(options);
  const given = module === undefined ? options : { ...options, transform: await loadTransform(module) };
  const settled = settleCommand(given, nameOf);
  const most = mostClients();
  if (settled.maxClients <= most) return settled;
  if (options['maxClients'] !== undefined) warn(`${nameOf('maxClients')} is ${most}: ${limitText()}`);
  return { ...settled, maxClients: most };
}

/** The text of `--print-config`. A transform module is named and not loaded. */
function inForce({ options, nameOf, sourceOf }: Configuration): string {
  const module = moduleOf(options);
  const settled = settleCommand(module === undefined ? options : { ...options, transform: 'none' }, nameOf);
  const maxClients = Math.min(settled.maxClients, mostClients());
  return configText({ ...settled, maxClients, transform: module ?? settled.transform }, (key) =>
    key === 'maxClients' && maxClients < settled.maxClients ? limitText() : sourceOf(key),
  );
}

/** The path of the transform, where it is no built-in one. */
function moduleOf({ transform }: Readonly<Record<string, unknown>>): string | undefined {
  return typeof transform === 'string' && !['upper', 'none'].includes(transform) ? transform : undefined;
}

function mostClients(): number {
  const most = descriptorLimit() - SPARE_DESCRIPTORS;
  if (most >= 1) return most;
  throw new ListenError('EMFILE', `Cannot start: ${limitText()}. Raise it above ${SPARE_DESCRIPTORS + 1}`);
}

function limitText(): string {
  return `this process may open ${descriptorLimit()} files (ulimit -n), ${SPARE_DESCRIPTORS} are kept for other things`;
}

function descriptorLimit(): number {
  const limits = process.report?.getReport() as
    | { userLimits?: { open_files?: { soft?: number | string } } }
    | undefined;
  const soft = Number(limits?.userLimits?.open_files?.soft);
  return Number.isFinite(soft) ? soft : Infinity;
}

/** The first signal quits, the second one of either kind ends the process at once. */
function onSignals(server: Server): void {
  let isSecond = false;
  for (const [signal, code] of Object.entries(SIGNALS)) {
    process.on(signal, () => {
      if (isSecond) process.exit(code);
      isSecond = true;
      void server.close({ reason: signal });
    });
  }
}

main().catch((error: unknown) => {
  if (!(error instanceof OptionError || error instanceof ListenError)) throw error;
  warn(error.message);
  process.exitCode = error instanceof ListenError ? EXIT_UNAVAILABLE : EXIT_USAGE;
});
