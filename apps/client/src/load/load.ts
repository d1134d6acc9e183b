import type { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { escape, escapeJson } from '@proto/xray';
import type { Endpoint } from '../dial/dial.ts';
import { EXIT } from '../mode/exit-codes.ts';
import { tooFew } from './failure-words.ts';
import type { Result } from './figures/tally.ts';
import { judgedText, type Threshold } from './figures/thresholds.ts';
import { pageOf } from './page.ts';
import { type PictureFrame, pictures } from './pictures.ts';
import type { LoadPlan } from './plan.ts';
import { ProgressBar } from './progress-bar.ts';
import { type LoadReport, reportOf } from './report.ts';
import { type Earlier, formatReport } from './report-text.ts';
import { type Run, runHere } from './run.ts';
import { runInThreads } from './threads.ts';

/** What a load run does, and how it reports. */
export interface LoadSettings {
  readonly plan: LoadPlan;
  readonly threads: number;
  /** Whether to report the figures as one JSON object. */
  readonly json: boolean;
  readonly thresholds: readonly Threshold[];
}

/** What else a load run needs. */
export interface LoadParts {
  readonly output: Writable;
  readonly errors: Writable;
  /** Where to draw the bar; `undefined`: nowhere. */
  readonly terminal: Pick<WriteStream, 'write' | 'columns'> | undefined;
  /** How to draw the plots; `undefined`: not at all. */
  readonly frame: PictureFrame | undefined;
  /** What to compare with. */
  readonly earlier: Earlier | undefined;
  /** Takes the page with the plots. */
  readonly onPage: ((html: string) => void) | undefined;
  /** What a thread runs. */
  readonly script: URL;
  /** Gets a function that ends the run early, by sending no more. */
  readonly onStop: (stop: () => void) => void;
}

/**
 * Puts a server under load, checks every answer, and reports the result.
 *
 * Errors: rejects with `ClientError` if no client got in, or the room waits for more clients than there are.
 */
export async function load(
  endpoint: Endpoint,
  { plan, threads, json, thresholds }: LoadSettings,
  { output, errors, terminal, frame, earlier, onPage, script, onStop }: LoadParts,
): Promise<number> {
  const run = threads > 1 ? runInThreads(endpoint, plan, threads, script) : runHere(endpoint, plan);
  const { durationMs, warmUpMs, clients } = plan;
  const sendMs = durationMs === undefined ? undefined : durationMs + warmUpMs;
  const bar =
    terminal &&
    new ProgressBar({ output: terminal, run, clients, lines: plan.lines * clients, durationMs: sendMs });
  onStop(() => {
    bar?.interrupt();
    run.stop();
  });
  const result = await drive(run, clients, bar).finally(() => bar?.stop());
  const report = reportOf(result, { plan, endpoint, thresholds, at: new Date() });
  if (json) output.write(`${escapeJson(JSON.stringify(report))}\n`);
  else {
    output.write(formatReport(report, plan, earlier).split('\n').map(escape).join('\n'));
    if (frame !== undefined) output.write(pictures(result, frame));
  }
  onPage?.(pageOf(report, earlier));
  for (const line of shortfalls(report, json)) errors.write(`${line}\n`);
  return report.ok ? EXIT.ok : EXIT.unanswered;
}

/** Connects, and drives the run if the room does not wait for more clients. */
async function drive(run: Run, clients: number, bar: ProgressBar | undefined): Promise<Result> {
  const waiting = await run.connect();
  if (waiting === undefined) {
    bar?.begin();
    return run.drive();
  }
  run.destroy();
  throw tooFew(waiting.have, waiting.want, clients);
}

/** Why a run isn't ok, for people. */
function shortfalls({ ok, thresholds }: LoadReport, json: boolean): string[] {
  const missed = thresholds.filter((judged) => !judged.ok);
  const lines = missed.map((judged) => `Threshold not met: ${judgedText(judged)}`);
  const isWrong = !ok && missed.length === 0;
  return isWrong && !json ? ['Run failed: see "wrong" above'] : lines;
}
