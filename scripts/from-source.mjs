import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

/** From here on, a script can import the source of packages and of the server, in TypeScript, so it needs no build. */
export async function readSource() {
  // Node takes this only at its start.
  const condition = '--conditions=@proto/source';
  if (!process.execArgv.includes(condition)) {
    const again = [condition, ...process.argv.slice(1)];
    process.exit(spawnSync(process.execPath, again, { stdio: 'inherit' }).status ?? 1);
  }
  // tsx is a tool of the server. Loaded once, it makes Node read TypeScript.
  const { resolve } = createRequire(new URL('../apps/server/package.json', import.meta.url));
  await import(pathToFileURL(resolve('tsx')).href);
}
