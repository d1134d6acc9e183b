// A server that shares its rooms, in free order: `node.ts together|apart JOIN CLUSTER NAME`. Says its port over IPC.
// `apart`: each record is an entry of its own, appended at once. `together`: those of one pass, as the command has it.
import { randomBytes } from 'node:crypto';
import { systemClock } from '@proto/scheduler';
import { ClusterNode } from '../../../../apps/server/src/cluster/node.ts';
import { openLog } from '../../../../apps/server/src/cluster/open-log.ts';
import { createServer } from '../../../../apps/server/src/index.ts';
import { roomsOptions } from '../../../../apps/server/src/journal/rooms-options.ts';
import { settingsOf } from '../../../../apps/server/src/options/settings.ts';

const [, , entries, join = '', cluster = '', name = ''] = process.argv;
const options = { port: 0, order: 'free' } as const;
const settings = settingsOf(options);
const rooms = roomsOptions(settings);
let isOpen = false;

const log = await openLog(join, { cluster, warn: (text) => console.error(text) });
// With as many on their way as are worth it, records would be together after all.
if (entries === 'apart') Object.assign(log, { window: Infinity });

const node = new ClusterNode({
  log,
  clock: systemClock,
  name,
  incarnation: `${name}.${randomBytes(8).toString('hex')}`,
  rooms,
  rules: 1,
  alike: JSON.stringify(rooms),
  maxOutboxBytes: settings.maxOutboxBytes,
  failed(error) {
    throw error;
  },
  // What it would put off to the end of a pass is done at once. Before the server is there, that would be too early.
  ...(entries === 'apart' && { soon: (act) => (isOpen ? act() : setImmediate(act)) }),
});
await node.join();
const server = createServer(options, undefined, undefined, node.journal);
const address = await server.listen();
isOpen = true;
process.on('disconnect', () => process.exit());
process.send?.(Number(address.slice(address.lastIndexOf(':') + 1)));
