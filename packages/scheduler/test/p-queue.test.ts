import { readFileSync } from 'node:fs';
import PQueue from 'p-queue';
import { describe, expect, it } from 'vitest';
import { FairQueue } from '../src/queue/index.ts';
import { outcome } from './outcome.ts';

/** A task that ends when it is told to. */
class Gate {
  readonly started: string[] = [];
  readonly #ends = new Map<string, () => void>();

  task(name: string): () => Promise<string> {
    return () => {
      this.started.push(name);
      return new Promise((resolve) => this.#ends.set(name, () => resolve(name)));
    };
  }

  end(...names: string[]): void {
    for (const name of names) this.#ends.get(name)!();
  }
}

/** Lets everything happen that can without time passing. */
const settled = (): Promise<void> => new Promise((resolve) => void setImmediate(resolve));

interface Row {
  /** The cell of the README. */
  readonly row: string;
  /** What p-queue does, and what `FairQueue` does in its place. */
  readonly theirs: () => Promise<unknown>;
  readonly ours: () => Promise<unknown>;
  /** What ours gives. */
  readonly gives: unknown;
  /** What theirs gives, if that differs. */
  readonly theirsGives?: unknown;
}

const ROWS: readonly Row[] = [
  {
    row: 'new PQueue({ concurrency })',
    theirs: async () => {
      const gate = new Gate();
      const queue = new PQueue({ concurrency: 2 });
      for (const name of ['a', 'b', 'c']) void queue.add(gate.task(name));
      await settled();
      gate.end('a');
      await settled();
      return gate.started;
    },
    ours: async () => {
      const gate = new Gate();
      const queue = new FairQueue({ concurrency: 2 });
      for (const name of ['a', 'b', 'c']) void queue.run('all', gate.task(name));
      gate.end('a');
      await settled();
      return gate.started;
    },
    gives: ['a', 'b', 'c'],
  },
  {
    row: 'queue.add(task), queue.addAll(tasks)',
    theirs: () => new PQueue({ concurrency: 1 }).addAll([() => 1, async () => 2]),
    ours: () => {
      const queue = new FairQueue({ concurrency: 1 });
      return Promise.all([() => 1, async () => 2].map((task) => queue.run('all', task)));
    },
    gives: [1, 2],
  },
  {
    row: 'queue.add(({ signal }) => ..., { signal })',
    theirs: async () => {
      const controller = new AbortController();
      const queue = new PQueue({ concurrency: 1 });
      const run = queue.add(({ signal }) => untilAborted(signal!), { signal: controller.signal });
      await settled();
      controller.abort('enough');
      return run.catch((error: unknown) => error);
    },
    ours: async () => {
      const controller = new AbortController();
      const queue = new FairQueue({ concurrency: 1 });
      const run = queue.run('all', ({ signal }) => untilAborted(signal), { signal: controller.signal });
      controller.abort('enough');
      return run.catch((error: unknown) => error);
    },
    gives: 'enough',
  },
  {
    row: '{ priority }',
    theirs: async () => {
      const gate = new Gate();
      const queue = new PQueue({ concurrency: 1, autoStart: false });
      for (const [name, priority] of [
        ['a', 0],
        ['b', 1],
        ['c', 1],
      ] as const)
        void queue.add(async () => void gate.started.push(name), { priority });
      await queue.start().onIdle();
      return gate.started;
    },
    ours: async () => {
      const gate = new Gate();
      const queue = new FairQueue({ concurrency: 1 });
      queue.pause();
      for (const [name, priority] of [
        ['a', 0],
        ['b', 1],
        ['c', 1],
      ] as const)
        void queue.run('all', () => void gate.started.push(name), { priority });
      queue.resume();
      await queue.onIdle();
      return gate.started;
    },
    gives: ['b', 'c', 'a'],
  },
  {
    row: 'queue.pause(), queue.start(), autoStart: false',
    theirs: async () => {
      const queue = new PQueue({ concurrency: 1, autoStart: false });
      const run = queue.add(() => 'run');
      await settled();
      const waiting = queue.size;
      queue.start();
      return [waiting, await run];
    },
    ours: async () => {
      const queue = new FairQueue({ concurrency: 1 });
      queue.pause();
      const run = queue.run('all', () => 'run');
      await settled();
      const { waiting } = queue;
      queue.resume();
      return [waiting, await run];
    },
    gives: [1, 'run'],
  },
  {
    row: 'queue.clear(): promises of waiting tasks never settle',
    theirs: async () => {
      const queue = new PQueue({ concurrency: 1, autoStart: false });
      const seen = outcome(queue.add(() => 'run'));
      queue.clear();
      await settled();
      return [queue.size, seen.is];
    },
    ours: async () => {
      const queue = new FairQueue({ concurrency: 1 });
      queue.pause();
      const seen = outcome(queue.run('all', () => 'run'));
      queue.clear();
      await settled();
      return [queue.waiting, (seen.is as { code: string }).code];
    },
    gives: [0, 'CANCELLED'],
    theirsGives: [0, 'pending'],
  },
  {
    row: 'queue.onIdle(), queue.onEmpty(), queue.onPendingZero()',
    theirs: async () => {
      const gate = new Gate();
      const queue = new PQueue({ concurrency: 1 });
      for (const name of ['a', 'b']) void queue.add(gate.task(name));
      return waits(gate, queue);
    },
    ours: async () => {
      const gate = new Gate();
      const queue = new FairQueue({ concurrency: 1 });
      for (const name of ['a', 'b']) void queue.run('all', gate.task(name));
      return waits(gate, queue);
    },
    gives: [[], ['onEmpty'], ['onEmpty', 'onIdle', 'onPendingZero']],
    theirsGives: [[], ['onPendingZero'], ['onEmpty', 'onIdle', 'onPendingZero']],
  },
  {
    row: 'queue.onSizeLessThan(n)',
    theirs: async () => {
      const gate = new Gate();
      const queue = new PQueue({ concurrency: 1 });
      for (const name of ['a', 'b', 'c']) void queue.add(gate.task(name));
      const seen = outcome(queue.onSizeLessThan(2));
      await settled();
      const before = seen.is;
      gate.end('a');
      await settled();
      return [before, seen.is];
    },
    ours: async () => {
      const gate = new Gate();
      const queue = new FairQueue({ concurrency: 1 });
      for (const name of ['a', 'b', 'c']) void queue.run('all', gate.task(name));
      const seen = outcome(queue.onSizeLessThan(2));
      await settled();
      const before = seen.is;
      gate.end('a');
      await settled();
      return [before, seen.is];
    },
    gives: ['pending', undefined],
  },
  {
    row: 'queue.size, queue.pending',
    theirs: async () => {
      const queue = new PQueue({ concurrency: 1 });
      for (let n = 0; n < 3; n += 1) void queue.add(never);
      await settled();
      return [queue.size, queue.pending];
    },
    ours: async () => {
      const queue = new FairQueue({ concurrency: 1 });
      for (let n = 0; n < 3; n += 1) void queue.run('all', never);
      return [queue.waiting, queue.running];
    },
    gives: [2, 1],
  },
  {
    row: 'queue.runningTasks, queue.sizeBy(...)',
    theirs: async () => {
      const queue = new PQueue({ concurrency: 1 });
      for (const priority of [0, 2, 2]) void queue.add(never, { priority });
      await settled();
      return [queue.runningTasks.length, queue.sizeBy({ priority: 2 })];
    },
    ours: async () => {
      const queue = new FairQueue({ concurrency: 1 });
      for (const priority of [0, 2, 2]) void queue.run('all', never, { priority });
      const all = queue.tasks();
      const count = (is: 'running' | 'waiting', of: number): number =>
        all.filter(({ state, priority }) => state === is && priority === of).length;
      return [count('running', 0), count('waiting', 2)];
    },
    gives: [1, 2],
  },
  {
    row: 'queue.concurrency = n',
    theirs: async () => {
      const queue = new PQueue({ concurrency: 1 });
      for (let n = 0; n < 5; n += 1) void queue.add(never);
      await settled();
      queue.concurrency = 3;
      await settled();
      return queue.pending;
    },
    ours: async () => {
      const queue = new FairQueue({ concurrency: 1 });
      for (let n = 0; n < 5; n += 1) void queue.run('all', never);
      queue.concurrency = 3;
      return queue.running;
    },
    gives: 3,
  },
  {
    row: 'timeout: the slot is freed, and the task goes on',
    theirs: async () => {
      const queue = new PQueue({ concurrency: 1, timeout: 5 });
      const seen = outcome(queue.add(never));
      await queue.add(() => 'next');
      return [(seen.is as Error).name, queue.pending];
    },
    ours: async () => {
      const queue = new FairQueue({ concurrency: 1, timeoutMs: 5, slotAfterTimeout: 'freed' });
      const seen = outcome(queue.run('all', never));
      await queue.run('all', () => 'next');
      return [(seen.is as { code: string }).code, queue.running];
    },
    gives: ['TIMEOUT', 0],
    theirsGives: ['TimeoutError', 0],
  },
  {
    row: 'interval, intervalCap: fixed windows, so up to twice the cap within one interval',
    theirs: async () => {
      const queue = new PQueue({ concurrency: 100, interval: 20, intervalCap: 2 });
      return together(5, (task) => queue.add(task));
    },
    ours: async () => {
      const queue = new FairQueue({ concurrency: 100, rate: { cost: 2, perMs: 20 } });
      return together(5, (task) => queue.run('all', task));
    },
    gives: 2,
  },
  {
    row: 'carryoverConcurrencyCount',
    theirs: async () => {
      const queue = new PQueue({
        concurrency: 5,
        interval: 5,
        intervalCap: 2,
        carryoverConcurrencyCount: true,
      });
      for (let n = 0; n < 4; n += 1) void queue.add(never);
      await new Promise((resolve) => setTimeout(resolve, 30));
      return queue.pending;
    },
    ours: async () => {
      const queue = new FairQueue({ concurrency: 5, rate: { cost: 2, perMs: 5 } });
      for (let n = 0; n < 4; n += 1) void queue.run('all', never);
      while (queue.running < 4) await new Promise((resolve) => setTimeout(resolve, 1));
      return queue.running;
    },
    gives: 4,
  },
  {
    row: 'events (add, active, completed, error, next, idle)',
    theirs: async () => {
      const queue = new PQueue({ concurrency: 1 });
      const seen: unknown[] = [];
      queue.on('completed', (result) => seen.push(result));
      await queue.add(() => 'done');
      await settled();
      return seen;
    },
    ours: async () => {
      const queue = new FairQueue({ concurrency: 1 });
      const seen: unknown[] = [];
      await queue.run('all', () => 'done').then((result) => seen.push(result));
      return seen;
    },
    gives: ['done'],
  },
];

describe('README: the table of p-queue', () => {
  it.each(ROWS)('$row', async ({ theirs, ours, gives, theirsGives = gives }) => {
    expect(await theirs()).toEqual(theirsGives);
    expect(await ours()).toEqual(gives);
  });

  it('every row of the table is played', () => {
    const text = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const [table = ''] = text.split('| p-queue | here |\n|---|---|\n')[1]!.split('\n\n');
    const cells = table.split('\n').map((line) => line.split(' | ')[0]!.slice(2).replaceAll('`', ''));
    expect(ROWS.map(({ row }) => row)).toEqual(cells);
  });
});

function never(): Promise<never> {
  return new Promise(() => {});
}

function untilAborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => signal.addEventListener('abort', () => reject(signal.reason)));
}

/** Which of the waits are over: at first, when nothing waits, and when nothing runs. */
async function waits(
  gate: Gate,
  queue: Record<'onEmpty' | 'onIdle' | 'onPendingZero', () => Promise<void>>,
): Promise<string[][]> {
  const over: string[] = [];
  for (const name of ['onEmpty', 'onIdle', 'onPendingZero'] as const)
    void queue[name]().then(() => over.push(name));
  const steps: string[][] = [];
  for (const end of [undefined, 'a', 'b']) {
    if (end !== undefined) gate.end(end);
    await settled();
    steps.push(over.toSorted());
  }
  return steps;
}

/** How many of that many tasks start before time has passed. */
async function together(count: number, add: (task: () => void) => Promise<unknown>): Promise<number> {
  let started = 0;
  const all = Array.from({ length: count }, () => add(() => void (started += 1)));
  await settled();
  const atOnce = started;
  await Promise.all(all);
  return atOnce;
}
