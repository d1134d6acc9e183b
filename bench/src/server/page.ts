import { setTimeout as delay } from 'node:timers/promises';
import type { Figure } from '../figure.ts';
import { type Build, buildIn, HERE, startCommand } from './command.ts';
import type { Contender } from './contenders.ts';
import { costRow, type Load, loadName, LOADS, underLoad, CLIENTS } from './costs.ts';
import { answer, freePort, kill, LOAD_CORE, path, pinned, type Running, TYPESCRIPT } from './processes.ts';

/**
 * What is asked of the page: at most so many times the processor time of the same command without it.
 *
 * Source:  while nobody watches, nothing listens, so there is nothing to pay: 3 % is what a quiet machine differs by. With a
 *          watcher a server does at least 0.9 of the lines in the same time.
 */
const MOST_UNWATCHED = 1.03;
const MOST_WATCHED = 1.11;

/** How long the last batch may take to reach the watcher. In milliseconds. */
const LATE_MS = 2_000;

/** The command without the page, with it and nobody there, and with one watcher. */
function pages(build: Build, { order }: Load): Contender[] {
  const how = order === 'free' ? ['--order', 'free'] : ['--clients', String(CLIENTS)];
  const start = async (...flags: string[]): Promise<[Running, number]> => {
    const http = await freePort();
    const fixed = ['--log', 'none', '--http', `127.0.0.1:${http}`];
    return [await startCommand([...how, ...fixed, ...flags], 'a pipe', build), http];
  };
  return [
    { name: 'no page', start: async () => (await start())[0] },
    { name: 'nobody watches', start: async () => (await start('--page', 'watch'))[0] },
    { name: 'one watcher', start: async () => watched(...(await start('--page', 'watch'))) },
  ];
}

/** A watcher in a process of its own, on the core of the load. */
async function watched(server: Running, http: number): Promise<Running> {
  const argv = [TYPESCRIPT, '--conditions=@proto/source', path('servers/watcher.ts'), String(http)];
  const watcher = pinned(LOAD_CORE, process.execPath, argv, ['ignore', 'ignore', 'inherit', 'ipc']);
  await answer(watcher);
  return {
    ...server,
    async check(lines) {
      await checkWatched(async () => {
        const told = answer<number>(watcher);
        watcher.send('told');
        return told;
      }, lines);
    },
    async stop() {
      await kill(watcher);
      await server.stop();
    },
  };
}

/**
 * Waits until a watcher has been told of so many lines.
 *
 * Errors: rejects if it never is: it would not be what was measured.
 */
export async function checkWatched(
  told: () => Promise<number>,
  lines: number,
  lateMs: number = LATE_MS,
): Promise<void> {
  const until = performance.now() + lateMs;
  let last = await told();
  while (last !== lines && performance.now() < until) {
    await delay(20);
    last = await told();
  }
  if (last !== lines) throw new Error(`Cannot count the watcher: told of ${last} lines of ${lines}`);
}

function page(load: Load): Figure {
  const name = `page, ${loadName(load)}`;
  return {
    name,
    async measure() {
      const [bare, unwatched, one] = await underLoad(pages(buildIn(HERE), load), load);
      return [
        costRow(`${name} / nobody watches`, unwatched!, bare!, MOST_UNWATCHED),
        costRow(`${name} / one watcher`, one!, bare!, MOST_WATCHED),
      ];
    },
  };
}

/** What the live page costs the server. */
export const pageFigures: readonly Figure[] = LOADS.map(page);
