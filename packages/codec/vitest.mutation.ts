import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { tests } from '../../vitest.base.ts';

/** The quick files first: most mutants end with the first test that fails. */
const SLOW = [
  'fuzz',
  'take-binary',
  'encode',
  'take',
  'every-split',
  'decode',
  'length-prefixed',
  'presets',
  'stuffed',
  'memory',
  'charset',
];

const rank = ({ moduleId }: TestSpecification): number =>
  SLOW.findIndex((name) => moduleId.endsWith(`/${name}.test.ts`));

class QuickFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return files.toSorted((a, b) => rank(a) - rank(b) || a.moduleId.localeCompare(b.moduleId));
  }
}

/** For each mutant: without what is slow whatever is left out of it, and with fewer cases. */
const config: ViteUserConfig = mergeConfig(tests(), {
  test: {
    exclude: ['test/huge.test.ts', 'test/peers.test.ts', 'test/browser/**', 'test/interop/**'],
    env: { FUZZ_SECONDS: '0.3', MUTANTS: '1' },
    reporters: ['default'],
    sequence: { sequencer: QuickFirst },
  },
});
export default config;
