import type { Options } from 'tsup';
import { library } from '../../tsup.base.ts';

const config: Options = library([
  'src/index.ts',
  'src/framings/index.ts',
  'src/presets/index.ts',
  'src/node/index.ts',
  'src/web/index.ts',
  'src/testing/index.ts',
]);
export default config;
