import type { Options } from 'tsup';
import { library } from '../../tsup.base.ts';

const config: Options = library([
  'src/index.ts',
  'src/dump/index.ts',
  'src/queue/index.ts',
  'src/rounds/index.ts',
  'src/testing/index.ts',
]);
export default config;
