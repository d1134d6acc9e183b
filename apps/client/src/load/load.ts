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

/** What a load run does, and how it is told. */
export interface LoadSettings {
  readonly plan: LoadPlan;
  readonly threads: number;
  /** Whether the figures are one object, for programs. */
  readonly json: boolean;
}

/** What a load run is given besides. */
export interface LoadParts {
  readonly output: Writable;
  readonly errors: Writable;
  /** Where the bar is drawn; `undefined`: nowhere. */
  readonly terminal: WriteStream | undefined;
  /** What a thread runs. */
  readonly script: URL;
  /** Is given what ends the run early: no more is sent. */
  readonly onStop: (stop: () => void) => void;
}

/**
 * Puts a server under load, checks every answer, and says what came of it.
 *
 * Errors: rejects with `ClientError` when no client could come in.
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
  if (!json) errors.write('Cannot call it right: see the row that says what was wrong\n');
  return EXIT.unanswered;
}
