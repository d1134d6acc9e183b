import { judge, median, type Result } from '../figure.ts';
import type { Build } from './command.ts';
import type { Contender } from './contenders.ts';
import { type Entrant, inTurns, lineCosts } from './entrants.ts';
import type { Task } from './load/task.ts';
import { quotients } from './series.ts';
import { answersTask } from './tasks.ts';
import { listening, type Order, showing } from './watched.ts';

const ROUNDS = 15;
export const CLIENTS = 10;

/** How lines come to a server that is watched. */
export interface Load {
  readonly order: Order;
  /** Lines in one write. */
  readonly batch: number;
}

export const LOADS: readonly Load[] = (['free', 'strict'] as const).flatMap((order) =>
  [1, 64].map((batch) => ({ order, batch })),
);

export function loadName({ order, batch }: Load): string {
  return `${order}, ${batch === 1 ? '1 line at a time' : `${batch} lines a write`}`;
}

/** A build and whatever watches it, in groups: of each the first is watched by nothing. */
export function watching(build: Build, { order }: Load, prefix = ''): Contender[][] {
  return [showing(build, order, CLIENTS, prefix), listening(build, order, CLIENTS, prefix)];
}

/** What the clients of a load do. */
export function costTask({ order, batch }: Load, port: number): Task {
  return answersTask(port, CLIENTS, batch, { together: order === 'strict' });
}

/** All of them in turns under one load. */
export function underLoad(contenders: readonly Contender[], load: Load): Promise<Entrant[]> {
  return inTurns(contenders, (_, port) => costTask(load, port), ROUNDS);
}

/** The processor time a line of one, divided by that of the other: round by round, and the median of those. */
export function costRow(name: string, own: Entrant, other: Entrant, atMost?: number): Result {
  const [above, below] = [lineCosts(own), lineCosts(other)];
  const ratios = quotients(above, below);
  return judge({
    name,
    value: median(ratios),
    unit: 'x',
    spread: [Math.min(...ratios), Math.max(...ratios)],
    ...(atMost !== undefined && { atMost }),
    detail: costsSeen(above, below),
  });
}

export function costsSeen(above: readonly number[], below: readonly number[]): string {
  return `${median(above).toFixed(2)} to ${median(below).toFixed(2)} µs a line`;
}
