import type { Facts } from './facts.ts';
import { doneAt, isBlurred, levelOf, restOf, type Seated } from './moment.ts';
import { isElsewhere } from './nodes.ts';
import type { ClientFact, LineFact, Rest, RoomFact } from './shapes.ts';
import { countUpTo, within } from './sorted.ts';

/** How far back the measures of turns and waits look. In milliseconds. */
export const MEASURED_MS = 60_000;

/** Jain's fairness index, `(Σx)² / (n·Σx²)`: 1 is equal, 1/n means one has everything. `undefined`: there is nothing to share. */
export function jain(shares: readonly number[]): number | undefined {
  const sum = shares.reduce((all, one) => all + one, 0);
  if (sum === 0) return undefined;
  return (sum * sum) / (shares.length * shares.reduce((all, one) => all + one * one, 0));
}

/** What a client got. */
export interface Got extends Seated {
  readonly lines: number;
}

/** How equal the turns of a room were. */
export interface Turns {
  readonly index: number | undefined;
  readonly got: readonly Got[];
}

/** Lines answered in the last minute, for each client that has sent any. */
export function turnsOf(here: readonly Seated[], t: number, crowd: boolean): Turns {
  const got = here.map((one) => ({ ...one, lines: answered(one.client, t, crowd) }));
  const asked = got.filter(({ client, lines }) => lines > 0 || hasAsked(client, t, crowd));
  return { index: jain(asked.map(({ lines }) => lines)), got };
}

function answered(client: ClientFact, t: number, crowd: boolean): number {
  if (!crowd && !isElsewhere(client)) {
    const isIn = (at = Infinity): boolean => at <= t && at > t - MEASURED_MS;
    const seen = client.lines.filter((line) => line.kind === 'message' && isIn(line.answeredAt));
    return seen.length + within(client.early, t - MEASURED_MS, t).length;
  }
  // One that was there before anybody watched had answers then.
  const first = client.address === '' ? client.levels[0] : undefined;
  const before = (levelOf(client, t - MEASURED_MS) ?? first)?.served ?? 0;
  return Math.max(0, (levelOf(client, t)?.served ?? 0) - before);
}

function hasAsked(client: ClientFact, t: number, crowd: boolean): boolean {
  const hadWaiting = (): boolean =>
    within(client.levels, t - MEASURED_MS, t).some(({ waiting }) => waiting > 0);
  if (crowd || isElsewhere(client)) return hadWaiting();
  if (isBlurred(client, t) && hadWaiting()) return true;
  return client.lines.some(
    (line) => line.kind === 'message' && line.t <= t && doneAt(line) > t - MEASURED_MS,
  );
}

/** How long the lines of a client waited. In milliseconds. */
export interface Waited extends Seated {
  readonly longest: number;
  readonly median: number;
}

/**
 * How long lines waited that came or went in the last minute. A line that still waits counts up to now; one whose answer
 * was left out doesn't count.
 */
export function waitsOf(here: readonly Seated[], t: number): Waited[] {
  const waits: Waited[] = [];
  for (const one of here) {
    const { lines } = one.client;
    const somethingWaits = levelOf(one.client, t)?.waiting !== 0;
    const isKnown = (line: LineFact): boolean =>
      (line.servedAt ?? line.answeredAt ?? line.lostAt) !== undefined ||
      (line.blurredAt === undefined && somethingWaits);
    const ms = lines
      .slice(0, countUpTo(lines, t))
      .filter((line) => line.kind === 'message' && doneAt(line) > t - MEASURED_MS && isKnown(line))
      .map((line) => Math.min(doneAt(line), t) - line.t)
      .toSorted((a, b) => a - b);
    if (ms.length > 0) waits.push({ ...one, longest: ms.at(-1)!, median: ms[ms.length >> 1]! });
  }
  return waits;
}

/** Where the bins of rests begin: the same as in `proto_turn_wait_seconds`. In milliseconds. */
export const REST_EDGES: readonly number[] = [0, 100, 500, 1_000, 2_000, 5_000, 10_000, 30_000];

const binOf = (ms: number): number => REST_EDGES.findLastIndex((edge) => ms >= edge);

/** Rests of one length, by how they ended. */
export type RestBin = Readonly<Record<Rest['end'], number>>;

/** How often a room waited for a client. */
export interface Rests {
  readonly bins: readonly RestBin[];
  /** How long in all, the one that goes on included. */
  readonly ms: number;
  /** The bin of the one that goes on, if the room waits now. */
  readonly open: number | undefined;
}

/** How often a room waited for a client, and for how long. */
export function restsOf(room: RoomFact, t: number): Rests {
  const { rests } = room;
  const bins = REST_EDGES.map(() => ({ served: 0, skipped: 0, left: 0, held: 0 }));
  let ms = 0;
  for (const rest of rests.slice(0, countUpTo(rests, t))) {
    ms += rest.ms;
    bins[binOf(rest.ms)]![rest.end]++;
  }
  const now = restOf(room, t);
  if (now === undefined) return { bins, ms, open: undefined };
  return { bins, ms: ms + t - now.from, open: binOf(t - now.from) };
}

/** The delays of the server's event loop in the last `spanMs`, one for each look. */
export function loopOf({ loop }: Facts, t: number, spanMs: number): Facts['loop'] {
  return [...within(loop, t - spanMs, t)];
}
