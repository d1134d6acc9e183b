#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { escape } from '@proto/xray';
import { help, parseOptions } from './command/options.ts';
import { UnreadableFile } from './command/endpoint.ts';
import { UnwritableFile } from './command/output-file.ts';
import { run } from './command/run.ts';
import { runLoad } from './command/run-load.ts';
import { ClientError } from './dial/client-error.ts';
import { EXIT, exitCodeOf } from './mode/exit-codes.ts';

function version(): string {
  const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return manifest.version;
}

async function main(): Promise<number> {
  if (process.argv[2] === 'load') {
    return runLoad(process.argv.slice(3), new URL('load/worker.js', import.meta.url));
  }
  const line = parseOptions(process.argv.slice(2));
  switch (line.kind) {
    case 'help':
      process.stdout.write(help());
      return EXIT.ok;
    case 'version':
      process.stdout.write(`${version()}\n`);
      return EXIT.ok;
    case 'wrong':
      process.stderr.write(`${line.text}. See --help\n`);
      return EXIT.usage;
    default:
      return run(line.options);
  }
}

/** The exit code after an error that is told in one line; `undefined` for any other. */
function exitCodeAfter(error: unknown): number | undefined {
  if (error instanceof ClientError) return exitCodeOf(error);
  if (error instanceof UnreadableFile) return EXIT.noInput;
  return error instanceof UnwritableFile ? EXIT.noOutput : undefined;
}

try {
  process.exitCode = await main();
} catch (error) {
  const code = exitCodeAfter(error);
  if (code === undefined) throw error;
  process.stderr.write(`${escape((error as Error).message)}\n`);
  process.exitCode = code;
}
