import type { RoomRow } from '@proto/watch';
import type { Facts } from './facts.ts';
import { rowOf } from './moment.ts';

/** The rooms with somebody in them, busiest first. */
export function roomsThere(facts: Facts, t: number): RoomRow[] {
  const rows: RoomRow[] = [];
  for (const room of facts.rooms.values()) {
    const row = rowOf(room, t);
    if (row !== undefined && row.have > 0) rows.push(row);
  }
  return rows.toSorted((a, b) => b.waiting - a.waiting || b.have - a.have || a.room.localeCompare(b.room));
}

/** The room with the most waiting lines; if all are empty, the first room. */
export function busiestRoom(facts: Facts, t: number): string {
  return roomsThere(facts, t)[0]?.room ?? facts.rooms.keys().next().value ?? 'main';
}
