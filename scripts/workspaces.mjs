import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Every folder with a package.json of its own, relative to the root. */
export function workspaces(root = '.') {
  const inside = ['packages', 'apps'].flatMap((folder) =>
    existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => join(folder, name)) : [],
  );
  return ['.', ...inside, 'bench'].filter((folder) => existsSync(join(root, folder, 'package.json')));
}
