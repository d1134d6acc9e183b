import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Tests of the repository as a whole: what the documents say, and what the gate catches. */
const config: ViteUserConfig = defineConfig({
  test: {
    include: ['scripts/test/**/*.test.ts'],
    // As in vitest.base.ts.
    testTimeout: 60_000,
    hookTimeout: 60_000,
    reporters: ['default', ['json', { outputFile: '.report/root.json' }]],
  },
});
export default config;
