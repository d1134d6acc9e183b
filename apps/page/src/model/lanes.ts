import type { Facts } from './facts.ts';
import { isCrowd, present, restOf, type Seated, waitingCount } from './moment.ts';

/** Up to the first number of clients, each has a lane; above it, only the second number have one. */
const MOST_LANES = 8;
const CHOSEN_LANES = 6;
/** How long a choice of lanes stays: rows that jump cannot be read. In milliseconds. */
const KEPT_MS = 2_000;
/** A client that the room has waited for this long always has a lane. In milliseconds. */
const RESTED_MS = 300;

/** What decides about lanes, apart from the session. */
export interface LanesWanted {
  readonly picked: number | undefined;
  readonly own: number | undefined;
  readonly spanMs: number;
}

/** The last choice. */
export interface LaneMemory {
  last?: {
    readonly facts: Facts;
    readonly room: string;
    readonly t: number;
    readonly picked: number | undefined;
    readonly lanes: readonly Seated[];
  };
}

/**
 * The clients that have a lane, by seat. A few: all that were there in the time shown. Many: the one with the turn, the
 * picked one, the page's own, and those with the longest queues.
 */
export function laneClients(
  facts: Facts,
  room: string,
  t: number,
  { picked, own, spanMs }: LanesWanted,
  memory: LaneMemory,
): readonly Seated[] {
  const here = present(facts, room, t, spanMs * 0.8);
  if (here.length <= MOST_LANES) return here;
  const fact = facts.rooms.get(room);
  const rest = fact && restOf(fact, t);
  const { last } = memory;
  if (
    last?.facts === facts &&
    last.room === room &&
    last.picked === picked &&
    Math.abs(t - last.t) < KEPT_MS
  ) {
    const isHolderThere = last.lanes.some(({ client }) => client.c === rest?.c);
    if (rest === undefined || t - rest.from < RESTED_MS || isHolderThere) return last.lanes;
  }
  const crowd = isCrowd(here);
  const rank = ({ client }: Seated): number => {
    const isWanted = client.c === picked || client.c === own || client.c === rest?.c;
    return isWanted ? Infinity : waitingCount(client, t, crowd);
  };
  const lanes = here
    .map((seated) => ({ seated, rank: rank(seated) }))
    .toSorted((a, b) => (a.rank === b.rank ? 0 : b.rank - a.rank))
    .slice(0, CHOSEN_LANES)
    .map(({ seated }) => seated)
    .toSorted((a, b) => a.seat - b.seat);
  memory.last = { facts, room, t, picked, lanes };
  return lanes;
}
