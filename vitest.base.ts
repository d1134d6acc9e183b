import { defineConfig, type ViteUserConfig } from 'vitest/config';

/** Tests run from source. `test/dist/**` needs a build first and is a task of its own: `test:dist`. */
export function tests(): ViteUserConfig {
  const dist = process.env['TEST_DIST'] === '1';
  // What takes long is no part of the gate: `npm run many:faults` runs it.
  const nightly = process.env['FAULTS'] === 'full' ? [] : ['test/dist/**/nightly/**'];
  return defineConfig({
    ssr: { resolve: { conditions: dist ? [] : ['@proto/source'] } },
    test: {
      include: [dist ? 'test/dist/**/*.test.ts' : 'test/**/*.test.ts'],
      exclude: dist ? nightly : ['test/dist/**'],
      // A hang is found, a slow machine is not a fault.
      testTimeout: 60_000,
      hookTimeout: 60_000,
      reporters: ['default', ['json', { outputFile: dist ? '.report/dist.json' : '.report/test.json' }]],
    },
  });
}
