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
// Those that bring work end first, then those that it needs.
const front = new QuitGroup<unknown>();
const back = new QuitGroup<unknown>();

const http = httpOrders(store);
const tcp = tcpOrders(store, front);
front.add('http', httpMember(http));
front.add('tcp', listenerMember(tcp));
front.add(
  'timer',
  every(5_000, async () => console.log(`${store.saved} orders saved`)),
);
back.add('store', store);

let signals = 0;

async function stop(signal: NodeJS.Signals): Promise<void> {
  signals += 1;
  if (signals > 1) {
    front.force();
    back.force();
    return;
  }
  console.log(`${signal}: closing. Send it again to close at once`);
  const deadline = performance.now() + GRACE_MS;
  const first = await front.quit({ reason: signal, graceMs: GRACE_MS });
  const leftMs = signals > 1 ? 0 : Math.max(0, deadline - performance.now());
  const second = await back.quit({ reason: signal, graceMs: leftMs });

  const isTidy = [first, second].every(({ forced, failed }) => forced + failed === 0);
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
