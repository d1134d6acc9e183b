import { cpSync, existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Options } from 'tsup';
import { library } from '../../tsup.base.ts';

/** The live page, if it was built. */
const PAGE = '../page/dist';

const config: Options = {
  ...library(['src/index.ts', 'src/main.ts', 'src/observe/index.ts', 'src/cluster/snapshot-worker.ts']),
  // zod is in the bundle, what is used of it: as a package it is a hundred files, read and compiled at every start.
  onSuccess: async () => {
    const files = readdirSync('dist', { recursive: true, encoding: 'utf8' });
    files.filter((file) => file.endsWith('.js.map')).forEach((file) => leaveOthersOut(join('dist', file)));
    if (existsSync(PAGE)) cpSync(PAGE, 'dist/page', { recursive: true });
  },
};
export default config;

/**
 * Leaves the text of other people's code out of a source map, where zod alone takes 400 kB. The names of its files stay:
 * packing reads them, to know whose licences it has to add.
 */
function leaveOthersOut(file: string): void {
  const map = JSON.parse(readFileSync(file, 'utf8')) as { sources: string[]; sourcesContent: unknown[] };
  if (!map.sources.some(isOthers)) return;
  const sourcesContent = map.sourcesContent.map((text, at) => (isOthers(map.sources[at]) ? null : text));
  writeFileSync(file, JSON.stringify({ ...map, sourcesContent }));
}

function isOthers(source = ''): boolean {
  return source.includes('/node_modules/');
}
