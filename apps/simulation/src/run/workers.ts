import { fork } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { makePlan } from '../plan/make.ts';
import type { Plan } from '../plan/plan.ts';
import { watchImmediates } from '../world/passes.ts';
import { converse } from './conversation.ts';
import { add, count, noTally, type Tally } from './tally.ts';

/** Which seeds a worker takes: from one, each this far from the last. */
export interface Share {
  readonly from: number;
  readonly step: number;
  /** How many conversations, at most. */
  readonly most: number;
  readonly seconds: number;
  /** It ends with the first broken promise. */
  readonly untilBroken: boolean;
  /** Files of plans, to be played last. */
  readonly kept?: readonly string[];
}

/** How often a worker says how far it is. In milliseconds. */
const REPORT_MS = 500;

/** The seeds of one share, in this process. */
export async function work(share: Share, report: (part: Tally) => void): Promise<void> {
  watchImmediates();
  const began = performance.now();
  let tally = noTally();
  let reported = began;
  for (const plan of plansOf(share)) {
    if (performance.now() - began >= share.seconds * 1_000) break;
    count(tally, plan.seed, await converse(plan));
    const isOver = share.untilBroken && tally.failures.length > 0;
    if (!isOver && performance.now() - reported < REPORT_MS) continue;
    report(tally);
    tally = noTally();
    reported = performance.now();
    if (isOver) return;
  }
  report(tally);
}

function* plansOf({ from, step, most, kept = [] }: Share): Generator<Plan> {
  for (let done = 0; done < most; done++) yield makePlan(from + done * step);
  for (const file of kept) yield JSON.parse(readFileSync(file, 'utf8')) as Plan;
}

/** The same in several processes. `progress`: called with the sum whenever one of them reports. Errors: a worker that dies. */
export async function workTogether(
  { workers, ...all }: Omit<Share, 'step'> & { readonly workers: number },
  progress: (sum: Tally) => void,
  execArgv: readonly string[] = process.execArgv,
  env: NodeJS.ProcessEnv = process.env,
): Promise<Tally> {
  const sum = noTally();
  const running = Array.from({ length: workers }, (_, index) => {
    const share: Share = {
      ...all,
      from: all.from + index,
      step: workers,
      most: Math.ceil(all.most / workers),
    };
    const child = fork(fileURLToPath(new URL('worker.ts', import.meta.url)), [JSON.stringify(share)], {
      execArgv: [...execArgv],
      env,
    });
    child.on('message', (part: Tally) => {
      add(sum, part);
      progress(sum);
      if (all.untilBroken && sum.failures.length > 0) for (const { kill } of running) kill();
    });
    const ended = new Promise<void>((resolve, reject) => {
      child.once('exit', (code, signal) => {
        if (code === 0 || (all.untilBroken && sum.failures.length > 0)) resolve();
        else reject(new Error(`A worker ended with ${String(signal ?? code)}`));
      });
    });
    return { ended, kill: () => void child.kill() };
  });
  await Promise.all(running.map(({ ended }) => ended));
  return sum;
}
