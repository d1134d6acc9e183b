import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { createRequire } from 'node:module';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, onTestFinished, test } from 'vitest';
import { readText } from '../../src/text/file-text.ts';
import { statsAt } from '../../src/text/stats.ts';
import { UnixListener } from '../../src/transport/unix.ts';

const SOURCE = fileURLToPath(new URL('../../src/', import.meta.url));

/** Whether a package behind a symbolic link still finds what lies beside it, as those that pnpm installs do. */
function canRequire(folder: string): boolean {
  const real = join(folder, `real-${++packages}`);
  mkdirSync(join(real, 'node_modules', 'inner'), { recursive: true });
  mkdirSync(join(real, 'node_modules', 'outer'));
  writeFileSync(join(real, 'node_modules', 'inner', 'index.js'), 'module.exports = 1;');
  writeFileSync(join(real, 'node_modules', 'outer', 'index.js'), "module.exports = require('inner');");
  symlinkSync(join(real, 'node_modules', 'outer'), join(folder, `outer-${packages}`));
  try {
    return createRequire(join(folder, 'x.js'))(`./outer-${packages}`) === 1;
  } catch {
    return false;
  }
}
let packages = 0;

test('stats: what the server does with pipes and sockets leaves imports alone', async () => {
  const folder = mkdtempSync(join(realpathSync(tmpdir()), 'proto-stats-'));
  onTestFinished(() => rmSync(folder, { recursive: true }));
  const pipe = join(folder, 'pipe');
  execFileSync('mkfifo', [pipe]);
  expect(canRequire(folder)).toBe(true);
  statsAt(pipe);
  expect(canRequire(folder)).toBe(true);
  const reading = readText(pipe, 10);
  expect(canRequire(folder)).toBe(true);
  execFileSync('bash', ['-c', 'echo text >"$0"', pipe]);
  expect((await reading).text).toBe('text\n');
  const socket = join(folder, 'socket');
  const listener = new UnixListener({ socket });
  await listener.listen(() => {});
  expect(canRequire(folder)).toBe(true);
  await listener.close();
  expect(canRequire(folder)).toBe(true);
  const dead = createServer().listen(socket);
  await once(dead, 'listening');
  await expect(new UnixListener({ socket }).listen(() => {})).rejects.toThrow('another server is listening');
  expect(canRequire(folder)).toBe(true);
  dead.close();
});

test('stats: nothing else in the sources asks Node what a file is', () => {
  const files = readdirSync(SOURCE, { recursive: true, encoding: 'utf8' }).filter((file) =>
    file.endsWith('.ts'),
  );
  const asking = files.filter((file) =>
    /\b(?:f|l)?statSync\b|\brmSync\b/.test(readFileSync(join(SOURCE, file), 'utf8')),
  );
  expect(asking).toEqual([join('text', 'stats.ts')]);
});
