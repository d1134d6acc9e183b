import { setTimeout as delay } from 'node:timers/promises';
import type { Figure } from '../figure.ts';
import { startCommand } from './command.ts';
import type { Contender } from './contenders.ts';
import { costRow, type Load, loadName, LOADS, underLoad, CLIENTS } from './costs.ts';
import { answers } from './asked.ts';
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

/** Pages open at the same time: as many as the server allows. */
const OPEN_PAGES = 8;

/** The command without the page, with it and nobody there, and with watchers. */
function pages({ order }: Load, watchers = 1): Contender[] {
  const how = order === 'free' ? ['--order', 'free'] : ['--clients', String(CLIENTS)];
  const start = async (...flags: string[]): Promise<[Running, number]> => {
    const http = await freePort();
    const fixed = ['--log', 'none', '--http', `127.0.0.1:${http}`];
    return [await startCommand([...how, ...fixed, ...flags], 'a pipe'), http];
  };
  return [
    { name: 'no page', start: async () => (await start())[0] },
    { name: 'nobody watches', start: async () => (await start('--page', 'watch'))[0] },
    {
      name: watchers === 1 ? 'one watcher' : `${watchers} watchers`,
      start: async () => watched(...(await start('--page', 'watch')), watchers),
    },
  ];
}

/** Watchers in a process of their own, on the core of the load. */
async function watched(server: Running, http: number, count: number): Promise<Running> {
  const program = path('servers/watcher.ts');
  const argv = [TYPESCRIPT, '--conditions=@proto/source', program, String(http), String(count)];
  const watcher = pinned(LOAD_CORE, process.execPath, argv, ['ignore', 'ignore', 'inherit', 'ipc']);
  await answer(watcher);
  return {
    ...server,
    async check(lines) {
      await checkWatched(async () => {
        const told = answer<number[]>(watcher);
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
 * Waits until each watcher has been told of so many lines.
 *
 * Errors: rejects if one never is: it would not be what was measured.
 */
export async function checkWatched(
  told: () => Promise<readonly number[]>,
  lines: number,
  lateMs: number = LATE_MS,
): Promise<void> {
  const until = performance.now() + lateMs;
  let last = await told();
  const isToldOfAll = (): boolean => last.every((each) => each === lines);
  while (!isToldOfAll() && performance.now() < until) {
    await delay(20);
    last = await told();
  }
  if (!isToldOfAll())
    throw new Error(`Cannot count the watchers: told of ${last.join(', ')} lines of ${lines}`);
}

function page(load: Load): Figure {
  const name = `page, ${loadName(load)}`;
  return {
    name,
    async measure() {
      const [bare, unwatched, one] = await underLoad(pages(load), load);
      return [
        costRow(`${name} / nobody watches`, unwatched!, bare!, MOST_UNWATCHED),
        costRow(`${name} / one watcher`, one!, bare!, MOST_WATCHED),
      ];
    },
  };
}

/** What the live page costs the server. */
export const pageFigures: readonly Figure[] = LOADS.map(page);

/** Lines for each second of the server's processor time, with every page open that may be, to those without a page. */
export const openPageFigures: readonly Figure[] = LOADS.filter(({ order }) => order === 'free').map(
  (load) => {
    const [bare, , open] = pages(load, OPEN_PAGES);
    return answers(`${OPEN_PAGES} pages open, ${loadName(load)}`, open!, CLIENTS, load.batch, [[bare!, 0.9]]);
  },
);
