import { QuitGroup, TurnQueue } from '@proto/scheduler';
import { type Figure, judge, type Result } from '../figure.ts';
import { queues } from './tasks.ts';

const BIG = 100_000;
const SMALL = 99;

/** One key queues 100,000 tasks, then 99 others queue one each: when is the last of the 99 served? */
async function positionOfLast(name: string): Promise<number> {
  const run = queues[name]!();
  let started = 0;
  let last = 0;
  const all: Promise<number>[] = [];
  for (let task = 0; task < BIG; task += 1) all.push(run('big', () => Promise.resolve((started += 1))));
  for (let key = 0; key < SMALL; key += 1) {
    all.push(
      run(`small ${key}`, () => {
        started += 1;
        last = started;
        return Promise.resolve(started);
      }),
    );
  }
  await Promise.all(all);
  return last;
}

const starvation: Figure = {
  name: 'place of the last of 99 small keys, behind 100,000 of one',
  async measure(): Promise<Result[]> {
    const places = new Map<string, number>();
    for (const name of Object.keys(queues)) places.set(name, await positionOfLast(name));
    const value = places.get('FairQueue')!;
    const detail = [...places].map(([name, place]) => `${name} ${place}`).join(', ');
    return [judge({ name: this.name, value, unit: 'th', spread: [value, value], atMost: 199, detail })];
  },
};

const KEYS = 50;
const DEAREST = 1_000;

/** Jain's index over keys of equal weight that always have work, one's items costing 1, another's up to 1,000. */
const jain: Figure = {
  name: "Jain's index, 50 keys, costs from 1 to 1,000",
  measure(): Promise<Result[]> {
    const queue = new TurnQueue<number, number>({ order: 'fair' });
    const cost = (key: number, item: number): number =>
      1 + ((key * 7_919 + item * 104_729 * (key % 5)) % DEAREST);
    const spent = Array.from({ length: KEYS }, () => 0);
    for (let key = 0; key < KEYS; key += 1) {
      queue.join(key);
      queue.push(key, 0, cost(key, 0));
      queue.push(key, 1, cost(key, 1));
    }
    let left = KEYS * DEAREST * 100;
    let items = 0;
    for (let turn = queue.take(); turn !== undefined && left > 0; turn = queue.take()) {
      left -= turn.cost;
      items += 1;
      spent[turn.id]! += turn.cost;
      queue.push(turn.id, turn.item + 2, cost(turn.id, turn.item + 2));
    }
    const sum = spent.reduce((a, b) => a + b, 0);
    const value = (sum * sum) / (KEYS * spent.reduce((a, b) => a + b * b, 0));
    const detail = `${items} items, ${Math.min(...spent)} to ${Math.max(...spent)} spent by a key`;
    return Promise.resolve([
      judge({ name: this.name, value, unit: '', spread: [value, value], atLeast: 0.99, detail }),
    ]);
  },
};

const MEMBERS = 100_000;
const GRACE_MS = 500;

const quit: Figure = {
  name: 'quit of 100,000, 1 % hang, 1 % throw: time over the grace',
  async measure(): Promise<Result[]> {
    const values: number[] = [];
    let detail = '';
    for (let round = 0; round < 5; round += 1) {
      const group = new QuitGroup<number>();
      for (let id = 0; id < MEMBERS; id += 1) {
        group.add(id, {
          drain: (): Promise<void> => {
            if (id % 100 === 1) throw new Error('broken');
            return id % 100 === 2 ? new Promise(() => {}) : Promise.resolve();
          },
          destroy: () => {},
        });
      }
      const begin = performance.now();
      const { drained, forced, failed } = await group.quit({ graceMs: GRACE_MS });
      values.push(performance.now() - begin - GRACE_MS);
      detail = `${drained} drained, ${forced} forced, ${failed} failed`;
      if (drained + forced + failed !== MEMBERS) throw new Error(`Cannot account for all members: ${detail}`);
    }
    const value = values.toSorted((a, b) => a - b)[2]!;
    const spread = [Math.min(...values), Math.max(...values)] as const;
    return [judge({ name: this.name, value, unit: 'ms', spread, atMost: 1_000, detail })];
  },
};

export const fairnessFigures: readonly Figure[] = [starvation, jain, quit];
