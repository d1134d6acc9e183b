import type { PersonRow } from '@proto/watch';
import type { ClientFact, NodeFact, QuitFact, Told, WireFact } from './shapes.ts';
import { keep } from './sorted.ts';

/** How many clients and rooms are remembered, including those that are gone. */
const MOST_REMEMBERED = 4_000;
/** How many chunks and ends are kept in total. */
const MOST_WIRE = 4_000;
/** How much is kept: levels of one client and of all, and names of one client. */
const MOST_LEVELS = 1_200;
const MOST_LEVELS_IN_ALL = 120_000;
const MOST_NAMES = 100;

/** A client about which nothing is known yet. */
export function emptyClient(c: number, address: string, node?: NodeFact): ClientFact {
  return { c, node, address, stays: [], names: [], wire: [], lines: [], levels: [], blurs: [], early: [] };
}

/** A client takes a seat. If it had another one, that stay ends. */
export function sit(
  { stays }: ClientFact,
  { room, seat, t }: { readonly room: string; readonly seat: number; readonly t: number },
): void {
  const last = stays.at(-1);
  if (last !== undefined && last.to === Infinity) {
    if (last.room === room && last.seat === seat) return;
    last.to = t;
  }
  stays.push({ room, seat, from: t, to: Infinity, reason: '' });
}

/** A client takes a name. */
export function takeName({ names }: ClientFact, name: string, t: number): void {
  keep(names, { t, name }, MOST_NAMES);
}

/** What the server says about a client now. `clients`: how many there are, to share what is kept. */
export function takePerson(client: ClientFact, row: PersonRow, t: number, clients: number): void {
  const { room, seat, name, waiting, served, outbox, slow = false, paused = false, open = 0 } = row;
  const handlingSince = row.handlingMs === undefined ? undefined : t - row.handlingMs;
  sit(client, { room, seat, t });
  if ((client.names.at(-1)?.name ?? '-') !== name) takeName(client, name, t);
  const most = Math.min(MOST_LEVELS, Math.max(40, Math.floor(MOST_LEVELS_IN_ALL / clients)));
  takeEnds(client, row, t);
  keep(client.levels, { t, waiting, served, outbox, slow, paused, open, handlingSince }, most);
}

/** Who has a seat in a room; 0: nobody. */
export function clientAt(clients: ReadonlyMap<number, ClientFact>, room: string, seat: number): number {
  for (const { c, stays } of clients.values()) {
    const stay = stays.at(-1);
    if (stay?.room === room && stay.seat === seat && stay.to === Infinity) return c;
  }
  return 0;
}

/** Forgets the client that came first among those that are gone, and returns it: a server may run for days. */
export function forgetOldest<K, V>(all: Map<K, V>, isGone: (one: V) => boolean): K | undefined {
  if (all.size <= MOST_REMEMBERED) return undefined;
  for (const [key, one] of all) {
    if (!isGone(one)) continue;
    all.delete(key);
    return key;
  }
  return undefined;
}

/** What the server says about the ends of a connection: it may have ended before anybody watched. */
export function takeEnds(
  client: ClientFact,
  { inEnd, outEnd, closing, ended }: Pick<PersonRow, 'inEnd' | 'outEnd' | 'closing' | 'ended'>,
  t: number,
): void {
  const { c } = client;
  const unseen = { id: 0, kind: 'end', c, n: 0, t, from: 0, pieces: [] } as const;
  const state = { openBefore: false, openAfter: false };
  if (inEnd) client.readEnd ??= { ...unseen, ...state, d: 'read', how: inEnd, by: 'peer' };
  if (outEnd) client.writeEnd ??= { ...unseen, ...state, d: 'write', how: outEnd, by: 'server' };
  if (!closing) return;
  if (ended === undefined) client.byeAt ??= t;
  else client.drop ??= { t, reason: ended };
}

/** A quit begins. `false`: it is known already. */
export function takeQuit(quits: QuitFact[], quit: QuitFact): boolean {
  const told = quit.told.join();
  if (quits.some((one) => one.done === undefined && one.told.join() === told)) return false;
  keep(quits, quit, MOST_REMEMBERED);
  return true;
}

/** A quit is over: finds it by the clients that it reached. */
export function takeQuitDone(
  quits: readonly QuitFact[],
  { t, clean, forced, ms }: Told<'quitDone'>,
): QuitFact | undefined {
  const all = new Set([...clean, ...forced]);
  const quit = quits.find(
    ({ done, told }) => done === undefined && told.length === all.size && told.every((c) => all.has(c)),
  );
  if (quit !== undefined) quit.done = { t, clean: clean.length, forced: forced.length, ms };
  return quit;
}

/** Keeps a chunk or an end, in the session and with its client. The oldest are dropped from both. */
export function keepWire(wire: WireFact[], clients: ReadonlyMap<number, ClientFact>, fact: WireFact): void {
  clients.get(fact.c)?.wire.push(fact);
  const before = wire.length < MOST_WIRE ? [] : wire.slice(0, MOST_WIRE / 8);
  if (keep(wire, fact, MOST_WIRE) === 0) return;
  const first = wire[0]!.id;
  for (const c of new Set(before.map((one) => one.c))) {
    const own = clients.get(c)?.wire ?? [];
    const at = own.findIndex(({ id }) => id >= first);
    own.splice(0, at === -1 ? own.length : at);
  }
}
