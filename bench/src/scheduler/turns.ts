import { TurnQueue } from '@proto/scheduler';
import type { Figure } from '../figure.ts';
import { type Contestant, race } from '../race.ts';
import { PlainFifo } from './fifo.ts';

interface Pairs {
  push(id: number, item: number): unknown;
  take(): { readonly id: number; readonly item: number } | undefined;
}

const WAITING = 2;

/** Takes and pushes back, so many times; the digest is what was served, in sum and count, and the same in any order. */
function contestant(name: string, queue: Pairs, participants: number, pairs: number): Contestant {
  for (let item = 0; item < WAITING; item += 1) {
    for (let id = 0; id < participants; id += 1) queue.push(id, item);
  }
  return {
    name,
    run: () => {
      let served = 0;
      for (let pair = 0; pair < pairs; pair += 1) {
        const turn = queue.take();
        if (turn === undefined) break;
        served += 1;
        queue.push(turn.id, turn.item);
      }
      return String(served);
    },
  };
}

function fair(participants: number): TurnQueue<number, number> {
  const queue = new TurnQueue<number, number>({ order: 'fair' });
  for (let id = 0; id < participants; id += 1) queue.join(id);
  return queue;
}

const PAIRS = 200_000;

const pairs = (
  [
    [3, 0.18],
    [100, 0.14],
    [10_000, 0.04],
    [100_000, 0.018],
  ] as const
).map(([participants, atLeast]) =>
  race({
    name: `fair turns, ${participants} backlogged`,
    work: PAIRS / 1e6,
    unit: 'M pairs',
    ours: contestant('TurnQueue', fair(participants), participants, PAIRS),
    against: [
      {
        ...contestant('one FIFO for all', new PlainFifo(participants * WAITING), participants, PAIRS),
        atLeast,
      },
    ],
  }),
);

/** One joins and leaves, among many: a new id each time, or the same one. The base is a `Map` that does only that. */
const JOINS = 20_000;
const MANY = 100_000;

function joins(
  name: string,
  same: boolean,
  join: (id: number) => void,
  leave: (id: number) => void,
): Contestant {
  let next = MANY;
  return {
    name,
    run: () => {
      for (let time = 0; time < JOINS; time += 1) {
        if (!same) next += 1;
        join(next);
        leave(next);
      }
      return String(JOINS);
    },
  };
}

function joinsRace(same: boolean, atLeast: number): Figure {
  const queue = fair(MANY);
  const map = new Map<number, object>();
  for (let id = 0; id < MANY; id += 1) map.set(id, {});
  return race({
    name: `join and leave of ${same ? 'one id' : 'new ids'}, ${MANY} present`,
    work: JOINS / 1e6,
    unit: 'M pairs',
    ours: joins(
      'TurnQueue',
      same,
      (id) => queue.join(id),
      (id) => void queue.leave(id),
    ),
    against: [
      {
        ...joins(
          'a Map, set and delete',
          same,
          (id) => void map.set(id, {}),
          (id) => void map.delete(id),
        ),
        atLeast,
      },
    ],
  });
}

export const turnFigures: readonly Figure[] = [...pairs, joinsRace(false, 0.15), joinsRace(true, 10)];
