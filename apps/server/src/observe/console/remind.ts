import { count } from '@proto/protocol';
import type { Clock } from '@proto/scheduler';
import type { RoomStatus } from '../../room/room-status.ts';
import type { Server } from '../../server.ts';

/** After how many seconds without a change the reason is repeated. */
const REMIND_SECONDS = [2, 10, 30, 60, 300, 1_800];
const LOOK_EVERY_MS = 1_000;

/** How long a room has been in this state, and how often that was reported. */
interface Rest {
  readonly state: string;
  readonly since: number;
  readonly said: number;
}

/** Says why nothing is happening, as long as nothing is happening. Returns a function that stops it. */
export function remind(server: Server, write: (line: string) => void, clock: Clock): () => void {
  let rests = new Map<string, Rest>();
  const look = (): void => {
    callOff = clock.setTimeout(look, LOOK_EVERY_MS);
    const before = rests;
    // A room that is gone is forgotten.
    rests = new Map();
    for (const status of server.status()) rests.set(status.room, rest(status, before.get(status.room)));
  };
  const rest = (status: RoomStatus, known: Rest | undefined): Rest => {
    const { have, want, turn, waitedFor, held } = status;
    const isWaiting = have < want || waitedFor !== undefined || held;
    const state = isWaiting ? `${have} ${turn} ${waitedFor} ${held}` : '';
    if (known?.state !== state) return { state, since: clock.now(), said: 0 };
    const seconds = (clock.now() - known.since) / 1_000;
    if (!isWaiting || seconds < (REMIND_SECONDS[known.said] ?? Infinity)) return known;
    write(reason(status, Math.round(seconds)));
    return { ...known, said: known.said + 1 };
  };
  let callOff = clock.setTimeout(look, LOOK_EVERY_MS);
  return () => callOff();
}

function reason({ room, have, want, turn, waitedFor, waiting, held }: RoomStatus, seconds: number): string {
  const lines = count(waiting, 'line waits', 'lines wait');
  const whose = room === 'main' ? '' : `${room}: `;
  if (held) return `${whose}turns held, ${seconds} s; ${lines}`;
  return have < want
    ? `${whose}waiting for ${want - have} more to connect, ${have} of ${want}, ${seconds} s; ${lines}`
    : `${whose}turn ${turn}: waiting for client ${waitedFor}, ${seconds} s; ${lines} behind it`;
}
