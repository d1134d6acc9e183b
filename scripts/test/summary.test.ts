import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { summary } from '../summary.mjs';

let folder: string;

beforeEach(() => {
  folder = relative('', mkdtempSync(join(tmpdir(), 'summary-')));
  mkdirSync(join(folder, '.report'));
});

afterEach(() => rmSync(folder, { recursive: true }));

/** What one run of the tests leaves behind. */
function report(name: string, passed: number, testResults: readonly object[] = [], failed = 0): void {
  const success = testResults.length === 0;
  const numbers = { numPassedTests: passed, numFailedTests: failed, numPendingTests: 0 };
  writeFileSync(
    join(folder, '.report', `${name}.json`),
    JSON.stringify({ success, ...numbers, testResults }),
  );
}

describe('the sum of the tests', () => {
  test('summary: adds up what passed, and says it in its last line', () => {
    report('test', 3);
    report('dist', 2);
    const { text, isGreen } = summary([folder]);
    expect(isGreen).toBe(true);
    expect(text.split('\n').slice(-2)).toEqual(['', '5 passed, 0 failed']);
    expect(text).toContain('3 passed, 0 failed\n');
  });

  test('summary: names each test that failed, and why, in one line', () => {
    const assertionResults = [
      { status: 'passed', fullName: 'quit ends all', failureMessages: [] },
      {
        status: 'failed',
        fullName: 'quit ends one',
        failureMessages: ['Error: python -c\nimport os\nended\n  at a.ts'],
      },
    ];
    report('dist', 1, [{ name: `${process.cwd()}/apps/a.test.ts`, status: 'failed', assertionResults }], 1);
    const { text, isGreen } = summary([folder]);
    expect(isGreen).toBe(false);
    expect(text.split('\n').slice(-4)).toEqual([
      'failed: apps/a.test.ts > quit ends one',
      '  Error: python -c | import os | ended',
      '',
      '1 passed, 1 failed',
    ]);
  });

  test('summary: a file that could not be loaded counts as one that failed, and is named', () => {
    const results = {
      name: `${process.cwd()}/b.test.ts`,
      status: 'failed',
      message: 'No such module x\n  at b',
    };
    report('test', 4, [{ ...results, assertionResults: [] }]);
    const { text, isGreen } = summary([folder]);
    expect(isGreen).toBe(false);
    expect(text).toMatch(/\n\nfailed: b\.test\.ts\n {2}No such module x\n\n4 passed, 1 failed$/);
  });

  test('summary: no report at all is not green', () => {
    expect(summary([folder])).toEqual({ text: '0 passed, 0 failed', isGreen: false });
  });
});
