import { basename } from 'node:path';
import process from 'node:process';
import { DEFAULTS } from '../library/connect.ts';
import { excerpt } from '../library/excerpt.ts';
import { isUtf8 } from '../load/plots/text-plots.ts';
import type { LoadParts } from '../load/load.ts';
import type { LoadReport } from '../load/report.ts';
import { EXIT } from '../mode/exit-codes.ts';
import { whenNpxEnds } from '../mode/when-npx-ends.ts';
import { endpointOf, readText, UnreadableFile } from './endpoint.ts';
import { fit } from './fit.ts';
import { withAdvice } from './flags.ts';
import { type LoadOptions, loadHelp, parseLoad } from './load-options.ts';
import { outputFile } from './output-file.ts';

/** Columns where nobody says how many there are: in a pipe. */
const COLUMNS = 80;

/**
 * Runs `proto-client load` and returns the exit code. `script`: what a thread runs.
 *
 * Errors: rejects as `load` does, and with `UnreadableFile` and `UnwritableFile`.
 */
export async function runLoad(argv: readonly string[], script: URL): Promise<number> {
  const line = parseLoad(argv);
  if (line.kind === 'help') {
    process.stdout.write(fit(loadHelp(), process.stdout.columns || 80));
    return EXIT.ok;
  }
  if (line.kind === 'wrong') {
    process.stderr.write(`${withAdvice(line, 'load --help')}\n`);
    return EXIT.usage;
  }
  // The load run is loaded separately: nobody else pays for its histograms.
  const [{ load }, { parseReport }] = await Promise.all([
    import('../load/load.ts'),
    import('../load/earlier.ts'),
  ]);
  const { connection, plots, ascii, html, compare, ...settings } = line.options;
  const { timeoutMs } = settings.plan;
  const endpoint = endpointOf(connection, { timeoutMs, maxLineBytes: DEFAULTS.maxLineBytes });
  const { stdout, stderr } = process;
  return load(endpoint, settings, {
    output: stdout,
    errors: stderr,
    terminal: stderr.isTTY ? stderr : undefined,
    frame: frameOf(plots, ascii),
    earlier: compare === undefined ? undefined : earlierOf(compare, parseReport),
    onPage: html === undefined ? undefined : outputFile('--html', html),
    script,
    onStop: (stop) => {
      process.once('SIGINT', stop);
      whenNpxEnds('proto-client', stop);
    },
  });
}

function frameOf(plots: LoadOptions['plots'], ascii: boolean): LoadParts['frame'] {
  const { isTTY, columns } = process.stdout;
  if (plots === 'off' || (plots === 'auto' && !isTTY)) return undefined;
  return { columns: columns || COLUMNS, ascii: ascii || !isUtf8(process.env, process.platform) };
}

function earlierOf(
  file: string,
  parse: (text: string) => LoadReport | undefined,
): NonNullable<LoadParts['earlier']> {
  const report = parse(readText('--compare', file));
  if (report !== undefined) return { name: basename(file), report };
  throw new UnreadableFile(
    `Cannot use --compare ${excerpt(file)}: expected a report, as load --json prints it`,
  );
}
