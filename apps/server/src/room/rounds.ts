import type { Rounds, Turn } from './records.ts';

/** The turns of rounds one by one, in order. */
export function turnsOf({ room, number, count, ring, before }: Rounds): Turn[] {
  return Array.from({ length: count }, (_, index) => {
    const { client, seat } = ring[index % ring.length]!;
    return { client, room, seat, number: number + index, state: 'served', before };
  });
}
