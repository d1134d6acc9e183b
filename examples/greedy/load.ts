import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { createService, type Queue, type Served } from './service.ts';

const GREEDY_JOBS = 200;
const SMALL = ['ann', 'bob', 'cy'];
const SMALL_REQUESTS = 10;
const SMALL_EVERY_MS = 60;

export interface Job extends Served {
  readonly tenant: string;
}

/** A greedy tenant sends 200 jobs at once. Three small ones send one now and then. Gives all jobs as they went. */
export async function day(queue: Queue): Promise<Job[]> {
  const service = createService(queue).listen(0, '127.0.0.1');
  await once(service, 'listening');
  const { port } = service.address() as AddressInfo;

  const send = async (tenant: string, jobs: number): Promise<Job[]> => {
    const response = await fetch(`http://127.0.0.1:${port}/?tenant=${tenant}&jobs=${jobs}`);
    if (!response.ok) throw new Error(`${tenant} got ${response.status}: ${await response.text()}`);
    const served = (await response.json()) as Served[];
    return served.map((each) => ({ tenant, ...each }));
  };
  const sendNowAndThen = async (tenant: string): Promise<Job[]> => {
    const sent: Promise<Job[]>[] = [];
    while (sent.length < SMALL_REQUESTS) {
      await sleep(SMALL_EVERY_MS);
      sent.push(send(tenant, 1)); // whether the last one was answered or not
    }
    return (await Promise.all(sent)).flat();
  };
  try {
    return (await Promise.all([send('greedy', GREEDY_JOBS), ...SMALL.map(sendNowAndThen)])).flat();
  } finally {
    service.close();
  }
}
