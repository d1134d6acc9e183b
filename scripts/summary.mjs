import { existsSync, readFileSync } from 'node:fs';
import { join, relative } from 'node:path';

/**
 * Adds up what the test runs of these folders reported in `.report/*.json`: a line for each report, then one for each
 * test that failed with why, and the sum last. What a CI keeps of a long log is its end.
 */
export function summary(folders) {
  const total = { passed: 0, failed: 0, skipped: 0 };
  const runs = [];
  const failures = [];
  for (const folder of folders) {
    for (const name of ['test', 'dist', 'root']) {
      const file = join(folder, '.report', `${name}.json`);
      if (!existsSync(file)) continue;
      const report = JSON.parse(readFileSync(file, 'utf8'));
      // A file that could not be loaded has no test that failed.
      const failed = report.success ? 0 : Math.max(1, report.numFailedTests);
      runs.push(`${join(folder, name).padEnd(26)} ${report.numPassedTests} passed, ${failed} failed`);
      if (failed > 0) failures.push(...report.testResults.flatMap(failuresOf));
      total.passed += report.numPassedTests;
      total.failed += failed;
      total.skipped += report.numPendingTests;
    }
  }
  const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : '';
  const sum = `${total.passed} passed, ${total.failed} failed${skipped}`;
  const parts = [runs, failures, [sum]].filter((lines) => lines.length > 0);
  return {
    text: parts.map((lines) => lines.join('\n')).join('\n\n'),
    isGreen: total.failed === 0 && total.passed > 0,
  };
}

function failuresOf({ name, status, message, assertionResults }) {
  const file = relative('', name);
  const failed = assertionResults.filter((test) => test.status === 'failed');
  if (status === 'failed' && failed.length === 0) return [`failed: ${file}\n  ${reason(message)}`];
  return failed.map((test) => `failed: ${file} > ${test.fullName}\n  ${reason(test.failureMessages[0])}`);
}

/** The message of an error in one line, without its stack. */
function reason(text) {
  const [message] = (text ?? '').trim().split(/\n\s+at /);
  return message.replaceAll(/\s*\n\s*/g, ' | ').slice(0, 600);
}
