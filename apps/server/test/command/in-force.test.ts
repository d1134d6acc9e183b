import { expect, test } from 'vitest';
import { configure } from '../../src/command/configuration.ts';
import { textInForce } from '../../src/command/in-force.ts';
import { memoryLimit } from '../../src/options/memory-limit.ts';

/** The row of `--print-config` with this option. */
function row(key: string, ...argv: string[]): string | undefined {
  return textInForce(configure(argv, {}), 1_000)
    .split('\n')
    .find((line) => line.startsWith(`${key} `))
    ?.replace(/ +/g, ' ');
}

test('in force: the memory that is left to the server is a number, and says where it comes from', () => {
  const { bytes, by } = memoryLimit();
  const most = Math.floor(bytes / 4);
  expect(row('maxMemoryBytes')).toBe(`maxMemoryBytes ${most} default: a quarter of ${bytes}, ${by}`);
  expect(row('maxMemoryBytes', '--max-memory-bytes', 'auto')).toBe(
    `maxMemoryBytes ${most} --max-memory-bytes: a quarter of ${bytes}, ${by}`,
  );
  expect(row('maxMemoryBytes', '--max-memory-bytes', '5000000')).toBe(
    'maxMemoryBytes 5000000 --max-memory-bytes',
  );
});
