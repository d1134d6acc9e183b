// Installs the git hooks; does nothing in a tree without `.git` (a tarball, an image) or in CI.
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';

if (existsSync('.git') && !process.env.CI) {
  spawnSync(process.execPath, ['node_modules/simple-git-hooks/cli.js'], { stdio: 'inherit' });
}
