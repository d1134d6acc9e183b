import type { Endpoint } from '../dial/dial.ts';
import { type Arrival, Crew, type WaitingClients } from './crew.ts';
import type { Result } from './figures/tally.ts';
import type { LoadPlan } from './plan.ts';

/** The progress of a run. */
export interface Progress {
  /** How many clients the server has let in. */
  readonly clients: number;
  readonly answered: number;
  readonly failures: number;
}

/** A load run, in this thread or in several. */
export interface Run {
  /**
   * Connects, and returns what the room still waits for.
   *
   * Errors: rejects with `ClientError` if no client got in.
   */
  connect(): Promise<WaitingClients | undefined>;
  /** Sends, and waits for the answers. */
  drive(): Promise<Result>;
  /** Sends no more. */
  stop(): void;
  /** Ends every connection at once. For a run that isn't driven. */
  destroy(): void;
  readonly progress: Progress;
}

/** A run in this thread. `connect` returns whatever came of it, and doesn't reject. */
export interface Part extends Omit<Run, 'connect'> {
  connect(): Promise<Arrival>;
}

/** What one thread does of a run. */
export function partHere(endpoint: Endpoint, plan: LoadPlan): Part {
  const crew = new Crew(endpoint, plan);
  return {
    connect: () => crew.connect(),
    drive: () => crew.drive(),
    stop: () => crew.stop(),
    destroy: () => crew.destroy(),
    get progress() {
      const { answered, failures } = crew.tally;
      return {
        clients: crew.greeted,
        answered,
        failures: [...failures.values()].reduce((sum, count) => sum + count, 0),
      };
    },
  };
}

/** A run in this thread. */
export function runHere(endpoint: Endpoint, plan: LoadPlan): Run {
  const part = partHere(endpoint, plan);
  return {
    async connect() {
      const { refusal, waiting } = await part.connect();
      if (refusal !== undefined) throw refusal;
      return waiting;
    },
    drive: () => part.drive(),
    stop: () => part.stop(),
    destroy: () => part.destroy(),
    get progress() {
      return part.progress;
    },
  };
}
