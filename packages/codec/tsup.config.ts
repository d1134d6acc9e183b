import type { Options } from 'tsup';
import { library } from '../../tsup.base.ts';

const config: Options = {
  ...library([
    'src/index.ts',
    'src/framings/index.ts',
    'src/json/index.ts',
    'src/length-prefixed/index.ts',
    'src/stuffed/index.ts',
    'src/presets/index.ts',
    'src/node/index.ts',
    'src/web/index.ts',
    'src/testing/index.ts',
  ]),
  plugins: [
    {
      // A built file imports whatever its own imports need, so that all of it runs in order. This package has no side
      // effects, and bundlers warn of imports for nothing else. The line stays, for the source map.
      name: 'no-bare-imports',
      renderChunk: (code) => ({ code: code.replaceAll(/^import "\.[^"]*\/chunk-\w+\.js";$/gm, '') }),
    },
  ],
};
export default config;
