// What clients of another server take in the heap: `members.ts free|strict`. Says it over IPC.
import { writeHead, writeRecord } from '../../../../apps/server/src/cluster/entry.ts';
import { readOnly } from '../../../../apps/server/src/cluster/take-snapshot.ts';
import { roomsOptions } from '../../../../apps/server/src/journal/rooms-options.ts';
import { settingsOf } from '../../../../apps/server/src/options/settings.ts';
import type { RoomRecord } from '../../../../apps/server/src/room/records.ts';
import type { Heap } from '../figures.ts';

const MEMBERS = 100_000;
const NODE = 'n0.0123456789abcdef';
const ALIKE = { rules: 1, alike: '{}' };
const order = process.argv[2] === 'strict' ? 'strict' : 'free';
const ledger = readOnly({ rooms: roomsOptions(settingsOf({ order })), ...ALIKE }, undefined);
let seq = 0;

/** An entry as it comes from the log: a string of its own. */
function push(...records: string[]): void {
  ledger.push(Buffer.from(writeHead(NODE, seq++) + records.join('')).toString('latin1'));
  while (ledger.step(Infinity));
}

function heap(): number {
  for (let time = 0; time < 3; time++) globalThis.gc?.();
  return process.memoryUsage().heapUsed;
}

const each = (recordOf: (client: number) => RoomRecord): void => {
  for (let client = 1; client <= MEMBERS; client++) push(writeRecord(recordOf(client)));
};

push(writeRecord({ type: 'up', name: 'n0', rules: ALIKE.rules, options: ALIKE.alike }));
const before = heap();
each((client) => ({ type: 'join', client, address: `127.0.0.1:${10_000 + (client % 50_000)}` }));
const joined = heap();
each((client) => ({ type: 'line', client, text: `A line of client ${client}, 32 bytes` }));
const spoken = heap();
if ([...ledger.rooms.clients()].length !== MEMBERS) throw new Error('Cannot measure: members are missing');
process.send?.({ joined: (joined - before) / MEMBERS, spoken: (spoken - before) / MEMBERS } satisfies Heap);
process.disconnect?.();
