import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { tests } from '../../vitest.base.ts';

/** For each mutant: without what is slow whatever is left out of it, and a short fuzz. */
const config: ViteUserConfig = mergeConfig(tests(), {
  test: {
    exclude: ['test/huge.test.ts', 'test/peers.test.ts', 'test/browser/**', 'test/interop/**'],
    env: { FUZZ_SECONDS: '0.3' },
    reporters: ['default'],
  },
});
export default config;
