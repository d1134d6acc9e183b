import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Every folder with a package.json of its own. */
export function workspaces() {
  const inside = ['packages', 'apps'].flatMap((folder) =>
    existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [],
  );
  return ['.', ...inside, 'bench'].filter((folder) => existsSync(join(folder, 'package.json')));
}
