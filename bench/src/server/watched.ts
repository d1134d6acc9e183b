import { type Build, startCommand } from './command.ts';
import type { Contender } from './contenders.ts';
import { answer, path, pinned, type Running, running, SERVER_CORE, TYPESCRIPT } from './processes.ts';
import { LINE_BYTES } from './wire.ts';

export type Order = 'free' | 'strict';

/** What a listener has been told, in events and in bytes. */
export interface Told {
  readonly lines: number;
  readonly sends: number;
  readonly bytesRead: number;
  readonly turns: number;
}

/** What the console listens to while it shows lines. */
export const CONSOLE_LISTENS_TO = 'line, send and turn';

/** What may listen to the server, and whether it has been told what it must after so many lines. The first has none. */
const LISTENERS: Readonly<Record<string, (told: Told, lines: number, order: Order) => boolean>> = {
  nothing: () => true,
  'line and send': isEachLine,
  [CONSOLE_LISTENS_TO]: (told, lines, order) => isEachLine(told, lines) && isEachTurn(told, lines, order),
  chunk: (told, lines) => told.bytesRead === lines * (LINE_BYTES + 1),
  turn: isEachTurn,
};

/** Events go out besides the answers. */
function isEachLine(told: Told, lines: number): boolean {
  return told.lines === lines && told.sends >= lines;
}

/** Turns that wait are told besides those that were taken. Free order has none to tell. */
function isEachTurn({ turns }: Told, lines: number, order: Order): boolean {
  return order === 'strict' ? turns >= lines : turns === 0;
}

/**
 * Holds what a listener has been told against the lines that were answered.
 *
 * Errors: throws where something is missing or too much: its cost would be the cost of something else.
 */
export function checkTold(listener: string, told: Told, lines: number, order: Order): void {
  if (!LISTENERS[listener]!(told, lines, order))
    throw new Error(`Cannot count ${listener}, ${order}: told ${JSON.stringify(told)} of ${lines} lines`);
}

/** The library of a build in a small program, with each of the listeners. The first has none. */
export function listening(build: Build, order: Order, clients: number, prefix = ''): Contender[] {
  return Object.keys(LISTENERS).map((listener) => ({
    name: `${prefix}${listener}`,
    start: () => startListening(build, order, clients, listener),
  }));
}

/**
 * The command of a build, with nothing attached and with its console as on a terminal. It prints into a pipe. The first
 * has no console.
 */
export function showing(build: Build, order: Order, clients: number, prefix = ''): Contender[] {
  const how = order === 'free' ? ['--order', 'free'] : ['--clients', String(clients)];
  const command = (name: string, ...flags: string[]): Contender => ({
    name: `${prefix}${name}`,
    start: () => startCommand([...how, ...flags], 'a pipe', build),
  });
  return [command('--log none', '--log', 'none'), command('console', '--log-text', 'on')];
}

async function startListening(
  { index }: Build,
  order: Order,
  clients: number,
  listener: string,
): Promise<Running> {
  const argv = [TYPESCRIPT, path('servers/watched.ts'), index, order, String(clients), listener];
  const child = pinned(SERVER_CORE, process.execPath, argv, ['ignore', 'ignore', 'inherit', 'ipc']);
  const port = await answer<number>(child);
  return {
    ...running(child, port),
    async check(lines) {
      const answered = answer<Told>(child);
      child.send('told');
      checkTold(listener, await answered, lines, order);
    },
  };
}
