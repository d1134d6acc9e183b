import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** Every file as Git checks it out with this setting, by its name. */
function checkedOut(autocrlf: 'true' | 'false'): ReadonlyMap<string, string> {
  const folder = mkdtempSync(join(tmpdir(), 'line-ends-'));
  try {
    const settings = ['-c', `core.autocrlf=${autocrlf}`, '-c', 'core.safecrlf=false'];
    execFileSync('git', [...settings, 'checkout-index', '--all', `--prefix=${folder}/`]);
    const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
    const files = names.filter((name) => statSync(join(folder, name)).isFile());
    return new Map(files.map((name) => [name, readFileSync(join(folder, name), 'latin1')]));
  } finally {
    rmSync(folder, { recursive: true });
  }
}

test('.gitattributes: a clone whose Git writes CRLF has the same bytes, so that format and tests are the same', () => {
  const plain = checkedOut('false');
  const windows = checkedOut('true');
  expect(plain.size).toBeGreaterThan(1000);
  expect([...windows.keys()]).toEqual([...plain.keys()]);
  expect([...plain].filter(([name, bytes]) => windows.get(name) !== bytes).map(([name]) => name)).toEqual([]);
});
