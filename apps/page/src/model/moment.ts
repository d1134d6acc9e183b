import { MOST_PEOPLE, MOST_ROOMS, type RoomRow } from '@proto/watch';
import type { Facts } from './facts.ts';
import { isElsewhere } from './nodes.ts';
import type {
  ClientFact,
  Hold,
  Level,
  LineFact,
  LogFact,
  NodeFact,
  QuitFact,
  RoomFact,
  Stay,
} from './shapes.ts';
import { atOrBefore, countUpTo } from './sorted.ts';
import { listed } from './words.ts';

// Questions about one moment. Each looks only at facts up to `t`, so a moment in the past gets the answer that it got
// when it was the present.

/** More clients in a room than this are a crowd. */
const MOST_BY_BYTES = 24;

/** How long a node that is gone is still shown. In milliseconds. */
const NODE_GHOST_MS = 30_000;

/** How many lines of one client are searched for waiting ones. */
const MOST_LOOKED_AT = 400;

/** Where a client is, or was before it left. */
export function stayOf({ stays }: ClientFact, t: number): Stay | undefined {
  return stays.findLast(({ from }) => from <= t);
}

/** A client in a room. */
export interface Seated {
  readonly client: ClientFact;
  readonly seat: number;
}

/** Who is in a room, by seat. `lingerMs`: includes clients that left at most this long ago. */
export function present(facts: Facts, room: string, t: number, lingerMs = 0): Seated[] {
  const here: Seated[] = [];
  for (const client of facts.clients.values()) {
    const stay = client.stays.findLast(({ from, room: where }) => where === room && from <= t);
    if (stay !== undefined && stay.to + lingerMs > t) here.push({ client, seat: stay.seat });
  }
  return here.toSorted((a, b) => a.seat - b.seat);
}

/** Whether a client has left. */
export function isGone(client: ClientFact, t: number): boolean {
  const stay = stayOf(client, t);
  return stay === undefined || stay.to <= t;
}

/** The name that a client has taken; empty if none. */
export function nameOf({ names }: ClientFact, t: number): string {
  const name = atOrBefore(names, t)?.name ?? '-';
  return name === '-' ? '' : name;
}

/** What the server said last about a client. */
export function levelOf({ levels }: ClientFact, t: number): Level | undefined {
  return atOrBefore(levels, t);
}

/** What the server said last about a room. */
export function rowOf({ rows }: RoomFact, t: number): RoomRow | undefined {
  return atOrBefore(rows, t);
}

/** The turn that began last. */
export function holdOf({ holds }: RoomFact, t: number): Hold | undefined {
  let low = 0;
  let high = holds.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (holds[middle]!.from <= t) low = middle + 1;
    else high = middle;
  }
  return holds[low - 1];
}

/** The turn for which the room waits. */
export function restOf(room: RoomFact, t: number): Hold | undefined {
  const hold = holdOf(room, t);
  return hold !== undefined && hold.to > t ? hold : undefined;
}

/** When a line stopped waiting: it was served, answered, lost, or no longer seen. */
export function doneAt({ servedAt, answeredAt, lostAt, blurredAt }: LineFact): number {
  return servedAt ?? answeredAt ?? lostAt ?? blurredAt ?? Infinity;
}

/** Whether bytes of a client are missing at this moment. */
export function isBlurred(client: ClientFact, t: number): boolean {
  return isElsewhere(client) || client.blurs.some(({ from, to }) => from <= t && to > t);
}

/** The lines of a client that wait for their turn, oldest first. */
export function waitingLines({ lines }: ClientFact, t: number): LineFact[] {
  const end = countUpTo(lines, t);
  return lines
    .slice(Math.max(0, end - MOST_LOOKED_AT), end)
    .filter((line) => line.kind === 'message' && doneAt(line) > t);
}

/** In a crowd, the server's rows count, not the bytes. */
export function isCrowd(here: readonly Seated[]): boolean {
  return here.length > MOST_BY_BYTES;
}

/** How many lines of a client wait: by its bytes or, if those are missing, by what the server said. */
export function waitingCount(client: ClientFact, t: number, crowd: boolean): number {
  if (!crowd && !isBlurred(client, t)) return waitingLines(client, t).length;
  const level = levelOf(client, t);
  return level === undefined ? 0 : level.waiting - (level.handlingSince === undefined ? 0 : 1);
}

/** The part of an unfinished line that has arrived. */
export interface Open {
  readonly text: string;
  readonly bytes: number;
  readonly since: number;
  /** The line was refused already: what is still to come of it is discarded. */
  readonly isRefused?: true;
}

/** The part of a client's unfinished line that has arrived, if one is open. */
export function openLine(client: ClientFact, t: number): Open | undefined {
  const { wire, drop } = client;
  // The server takes no more of it.
  if (drop !== undefined && drop.t <= t) return undefined;
  const end = countUpTo(wire, t);
  const at = wire.slice(0, end).findLastIndex(({ d }) => d === 'read');
  const last = wire[at];
  const piece = last?.pieces.at(-1);
  if (last === undefined) {
    // None of it was seen: only how many bytes there are is known.
    const level = levelOf(client, t);
    return level === undefined || level.open === 0
      ? undefined
      : { text: '', bytes: level.open, since: level.t };
  }
  if (piece === undefined || !last.openAfter) return undefined;
  const parts: string[] = [];
  let since = last.t;
  for (let i = at; i >= 0; i--) {
    const one = wire[i]!;
    if (one.d !== 'read') continue;
    if (one.n < piece.begunIn) break;
    parts.unshift(one.pieces.at(-1)?.text ?? '');
    since = one.t;
    if (one.n === piece.begunIn) break;
  }
  const isRefused = piece.line !== undefined;
  return { text: parts.join(''), bytes: piece.bytes, since, ...(isRefused && { isRefused }) };
}

/** The end of a direction, if it had ended by then. */
export function endOf(client: ClientFact, d: 'read' | 'write', t: number): 'FIN' | 'RST' | undefined {
  const end = d === 'read' ? client.readEnd : client.writeEnd;
  return end !== undefined && end.t <= t ? end.how : undefined;
}

/** The quit that a room is in, or that closed it if nobody has come since. */
export function quitOf(facts: Facts, room: string, t: number): QuitFact | undefined {
  const quit = facts.quits.findLast((one) => one.t <= t && (one.scope === 'all' || one.room === room));
  if (quit === undefined || quit.done === undefined || quit.done.t > t) return quit;
  const told = new Set(quit.told);
  return present(facts, room, t).some(({ client }) => !told.has(client.c)) ? undefined : quit;
}

/** Lines read in the last second, if known. */
export function linesPerSecond({ counts }: Facts, t: number): number {
  const now = atOrBefore(counts, t);
  const then = atOrBefore(counts, t - 1_000);
  if (now === undefined || then === undefined || now.t <= then.t || t - now.t > 1_000) return 0;
  return ((now.linesIn - then.linesIn) * 1_000) / (now.t - then.t);
}

/** The longest time that the event loop was blocked in the last `spanMs`. */
export function longestDelay({ loop }: Facts, t: number, spanMs: number): number {
  const last = loop.slice(countUpTo(loop, t - spanMs), countUpTo(loop, t));
  return Math.max(0, ...last.map(({ ms }) => ms));
}

/** What the server does not show because there is too much of it, in a sentence; empty if it shows all. */
export function boundsOf({ totals }: Facts, t: number): string {
  const { clients = 0, rooms = 0 } = atOrBefore(totals, t) ?? {};
  const parts = [
    [MOST_PEOPLE, clients, 'clients'],
    [MOST_ROOMS, rooms, 'rooms'],
  ] as const;
  const words = parts
    .filter(([most, all]) => all > most)
    .map(([most, all, noun]) => `${most.toLocaleString('en')} of ${all.toLocaleString('en')} ${noun}`);
  return words.length === 0 ? '' : `${listed(words)} are shown.`;
}

/** Whether the server could be reached. */
export function isOpen({ addresses, clients }: Facts, t: number): boolean {
  if (atOrBefore(addresses, t) !== undefined) return true;
  return [...clients.values()].some(({ stays }) => (stays[0]?.from ?? Infinity) <= t);
}

/** The address that the server listened on. */
export function addressOf({ addresses }: Facts, t: number): string {
  return (atOrBefore(addresses, t) ?? addresses[0])?.address ?? '';
}

/** A node at a moment. */
export interface NodeNow extends NodeFact {
  /** How many of its clients are in the room. */
  readonly clients: number;
}

/** The nodes at a moment, with those that are gone since a short time. */
export function nodesAt(facts: Facts, room: string, t: number): NodeNow[] {
  const here = present(facts, room, t);
  return facts.nodes
    .filter(({ from, goneAt }) => from <= t && t < goneAt + NODE_GHOST_MS)
    .map((node) => ({
      ...node,
      clients: here.filter(({ client }) => client.node?.first === node.first).length,
    }));
}

/** What was known last of the log. */
export function logAt({ log }: Facts, t: number): LogFact | undefined {
  return atOrBefore(log, t);
}
