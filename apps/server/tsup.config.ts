import { copyFileSync, cpSync, existsSync } from 'node:fs';
import type { Options } from 'tsup';
import { library } from '../../tsup.base.ts';

/** The live page, if it was built. */
const PAGE = '../page/dist';

const config: Options = {
  ...library(['src/index.ts', 'src/main.ts', 'src/observe/index.ts', 'src/cluster/snapshot-worker.ts']),
  // zod is in the bundle, what is used of it: as a package it is a hundred files, read and compiled at every start.
  onSuccess: async () => {
    copyFileSync('node_modules/zod/LICENSE', 'dist/zod.LICENSE');
    if (existsSync(PAGE)) cpSync(PAGE, 'dist/page', { recursive: true });
  },
};
export default config;
