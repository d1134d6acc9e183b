import type { Outcome, Turn } from '../../src/room/records.ts';
import { turnsOf } from '../../src/room/rounds.ts';

/** All turns of an outcome one by one, in order. */
export function singly(turns: Outcome['turns']): Turn[] {
  return turns.flatMap((turn) => ('ring' in turn ? turnsOf(turn) : turn));
}
