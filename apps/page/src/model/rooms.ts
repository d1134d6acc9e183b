import type { RoomRow } from '@proto/watch';
import type { Hold, LineFact, RoomFact, Told, WireFact } from './shapes.ts';
import { keep } from './sorted.ts';

/** How many rows, turns, rests and served lines are kept for one room. */
const MOST_TURNS = 4_000;

/** What is said about a room before anything is known of it. */
export const NOBODY: RoomRow = { room: '', have: 0, want: 0, turn: 0, waiting: 0 };

/** A room about which nothing is known yet. */
export function emptyRoom(room: string): RoomFact {
  return { room, rows: [], holds: [], rests: [], served: [] };
}

/** A client came into the room. */
export function takeJoin({ room, rows }: RoomFact, have: number, want: number, t: number): void {
  keep(rows, { ...NOBODY, ...rows.at(-1), room, have, want, t }, MOST_TURNS);
}

/** A client left the room. */
export function takeLeave({ rows }: RoomFact, t: number): void {
  const before = rows.at(-1) ?? NOBODY;
  const have = Math.max(0, before.have - 1);
  // A room that has started waits for nobody.
  keep(rows, { ...before, have, want: before.have < before.want ? before.want : have, t }, MOST_TURNS);
}

/** The turn for which the room waits now. */
function openHold({ holds }: RoomFact): Hold | undefined {
  const last = holds.at(-1);
  return last?.to === Infinity ? last : undefined;
}

/** The room no longer waits for anybody. */
export function endHold(room: RoomFact, t: number, state: Hold['state']): void {
  const open = openHold(room);
  if (open === undefined) return;
  // A quit ends a rest without a word: it counts all the same.
  if (state === 'quit') keep(room.rests, { t, c: open.c, end: 'left', ms: t - open.from }, MOST_TURNS);
  open.to = t;
  open.state = state;
}

/** One turn: the room waits for a client, or the turn was served or skipped. */
export function takeTurn(
  room: RoomFact,
  { t, n, c, seat, state }: Pick<Told<'turn'>, 't' | 'n' | 'c' | 'seat' | 'state'>,
): void {
  const isOpen = openHold(room)?.n === n;
  if (isOpen && state === 'waiting') return;
  endHold(room, t, isOpen ? state : 'ended');
  if (isOpen) return;
  const to = state === 'waiting' ? Infinity : t;
  keep(room.holds, { n, c, seat, from: t, isOld: false, to, state }, MOST_TURNS);
}

/** What the server says about the room now. If turns were left out, it also says for whom the room waits. */
export function takeRow(room: RoomFact, row: RoomRow, t: number, clientAt: (seat: number) => number): void {
  keep(room.rows, { ...row, t }, MOST_TURNS);
  const { waitedFor, waitedMs, turn: n } = row;
  const open = openHold(room);
  if (waitedFor === undefined) return endHold(room, t, 'ended');
  if (open?.seat === waitedFor) return;
  endHold(room, t, 'ended');
  const from = t - (waitedMs ?? 0);
  const hold = {
    n,
    c: clientAt(waitedFor),
    seat: waitedFor,
    from,
    isOld: waitedMs === undefined,
    to: Infinity,
  };
  keep(room.holds, { ...hold, state: 'waiting' }, MOST_TURNS);
}

/** How long the room waited for a client. */
export function takeRest(room: RoomFact, { t, c, end, ms }: Told<'waited'>): void {
  keep(room.rests, { t, c, end, ms }, MOST_TURNS);
  if (end === 'left' && openHold(room)?.c === c) endHold(room, t, 'left');
}

/** A line got its turn or, if there are no turns, its answer. */
export function takeServed(room: RoomFact, line: LineFact, t: number): void {
  keep(room.served, { t, line }, MOST_TURNS);
}

/** Without turns, a line is served when its answer is written. */
export function takeAnswers(room: RoomFact, { t, pieces }: WireFact): void {
  for (const { line } of pieces)
    if (line?.servedAt === undefined && line?.kind === 'message') takeServed(room, line, t);
}
