import { type Counted, RECORDS, type RecordKind, type State, STATES } from '../promises/coverage.ts';
import type { Broken } from '../promises/check.ts';
import type { Told } from './conversation.ts';

/** A seed whose world broke a promise. */
export interface Failure {
  readonly seed: number;
  readonly broken: readonly Broken[];
}

/** What many worlds came to. Plain data: it crosses from one process to another. */
export interface Tally {
  conversations: number;
  connections: number;
  lines: number;
  moments: number;
  counted: Record<string, number>;
  failures: Failure[];
}

export function noTally(): Tally {
  return { conversations: 0, connections: 0, lines: 0, moments: 0, counted: {}, failures: [] };
}

export function count(
  tally: Tally,
  seed: number,
  { broken, connections, lines, counted, world }: Told,
): void {
  tally.conversations++;
  tally.connections += connections;
  tally.lines += lines;
  tally.moments += world.moments;
  addCounted(tally.counted, counted);
  if (broken.length > 0) tally.failures.push({ seed, broken });
}

/** Adds one tally to another. */
export function add(sum: Tally, part: Tally): void {
  sum.conversations += part.conversations;
  sum.connections += part.connections;
  sum.lines += part.lines;
  sum.moments += part.moments;
  addCounted(sum.counted, new Map(Object.entries(part.counted)));
  sum.failures.push(...part.failures);
}

function addCounted(sum: Record<string, number>, counted: Counted): void {
  for (const [key, times] of counted) sum[key] = (sum[key] ?? 0) + times;
}

/** What a client says itself. */
const SAID: ReadonlySet<RecordKind> = new Set(RECORDS.slice(RECORDS.indexOf('line'), RECORDS.indexOf('end')));

/** Whether a record can come to a member in such a state. */
function canCome(record: RecordKind, state: State): boolean {
  if (record === 'join') return state === 'not here';
  // A client that has stopped sending isn't read, and the server has nothing more to notice about it.
  if (SAID.has(record) && state === 'ended') return false;
  // One that reads too slowly isn't read either, but notices come all the same.
  if (SAID.has(record) && state === 'slow') return record === 'notice';
  // A holder that has stopped sending, and has nothing waiting, has left.
  if (record === 'skip') return state !== 'ended';
  // Whether it reads too slowly is told when it changes.
  if (record === 'slow') return state !== 'slow';
  if (record === 'not slow') return BEFORE_SLOW.has(state) || state === 'slow';
  // The line that the handler has counts as waiting.
  if (record === 'done') return BEFORE_SLOW.has(state) || state === 'slow' || state === 'queued';
  return true;
}

/** States that come first: whether the client is slow is checked after them. */
const BEFORE_SLOW: ReadonlySet<State> = new Set(['not here', 'closing room', 'ended']);

/** What should have been counted, and wasn't. */
export function missing(tally: Tally): string[] {
  return RECORDS.flatMap((record) =>
    STATES.filter((state) => canCome(record, state))
      .map((state) => `${record} × ${state}`)
      .filter((key) => tally.counted[key] === undefined),
  );
}

/** How often each record came to members in each state, as a table. */
export function coverageTable({ counted }: Tally): string {
  const rows = RECORDS.map((record) => [
    record,
    ...STATES.map((state) => String(counted[`${record} × ${state}`] ?? '-')),
  ]);
  const all = [['', ...STATES], ...rows];
  const widths = all[0]!.map((_, column) => Math.max(...all.map((row) => row[column]!.length)));
  return all.map((row) => row.map((cell, column) => cell.padStart(widths[column]!)).join('  ')).join('\n');
}
