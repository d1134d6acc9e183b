import { copyFileSync } from 'node:fs';
import type { Options } from 'tsup';
import { library } from '../../tsup.base.ts';

const config: Options = {
  ...library(['src/index.ts', 'src/main.ts', 'src/observe/index.ts']),
  // zod is in the bundle, what is used of it: as a package it is a hundred files, read and compiled at every start.
  onSuccess: async () => copyFileSync('node_modules/zod/LICENSE', 'dist/zod.LICENSE'),
};
export default config;
