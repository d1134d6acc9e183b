import { Worker } from 'node:worker_threads';
import { ClientError, type ClientErrorCode } from '../dial/client-error.ts';
import type { Endpoint } from '../dial/dial.ts';
import { type WaitingClients, waitingOf } from './crew.ts';
import { Deferred } from './deferred.ts';
import { merge, type Result } from './figures/tally.ts';
import { type LoadPlan, split } from './plan.ts';
import type { Progress, Run } from './run.ts';

/** What a thread has to do. */
export interface Order {
  readonly endpoint: Omit<Endpoint, 'signal'>;
  readonly plan: LoadPlan;
}

/** What a thread is told. */
export type Command = 'drive' | 'stop' | 'destroy';

/** What came of the connecting of a thread. */
interface Ready {
  readonly waiting: WaitingClients | undefined;
  /** Why none of its clients got in; `undefined`: some did. */
  readonly refused: { readonly code: ClientErrorCode; readonly text: string } | undefined;
}

/** What a thread reports. */
export type Report =
  | ({ readonly kind: 'ready' } & Ready)
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'result'; readonly result: Result };

const NOTHING: Progress = { clients: 0, answered: 0, failures: 0 };

/** A run in several threads, each with a share of the clients. `script`: what a thread runs. */
export function runInThreads(endpoint: Endpoint, plan: LoadPlan, threads: number, script: URL): Run {
  const { signal: _, ...rest } = endpoint;
  const hands = split(plan, threads).map((part) => new Hand(script, { endpoint: rest, plan: part }));
  return {
    async connect() {
      const all = await Promise.all(hands.map((hand) => hand.ready));
      const inside = all.filter(({ refused }) => refused === undefined);
      const refused = all[0]?.refused;
      // The clients of the other threads go on without those that weren't let in.
      if (inside.length > 0 || refused === undefined) return waitingOf(inside.map(({ waiting }) => waiting));
      for (const hand of hands) hand.tell('destroy');
      throw new ClientError(refused.code, refused.text);
    },
    async drive() {
      for (const hand of hands) hand.tell('drive');
      return merge(await Promise.all(hands.map((hand) => hand.result)));
    },
    stop() {
      for (const hand of hands) hand.tell('stop');
    },
    destroy() {
      for (const hand of hands) hand.tell('destroy');
    },
    get progress() {
      return hands.reduce(
        (sum, { progress: { clients, answered, failures } }) => ({
          clients: sum.clients + clients,
          answered: sum.answered + answered,
          failures: sum.failures + failures,
        }),
        NOTHING,
      );
    },
  };
}

/** One thread. */
class Hand {
  progress: Progress = NOTHING;
  readonly #worker: Worker;
  readonly #ready = new Deferred<Ready>();
  readonly #result = new Deferred<Result>();

  constructor(script: URL, order: Order) {
    this.#worker = new Worker(script, { workerData: order });
    const fail = (error: Error): void => {
      this.#ready.reject(error);
      this.#result.reject(error);
    };
    // A rejection of either reaches its waiter; nobody handles the other one.
    for (const { promise } of [this.#ready, this.#result]) promise.catch(() => {});
    this.#worker.on('error', fail);
    this.#worker.on('message', (report: Report) => {
      if (report.kind === 'ready') this.#ready.resolve(report);
      else if (report.kind === 'progress') this.progress = report.progress;
      else this.#result.resolve(report.result);
    });
  }

  /** Settles when its clients are in. */
  get ready(): Promise<Ready> {
    return this.#ready.promise;
  }

  get result(): Promise<Result> {
    return this.#result.promise;
  }

  tell(command: Command): void {
    this.#worker.postMessage(command);
  }
}
