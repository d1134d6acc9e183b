import { FairQueue } from '@proto/scheduler/queue';
import { promise as fastq } from 'fastq';
import PQueue from 'p-queue';
import type { Figure } from '../figure.ts';
import { type Contestant, race } from '../race.ts';

/** Runs one task under one of the keys, which a queue without keys leaves out. */
type Run = (key: string, task: () => Promise<number>) => Promise<number>;

const TASKS = 20_000;
const KEYS = Array.from({ length: 100 }, (_, index) => `key ${index}`);

function contestant(name: string, make: () => Run): Contestant {
  return {
    name,
    run: async () => {
      const run = make();
      let done = 0;
      const results: Promise<number>[] = [];
      for (let index = 0; index < TASKS; index += 1) {
        results.push(run(KEYS[index % KEYS.length]!, () => Promise.resolve((done += 1))));
      }
      const sum = (await Promise.all(results)).reduce((a, b) => a + b, 0);
      return `${done} ${sum}`;
    },
  };
}

function fairQueue(): Run {
  const queue = new FairQueue({ concurrency: 1 });
  return (key, task) => queue.run(key, task);
}

function pQueue(): Run {
  const queue = new PQueue({ concurrency: 1 });
  return (_key, task) => queue.add(task);
}

function fastqPromise(): Run {
  const queue = fastq((task: () => Promise<number>) => task(), 1);
  return (_key, task) => queue.push(task);
}

const speed = race({
  name: 'tasks that do nothing, one at a time, 100 keys',
  work: TASKS / 1e6,
  unit: 'M tasks',
  ours: contestant('FairQueue', fairQueue),
  against: [
    { ...contestant('p-queue', pQueue), atLeast: 1.5 },
    { ...contestant('fastq promise', fastqPromise), atLeast: 1 },
  ],
});

export const taskFigures: readonly Figure[] = [speed];
export const queues: Readonly<Record<string, () => Run>> = {
  FairQueue: () => {
    const queue = new FairQueue({ concurrency: 1, maxQueued: 200_000, maxQueuedInAll: 200_000 });
    return (key, task) => queue.run(key, task);
  },
  'p-queue': pQueue,
  'fastq promise': fastqPromise,
};
