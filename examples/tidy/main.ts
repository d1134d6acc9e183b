import { once } from 'node:events';
import type { AddressInfo, Server } from 'node:net';
import { constants } from 'node:os';
import { QuitGroup } from '@proto/scheduler';
import { every } from './every.ts';
import { httpMember, httpOrders } from './http-orders.ts';
import { Store } from './store.ts';
import { listenerMember, tcpOrders } from './tcp-orders.ts';

/** How long the program may take to end. */
const GRACE_MS = Number(process.argv[2] ?? 5_000);

const store = await Store.open('orders.log');
const group = new QuitGroup<unknown>();

const http = httpOrders(store);
const tcp = tcpOrders(store, group);
group.add('http', httpMember(http));
group.add('tcp', listenerMember(tcp));
group.add(
  'timer',
  every(5_000, async () => console.log(`${store.saved} orders saved`)),
);
// Once nobody brings work any more.
group.add('store', store, { phase: 1 });

let signals = 0;

async function stop(signal: NodeJS.Signals): Promise<void> {
  signals += 1;
  if (signals > 1) return group.force();
  console.log(`${signal}: closing. Send it again to close at once`);
  const { forced, failed } = await group.quit({ reason: signal, graceMs: GRACE_MS });

  const isTidy = forced + failed === 0;
  console.log(
    `closed: ${store.saved} orders saved, ${isTidy ? 'nobody was cut off' : 'somebody was cut off'}`,
  );
  if (signals > 1) process.exit(128 + constants.signals[signal]);
  process.exit(isTidy ? 0 : 1);
}
process.on('SIGTERM', (signal) => void stop(signal));
process.on('SIGINT', (signal) => void stop(signal));

console.log(`pid ${process.pid}`);
console.log(`curl -d tea http://${await listen(http)}`);
console.log(`nc ${(await listen(tcp)).replace(':', ' ')}`);

async function listen(server: Server): Promise<string> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { address, port } = server.address() as AddressInfo;
  return `${address}:${port}`;
}
