import { isRoomName } from '@proto/protocol';
import { MOST_SHARED_LINE_BYTES } from '../options/options.ts';
import type { RoomRecord } from '../room/records.ts';
import { lineEnds } from '../room/line-ends.ts';
import type { NodeRecord } from './entry.ts';

type Run = Extract<RoomRecord, { type: 'lines' }>;

/** The longest text of a run: a line with its end fits. In characters. */
const MOST_RUN = MOST_SHARED_LINE_BYTES + 1;

/**
 * A record as those that fit into an entry and mean the same: a long run in pieces, and none for a room that can't be there. Any other
 * has no text that is longer than a line.
 */
export function fitting<T extends RoomRecord | NodeRecord>(record: T): readonly (T | Run)[] {
  if (record.type === 'lines' && record.text.length > MOST_RUN) return pieces(record);
  if (record.type === 'say' && record.room !== undefined && !isRoomName(record.room)) return [];
  if ((record.type === 'hold' || record.type === 'step') && !isRoomName(record.room)) return [];
  return [record];
}

/** Whole lines, as many as fit into each piece. */
function pieces({ type, client, text }: Run): Run[] {
  const ends = lineEnds(text);
  const all: Run[] = [];
  let from = 0;
  for (let at = 0; at < ends.length;) {
    const first = at;
    while (at < ends.length && (at === first || ends[at]! + 1 - from <= MOST_RUN)) at++;
    const end = ends[at - 1]! + 1;
    all.push({ type, client, text: text.slice(from, end), count: at - first });
    from = end;
  }
  return all;
}
