import { setMaxListeners } from 'node:events';
import { writeFile } from 'node:fs/promises';
import { FairQueue } from '@proto/scheduler/queue';
import PQueue from 'p-queue';
import { draw } from './draw.ts';
import { day, type Job } from './load.ts';
import type { Queue } from './service.ts';

const PICTURE = 'waits.svg';

function fair(): Queue {
  const queue = new FairQueue({ concurrency: 1 });
  return { run: (tenant, job, signal) => queue.run(tenant, job, { signal }) };
}

/** First in, first out: it doesn't know of tenants. */
function fifo(): Queue {
  const queue = new PQueue({ concurrency: 1 });
  return {
    run: (_tenant, job, signal) => {
      setMaxListeners(0, signal); // p-queue listens once for each job
      return queue.add(job, { signal });
    },
  };
}

/** How many other jobs one of a tenant waited for, on average. */
function meanWait(jobs: readonly Job[], isGreedy: boolean): number {
  const waits = jobs.filter(({ tenant }) => (tenant === 'greedy') === isGreedy).map(({ waited }) => waited);
  return Math.round(waits.reduce((sum, waited) => sum + waited, 0) / waits.length);
}

async function main(): Promise<void> {
  const days = { 'p-queue': await day(fifo()), FairQueue: await day(fair()) };
  for (const [queue, jobs] of Object.entries(days)) {
    const [small, greedy] = [meanWait(jobs, false), meanWait(jobs, true)];
    console.log(`${queue.padEnd(9)}  a small tenant waits for ${small} jobs, the greedy one for ${greedy}`);
  }
  await writeFile(PICTURE, draw(days));
  console.log(`The picture is ${PICTURE}.`);
}

main().catch((error: unknown) => {
  console.error(error);
  process.exitCode = 1;
});
