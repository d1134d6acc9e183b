import type { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { escape, escapeJson } from '@proto/xray';
import type { Endpoint } from '../dial/dial.ts';
import { EXIT } from '../mode/exit-codes.ts';
import type { LoadPlan } from './plan.ts';
import { ProgressBar } from './progress-bar.ts';
import { formatReport, reportOf } from './report.ts';
import { runHere } from './run.ts';
import { runInThreads } from './threads.ts';

/** What a load run does, and how it reports. */
export interface LoadSettings {
  readonly plan: LoadPlan;
  readonly threads: number;
  /** Whether to report the figures as one JSON object. */
  readonly json: boolean;
}

/** What else a load run needs. */
export interface LoadParts {
  readonly output: Writable;
  readonly errors: Writable;
  /** Where to draw the bar; `undefined`: nowhere. */
  readonly terminal: WriteStream | undefined;
  /** What a thread runs. */
  readonly script: URL;
  /** Gets a function that ends the run early, by sending no more. */
  readonly onStop: (stop: () => void) => void;
}

/**
 * Puts a server under load, checks every answer, and reports the result.
 *
 * Errors: rejects with `ClientError` if no client got in.
 */
export async function load(
  endpoint: Endpoint,
  { plan, threads, json }: LoadSettings,
  { output, errors, terminal, script, onStop }: LoadParts,
): Promise<number> {
  const run = threads > 1 ? runInThreads(endpoint, plan, threads, script) : runHere(endpoint, plan);
  onStop(() => run.stop());
  await run.connect();
  const { durationMs } = plan;
  const bar =
    terminal && new ProgressBar({ output: terminal, run, lines: plan.lines * plan.clients, durationMs });
  const result = await run.drive().finally(() => bar?.stop());
  const report = reportOf(result, plan);
  if (json) output.write(`${escapeJson(JSON.stringify(report))}\n`);
  else output.write(formatReport(report, plan).split('\n').map(escape).join('\n'));
  if (report.ok) return EXIT.ok;
  if (!json) errors.write('Run failed: see "wrong" above\n');
  return EXIT.unanswered;
}
