import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { tests } from '../../vitest.base.ts';

/** For each mutant: without what is slow whatever is left out of it, and a part of the runs of the rest. */
const config: ViteUserConfig = mergeConfig(tests(), {
  test: {
    exclude: [
      'test/examples.test.ts',
      'test/readme.test.ts',
      'test/quit-group.many.test.ts',
      'test/turn-queue.property.test.ts',
    ],
    env: { RUNS_DIVISOR: '20' },
    testTimeout: 5_000,
    reporters: ['default'],
  },
});
export default config;
