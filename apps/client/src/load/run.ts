import type { Endpoint } from '../dial/dial.ts';
import { Crew } from './crew.ts';
import type { LoadPlan } from './plan.ts';
import type { Result } from './figures/tally.ts';

/** The progress of a run. */
export interface Progress {
  readonly answered: number;
  readonly failures: number;
}

/** A load run, in this thread or in several. */
export interface Run {
  /** Connects; rejects with `ClientError` if no client could. */
  connect(): Promise<void>;
  /** Sends, and waits for the answers. */
  drive(): Promise<Result>;
  /** Sends no more. */
  stop(): void;
  readonly progress: Progress;
}

/** A run in this thread. */
export function runHere(endpoint: Endpoint, plan: LoadPlan): Run {
  const crew = new Crew(endpoint, plan);
  return {
    connect: () => crew.connect(),
    drive: () => crew.drive(),
    stop: () => crew.stop(),
    get progress() {
      const { answered, failures } = crew.tally;
      return { answered, failures: [...failures.values()].reduce((sum, count) => sum + count, 0) };
    },
  };
}
