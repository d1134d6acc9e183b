// Mutation tests, the same for each package that has a `stryker.config.mjs`: `pnpm --filter @proto/codec mutation`. Stryker
// runs in the folder of the package, whose `vitest.mutation.ts` says which tests a mutant has to pass.

export default {
  testRunner: 'vitest',
  plugins: ['@stryker-mutator/vitest-runner'],
  vitest: { configFile: 'vitest.mutation.ts' },
  mutate: ['src/**/*.ts', '!src/**/index.ts'],
  // A copy of the folder would have no `../../vitest.base.ts`.
  inPlace: true,
  tempDirName: '.report/stryker',
  coverageAnalysis: 'perTest',
  concurrency: 2,
  timeoutMS: 3_000,
  // What the tests took at first was with coverage of each, which a mutant is spared.
  timeoutFactor: 0.8,
  allowEmpty: false,
  reporters: ['clear-text', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  jsonReporter: { fileName: '.report/mutation.json' },
  thresholds: { high: 95, low: 90, break: 85 },
};
