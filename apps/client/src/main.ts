#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { escape } from '@proto/xray';
import { FLAGS, help, parseOptions } from './command/options.ts';
import { UnreadableFile } from './command/endpoint.ts';
import { UnwritableFile } from './command/output-file.ts';
import { fit } from './command/fit.ts';
import { withAdvice } from './command/flags.ts';
import { LOAD_FLAGS } from './command/load-options.ts';
import { hostMeant } from './command/meant.ts';
import { run } from './command/run.ts';
import { runLoad } from './command/run-load.ts';
import { takenByNpm } from './command/taken-by-npm.ts';
import { ClientError } from './dial/client-error.ts';
import { endWithTerminal } from './mode/end-with-terminal.ts';
import { EXIT, exitCodeOf } from './mode/exit-codes.ts';
import { quietOutput } from './mode/quiet-output.ts';

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

function complain(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** The host that was written. */
let host = '';

async function main(): Promise<number> {
  endWithTerminal();
  const argv = process.argv.slice(2);
  const isLoad = argv[0] === 'load';
  const taken = takenByNpm(isLoad ? LOAD_FLAGS : FLAGS, argv, process.env);
  if (taken !== undefined) complain(taken.text);
  if (taken?.isCertain === true) return EXIT.usage;
  if (isLoad) return runLoad(argv.slice(1), new URL('load/worker.js', import.meta.url));
  const line = parseOptions(argv);
  switch (line.kind) {
    case 'help':
      process.stdout.write(fit(help(), process.stdout.columns || 80));
      return EXIT.ok;
    case 'version':
      process.stdout.write(`${version()}\n`);
      return EXIT.ok;
    case 'wrong':
      complain(withAdvice(line, '--help'));
      return EXIT.usage;
    default:
      host = line.options.host;
      return run(line.options);
  }
}

/** The exit code after an error that is told in one line; `undefined` for any other. */
function exitCodeAfter(error: unknown): number | undefined {
  if (error instanceof ClientError) return exitCodeOf(error);
  if (error instanceof UnreadableFile) return EXIT.noInput;
  return error instanceof UnwritableFile ? EXIT.noOutput : undefined;
}

// If the reader of our output goes away (`| head`), that ends nothing. What can't be written otherwise is a failure.
let isBroken = false;
for (const output of [process.stdout, process.stderr]) {
  quietOutput(output, (line) => {
    isBroken = true;
    process.exitCode = EXIT.unanswered;
    complain(line);
  });
}

try {
  const code = await main();
  process.exitCode = isBroken ? EXIT.unanswered : code;
} catch (error) {
  const code = exitCodeAfter(error);
  if (code === undefined) throw error;
  complain(escape((error as Error).message + hostMeant(error, host)));
  process.exitCode = code;
}
