import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** Files of one certificate. */
interface Pair {
  readonly cert: string;
  readonly key: string;
}

let made: Pair | undefined;

/** A certificate of its own, the same for every server of this process. Errors: throws without openssl. */
export function certificate(): Pair {
  made ??= make();
  return made;
}

function make(): Pair {
  const folder = mkdtempSync(join(tmpdir(), 'bench-'));
  process.once('exit', () => rmSync(folder, { recursive: true }));
  const pair = { cert: join(folder, 'server.crt'), key: join(folder, 'server.key') };
  const curve = '-newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=localhost -days 2'.split(
    ' ',
  );
  execFileSync('openssl', ['req', '-x509', ...curve, '-keyout', pair.key, '-out', pair.cert], {
    stdio: 'pipe',
  });
  return pair;
}
