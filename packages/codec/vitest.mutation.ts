import type { ViteUserConfig } from 'vitest/config';

/**
 * For `pnpm mutation`: the tests that need no other program, and a short fuzz for every mutant. Imports nothing
 * from outside of the package, since Stryker runs it in a copy of the folder.
 */
const config: ViteUserConfig = {
  test: {
    include: ['test/*.test.ts'],
    exclude: ['test/peers.test.ts'],
    testTimeout: 60_000,
    env: { FUZZ_SECONDS: '0.3' },
  },
};
export default config;
