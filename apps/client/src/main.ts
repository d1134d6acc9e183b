#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import process from 'node:process';
import { escape } from '@proto/xray';
import { help, parseOptions } from './command/options.ts';
import { UnreadableFile } from './command/endpoint.ts';
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

try {
  process.exitCode = await main();
} catch (error) {
  if (!(error instanceof ClientError || error instanceof UnreadableFile)) throw error;
  process.stderr.write(`${escape(error.message)}\n`);
  process.exitCode = error instanceof ClientError ? exitCodeOf(error) : EXIT.noInput;
}
