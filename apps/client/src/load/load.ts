import type { Writable } from 'node:stream';
import type { WriteStream } from 'node:tty';
import { escapeJson, escape } from '../library/escape.ts';
import { placeOf } from '../command/connection-flags.ts';
import { DEFAULTS } from '../library/connect.ts';
import { EXIT } from '../mode/exit-codes.ts';
import type { LoadOptions } from '../command/load-options.ts';
import { ProgressBar } from './progress-bar.ts';
import { formatReport, reportOf } from './report.ts';
import { runHere } from './run.ts';
import { runInThreads } from './threads.ts';

/** What a load run is given besides its options. */
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
 * Errors: rejects with `ClientError` when no client could come in, with `UnreadableFile`.
 */
export async function load(
  { connection, plan, threads, json }: LoadOptions,
  { output, errors, terminal, script, onStop }: LoadParts,
): Promise<number> {
  const place = placeOf(connection, { timeoutMs: plan.timeoutMs, maxLineBytes: DEFAULTS.maxLineBytes });
  const run = threads > 1 ? runInThreads(place, plan, threads, script) : runHere(place, plan);
  onStop(() => run.stop());
  await run.connect();
  const { durationMs } = plan;
  const bar =
    terminal && new ProgressBar({ output: terminal, run, lines: plan.lines * plan.clients, durationMs });
  const result = await run.drive().finally(() => bar?.stop());
  const report = reportOf(result, plan);
  if (json) output.write(`${escapeJson(report)}\n`);
  else output.write(formatReport(report, plan).split('\n').map(escape).join('\n'));
  if (report.ok) return EXIT.ok;
  if (!json) errors.write('Cannot call it right: see the row that says what was wrong\n');
  return EXIT.unanswered;
}
