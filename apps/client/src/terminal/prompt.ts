import { count } from '@proto/protocol';
import type { Standing } from './standing.ts';

/** What a prompt shows. */
export interface PromptFacts {
  readonly standing: Standing;
  /** How many of your own lines have no answer yet. */
  readonly owed: number;
  /** How many of them haven't left this side. */
  readonly held: number;
  /** The state of the connection: lines go out, none go out any more, or there is none. */
  readonly state: 'open' | 'half-closed' | 'reconnecting';
  readonly columns: number;
}

/**
 * The prompt: who you are, whose turn it is, how many of your own lines have no answer.
 *
 * Shape: `[you: client 2 | turn: client 1 | your lines waiting: 1] > `. Each part is left out while there is nothing to say, and
 *        the room while it is `main`. If that left less than half a row to type in, `> ` is in a row of its own, below as
 *        many rows as the parts need.
 */
export function prompt(facts: PromptFacts): string {
  const parts = partsOf(facts);
  if (parts.length === 0) return '> ';
  const inRow = `[${parts.join(' | ')}] > `;
  if (inRow.length * 2 <= facts.columns) return inRow;
  return `${rowsOf(parts, facts.columns).join('\n')}\n> `;
}

/** The parts in rows that don't wrap. A row that is full to the last column would be followed by an empty one. */
function rowsOf(parts: readonly string[], columns: number): string[] {
  const most = Math.max(1, columns - ' ||'.length - 1);
  const rows: string[] = [];
  let row = '';
  for (const part of parts.map((whole) => whole.slice(0, most))) {
    if (row !== '' && row.length + ' | '.length + part.length > most) {
      rows.push(`${row} |`);
      row = '';
    }
    row = row === '' ? `${rows.length === 0 ? '[' : ' '}${part}` : `${row} | ${part}`;
  }
  return [...rows, `${row}]`];
}

function partsOf({ standing, owed, held, state }: PromptFacts): string[] {
  return [
    ...(state === 'reconnecting' ? ['reconnecting'] : [...place(standing), ...turn(standing)]),
    ...(state === 'half-closed' ? ['FIN sent'] : []),
    ...counted('your lines waiting', owed - held),
    ...counted('not sent', held),
  ];
}

function place({ seat, room }: Standing): string[] {
  if (seat === undefined) return [];
  return [`you: client ${seat}${room === 'main' ? '' : ` in ${room}`}`];
}

function turn({ seat, turn: holder, missing, names }: Standing): string[] {
  if (seat === undefined) return [];
  if (missing > 0) return [`waiting for ${count(missing, 'more client')}`];
  if (holder === undefined) return [];
  if (holder === seat) return ['turn: yours'];
  const name = names.get(holder);
  // Never a name alone: somebody may be called "yours".
  return [`turn: ${name === undefined ? `client ${holder}` : `${name} (client ${holder})`}`];
}

function counted(what: string, number: number): string[] {
  return number > 0 ? [`${what}: ${number}`] : [];
}
