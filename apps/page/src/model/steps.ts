import type { Facts } from './facts.ts';

/** Two moments closer than this count as one. In milliseconds. */
const SAME_MS = 0.05;

/** The nearest of these moments before or after `t`. */
function nearest(times: Iterable<number>, t: number, by: 1 | -1): number | undefined {
  let best: number | undefined;
  for (const time of times) {
    const ahead = (time - t) * by;
    if (time === Infinity || ahead <= SAME_MS) continue;
    if (best === undefined || ahead < (best - t) * by) best = time;
  }
  return best;
}

/** The next or previous moment at which something happened. `undefined`: there is none. */
export function nextEvent(facts: Facts, t: number, by: 1 | -1): number | undefined {
  return nearest(eventTimes(facts), t, by);
}

function* eventTimes({ wire, marks, rooms }: Facts): Generator<number> {
  for (const { t } of wire) yield t;
  for (const { t } of marks) yield t;
  for (const { holds } of rooms.values()) {
    for (const { from, to } of holds) {
      yield from;
      yield to;
    }
  }
}

/** The next or previous moment at which a turn of this room was served or, without turns, a line. */
export function nextTurn(facts: Facts, name: string, t: number, by: 1 | -1): number | undefined {
  const room = facts.rooms.get(name);
  if (room === undefined) return undefined;
  const turns = room.holds.length > 0 ? room.holds.map(({ from, to }) => (to === Infinity ? from : to)) : [];
  return nearest(turns.length > 0 ? turns : room.served.map((one) => one.t), t, by);
}
