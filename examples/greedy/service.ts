import { createServer, type Server, type ServerResponse } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { SchedulerError } from '@proto/scheduler';

const JOB_MS = 3;
const MOST_JOBS = 1_000;

/** Runs jobs for tenants. The signal takes a job back that still waits. */
export interface Queue {
  run<T>(tenant: string, job: () => Promise<T>, signal: AbortSignal): Promise<T>;
}

/** How a job went. */
export interface Served {
  /** The first one served has 0. */
  readonly nth: number;
  /** How many jobs began between its arrival and its own beginning. */
  readonly waited: number;
}

/** A service with one worker for all its tenants. `GET /?tenant=ann&jobs=3` is answered when the jobs are done. */
export function createService(queue: Queue): Server {
  let begun = 0;
  return createServer((request, response) => {
    const query = new URLSearchParams(request.url?.split('?')[1]);
    const tenant = query.get('tenant');
    const jobs = Number(query.get('jobs') ?? 1);
    if (tenant === null || !Number.isInteger(jobs) || jobs < 1 || jobs > MOST_JOBS)
      return answer(response, 400, `expected /?tenant=NAME&jobs=N, with N from 1 to ${MOST_JOBS}`);

    const begunBefore = begun;
    const job = async (): Promise<Served> => {
      const nth = begun++;
      await sleep(JOB_MS);
      return { nth, waited: nth - begunBefore };
    };
    const gaveUp = new AbortController();
    response.once('close', () => gaveUp.abort());
    Promise.all(Array.from({ length: jobs }, () => queue.run(tenant, job, gaveUp.signal))).then(
      (served) => answer(response, 200, served),
      (error: unknown) => {
        gaveUp.abort(); // the rest of its jobs would be for nothing
        const isFull = error instanceof SchedulerError && error.code === 'QUEUE_FULL';
        answer(response, isFull ? 429 : 500, String(error));
      },
    );
  });
}

function answer(response: ServerResponse, status: number, body: unknown): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}
