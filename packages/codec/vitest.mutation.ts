import { mergeConfig, type ViteUserConfig } from 'vitest/config';
import { BaseSequencer, type Reporter, type TestModule, type TestSpecification } from 'vitest/node';
import type { RunnerTask, RunnerTestFile } from 'vitest';
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

/** Stryker looks at tests only. A file that can't even be loaded has failed: some make their framings before any test runs. */
class FilesToo implements Reporter {
  onTestModuleEnd(file: TestModule): void {
    const { task } = file as unknown as { readonly task: RunnerTestFile };
    const error = file.errors()[0];
    const [first] = task.tasks;
    if (error === undefined || first !== undefined) return;
    const name = 'is loaded';
    const test = { type: 'test', id: `${task.id}_0`, name, mode: 'run', file: task, suite: task, meta: {} };
    task.tasks.push({ ...test, result: { state: 'fail', errors: [error] } } as unknown as RunnerTask);
  }
}

/** For each mutant: without what is slow whatever is left out of it, and with fewer cases. */
const config: ViteUserConfig = mergeConfig(tests(), {
  test: {
    exclude: ['test/huge.test.ts', 'test/peers.test.ts', 'test/browser/**', 'test/interop/**'],
    env: { FUZZ_SECONDS: '0.3', MUTANTS: '1' },
    reporters: ['default', new FilesToo()],
    sequence: { sequencer: QuickFirst },
  },
});
export default config;
