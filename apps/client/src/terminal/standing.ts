import { type Event, NO_NAME, TOLD_CLIENTS } from '@proto/protocol';

/** What a client knows about its room: what its prompt shows. */
export interface Standing {
  /** `undefined`: no `* WELCOME` has come. */
  readonly seat: number | undefined;
  readonly room: string;
  /** How many are missing before the first turn. Once started, a room waits for nobody. */
  readonly missing: number;
  /** Whose turn it is; `undefined`: nobody's, or the room's order isn't strict. */
  readonly turn: number | undefined;
  /** Names taken, by seat. As many as a server lists: a room may be larger, and a server may lie. */
  readonly names: ReadonlyMap<number, string>;
  /** Seats that were mentioned and haven't left. */
  readonly seats: ReadonlySet<number>;
}

/** The standing of a client that hasn't heard anything. */
export const NOWHERE: Standing = {
  seat: undefined,
  room: 'main',
  missing: 0,
  turn: undefined,
  names: new Map(),
  seats: new Set(),
};

/** The standing after an event. If nothing changes, returns `standing` itself. */
export function after(standing: Standing, event: Event): Standing {
  switch (event.verb) {
    case 'WELCOME':
      return { ...NOWHERE, seat: event.seat, room: event.room };
    case 'WAIT':
      return { ...standing, missing: Math.max(0, event.want - event.have) };
    case 'TURN':
      return { ...standing, turn: event.seat, missing: 0 };
    case 'JOIN':
      return known({ ...standing, missing: Math.max(0, standing.missing - 1) }, event.seat, event.name);
    case 'HERE':
    case 'WHO':
    case 'NAME':
      return known(standing, event.seat, event.name);
    case 'ROOM':
      return { ...standing, missing: Math.max(0, event.want - event.have) };
    case 'MSG':
      return known(standing, event.seat, standing.names.get(event.seat) ?? NO_NAME);
    case 'LEAVE':
      return forgotten(turnOver(left(standing), event.seat), event.seat);
    case 'SKIP':
      return turnOver(standing, event.seat);
    default:
      return standing;
  }
}

function left(standing: Standing): Standing {
  return standing.missing === 0 ? standing : { ...standing, missing: standing.missing + 1 };
}

function turnOver(standing: Standing, seat: number): Standing {
  return standing.turn === seat ? { ...standing, turn: undefined } : standing;
}

function known(standing: Standing, seat: number, name: string): Standing {
  const { names, seats } = standing;
  if (seats.has(seat) && (names.get(seat) ?? NO_NAME) === name) return standing;
  const others = forgotten(standing, seat);
  const [oldest] = others.seats;
  const kept = others.seats.size < TOLD_CLIENTS ? others : forgotten(others, oldest!);
  return {
    ...kept,
    seats: new Set([...kept.seats, seat]),
    names: name === NO_NAME ? kept.names : new Map([...kept.names, [seat, name]]),
  };
}

function forgotten(standing: Standing, seat: number): Standing {
  if (!standing.seats.has(seat)) return standing;
  const [names, seats] = [new Map(standing.names), new Set(standing.seats)];
  names.delete(seat);
  seats.delete(seat);
  return { ...standing, names, seats };
}
