// `node scripts/rules.mjs`: records what the rooms make of the recorded conversations, after RULES was raised, and records new
// conversations. It needs no build.
import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

// Packages are read from source too, so that no build is needed. Node takes this only at its start.
const FROM_SOURCE = '--conditions=@proto/source';
if (!process.execArgv.includes(FROM_SOURCE)) {
  const again = [FROM_SOURCE, ...process.argv.slice(1)];
  process.exit(spawnSync(process.execPath, again, { stdio: 'inherit' }).status ?? 1);
}

// tsx is a tool of the server. Loaded once, it makes Node read TypeScript.
const { resolve } = createRequire(new URL('../apps/server/package.json', import.meta.url));
await import(pathToFileURL(resolve('tsx')).href);
const { record } = await import('../apps/server/test/cluster/rules/recorded.ts');

try {
  process.stdout.write(`${record()}\n`);
} catch (error) {
  process.stderr.write(`Cannot record: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
