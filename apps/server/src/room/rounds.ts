import type { Outcome, Rounds, Turn } from './records.ts';

/** The turns of an outcome one by one, those of rounds too. */
export function singly(turns: Outcome['turns']): Turn[] {
  return turns.flatMap((turn) => ('ring' in turn ? each(turn) : turn));
}

function each({ room, number, count, ring, before }: Rounds): Turn[] {
  return Array.from({ length: count }, (_, index) => {
    const { client, seat } = ring[index % ring.length]!;
    return { client, room, seat, number: number + index, state: 'served', before };
  });
}
