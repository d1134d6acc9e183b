import process from 'node:process';
import { DEFAULTS } from '../library/connect.ts';
import { EXIT } from '../mode/exit-codes.ts';
import { whenNpxEnds } from '../mode/when-npx-ends.ts';
import { loadHelp, parseLoad } from './load-options.ts';
import { endpointOf } from './endpoint.ts';

/**
 * Runs `proto-client load` and returns the exit code. `script`: what a thread runs.
 *
 * Errors: rejects as `load` does, and with `UnreadableFile`.
 */
export async function runLoad(argv: readonly string[], script: URL): Promise<number> {
  // The load run is loaded separately: nobody else pays for its histograms.
  const { load } = await import('../load/load.ts');
  const line = parseLoad(argv);
  if (line.kind === 'help') {
    process.stdout.write(loadHelp());
    return EXIT.ok;
  }
  if (line.kind === 'wrong') {
    process.stderr.write(`${line.text}. See load --help\n`);
    return EXIT.usage;
  }
  const { connection, ...settings } = line.options;
  const { timeoutMs } = settings.plan;
  const endpoint = endpointOf(connection, { timeoutMs, maxLineBytes: DEFAULTS.maxLineBytes });
  return load(endpoint, settings, {
    output: process.stdout,
    errors: process.stderr,
    terminal: process.stderr.isTTY ? process.stderr : undefined,
    script,
    onStop: (stop) => {
      process.once('SIGINT', stop);
      whenNpxEnds('proto-client', stop);
    },
  });
}
