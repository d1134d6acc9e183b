import type { Standing } from './standing.ts';

/** Terminals with fewer columns than this get the short prompt. */
const NARROW_COLUMNS = 60;

/** How much of a name or a room the short prompt shows. */
const SHORT_CHARS = 6;

/** What a prompt shows. */
export interface PromptFacts {
  readonly standing: Standing;
  /** How many of your own lines have no answer yet. */
  readonly owed: number;
  readonly columns: number;
}

/**
 * The prompt: seat, room, whose turn it is, how many of your own lines wait.
 *
 * Shape: `[2 of 3 | client 1's turn | 1 waits] > `; short, below 60 columns or if it would leave less than half a row
 *        to type in, `[2/3 1's turn +1] > `. A client with a name is called by it. The room is left out while it is
 *        `main`, and each part while there is nothing to say.
 */
export function prompt(facts: PromptFacts): string {
  const long = worded(facts, false);
  const short = facts.columns < NARROW_COLUMNS || long.length * 2 > facts.columns;
  return short ? worded(facts, true) : long;
}

function worded({ standing, owed }: PromptFacts, short: boolean): string {
  const parts = [place(standing, short), turn(standing, short), waiting(owed, short)].filter(
    (part) => part !== '',
  );
  return parts.length === 0 ? '> ' : `[${parts.join(short ? ' ' : ' | ')}] > `;
}

function place({ seat, want, room }: Standing, short: boolean): string {
  if (seat === undefined) return '';
  const of = seat <= want && want > 1 ? `${seat}${short ? '/' : ' of '}${want}` : `${seat}`;
  if (room === 'main') return of;
  return short ? `${of} ${room.slice(0, SHORT_CHARS)}` : `${of} in ${room}`;
}

function turn({ seat, turn: holder, missing, names }: Standing, short: boolean): string {
  if (seat === undefined) return '';
  if (missing > 0) return short ? `wait ${missing}` : `waiting for ${missing} more`;
  if (holder === undefined) return '';
  if (holder === seat) return 'your turn';
  const name = names.get(holder);
  if (short) return `${name?.slice(0, SHORT_CHARS) ?? holder}'s turn`;
  return `${name ?? `client ${holder}`}'s turn`;
}

function waiting(owed: number, short: boolean): string {
  if (owed === 0) return '';
  if (short) return `+${owed}`;
  return owed === 1 ? '1 waits' : `${owed} wait`;
}
