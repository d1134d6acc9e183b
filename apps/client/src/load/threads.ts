import { Worker } from 'node:worker_threads';
import { ClientError, type ClientErrorCode } from '../dial/client-error.ts';
import type { Endpoint } from '../dial/dial.ts';
import { Deferred } from './deferred.ts';
import { type LoadPlan, split } from './plan.ts';
import type { Progress, Run } from './run.ts';
import { merge, type Result } from './figures/tally.ts';

/** What a thread has to do. */
export interface Order {
  readonly endpoint: Omit<Endpoint, 'signal'>;
  readonly plan: LoadPlan;
}

/** What a thread is told while it runs. */
export type Command = 'drive' | 'stop';

/** What a thread reports. */
export type Report =
  | { readonly kind: 'ready' }
  | { readonly kind: 'progress'; readonly progress: Progress }
  | { readonly kind: 'result'; readonly result: Result }
  | { readonly kind: 'failed'; readonly code: ClientErrorCode; readonly text: string };

/** A run in several threads, each with a share of the clients. `script`: what a thread runs. */
export function runInThreads(endpoint: Endpoint, plan: LoadPlan, threads: number, script: URL): Run {
  const { signal: _, ...rest } = endpoint;
  const hands = split(plan, threads).map((part) => new Hand(script, { endpoint: rest, plan: part }));
  return {
    async connect() {
      await Promise.all(hands.map((hand) => hand.ready));
    },
    async drive() {
      for (const hand of hands) hand.tell('drive');
      return merge(await Promise.all(hands.map((hand) => hand.result)));
    },
    stop() {
      for (const hand of hands) hand.tell('stop');
    },
    get progress() {
      return hands.reduce(
        (sum, { progress: { answered, failures } }) => ({
          answered: sum.answered + answered,
          failures: sum.failures + failures,
        }),
        { answered: 0, failures: 0 },
      );
    },
  };
}

/** One thread. */
class Hand {
  progress: Progress = { answered: 0, failures: 0 };
  readonly #worker: Worker;
  readonly #ready = new Deferred<void>();
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
      if (report.kind === 'ready') this.#ready.resolve();
      else if (report.kind === 'progress') this.progress = report.progress;
      else if (report.kind === 'result') this.#result.resolve(report.result);
      else fail(new ClientError(report.code, report.text));
    });
  }

  /** Settles when its clients are in. */
  get ready(): Promise<void> {
    return this.#ready.promise;
  }

  get result(): Promise<Result> {
    return this.#result.promise;
  }

  tell(command: Command): void {
    this.#worker.postMessage(command);
  }
}
