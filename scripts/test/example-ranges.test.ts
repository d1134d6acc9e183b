import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { outdatedExamples } from '../example-ranges.mjs';
import { manifest, smallRepository } from './small-repository.ts';

const example = (range: string): string =>
  `${JSON.stringify({ private: true, dependencies: { '@acme/leaf': range, 'p-queue': '^9.0.0' } }, undefined, 2)}\n`;

test('outdatedExamples: the examples ask for the packages as they are (node scripts/example-ranges.mjs)', () => {
  expect(outdatedExamples()).toEqual([]);
});

test.each([
  { version: '0.0.0', range: '^0.1.0' },
  { version: '0.2.3', range: '^0.2.0' },
  { version: '3.1.4', range: '^3.1.0' },
])('outdatedExamples: of version $version, $range is asked for', ({ version, range }) => {
  const root = smallRepository({
    'packages/leaf/package.json': manifest('@acme/leaf', { version }),
    'examples/old/package.json': example('^0.0.1'),
    'examples/new/package.json': example(range),
  });
  onTestFinished(() => rmSync(root, { recursive: true }));
  expect(outdatedExamples(root)).toEqual([
    { path: join(root, 'examples', 'old', 'package.json'), text: example(range) },
  ]);
});
