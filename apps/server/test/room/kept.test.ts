import { expect, test } from 'vitest';
import { emptied, nothing } from '../../src/room/records.ts';
import { Rooms } from '../../src/room/rooms.ts';
import { heapAfterGc } from '../faults/heap.ts';
import { DEFAULTS } from './house.ts';

test('Rooms: the text of runs that were answered is not kept for clients that say nothing more', () => {
  const CLIENTS = 200;
  const out = nothing();
  const rooms = new Rooms({ ...DEFAULTS, clients: CLIENTS });
  for (let client = 1; client <= CLIENTS; client++)
    rooms.apply({ type: 'join', client, address: 'memory' }, emptied(out));
  const before = heapAfterGc();
  let answers = 0;
  for (let client = 1; client <= CLIENTS; client++) {
    const text = `${'x'.repeat(29_999)}\n`.repeat(2);
    rooms.apply({ type: 'lines', client, text, count: 2 }, emptied(out));
    answers += out.deliveries.length;
  }
  while (rooms.wantsTick && rooms.apply({ type: 'tick' }, emptied(out)).more)
    answers += out.deliveries.length;
  rooms.apply({ type: 'leave', client: 1, reason: 'end' }, emptied(out));
  expect(answers).toBeGreaterThan(0);
  emptied(out);
  // All of it is 12 MB.
  expect(heapAfterGc() - before).toBeLessThan(3_000_000);
});
