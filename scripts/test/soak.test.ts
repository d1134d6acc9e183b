import { spawnSync } from 'node:child_process';
import { expect, test } from 'vitest';

test('soak: everybody is answered and nothing is left over, in two seconds as in twenty minutes', () => {
  const { stdout, stderr } = spawnSync(process.execPath, ['scripts/soak.mjs'], {
    encoding: 'utf8',
    env: { ...process.env, SOAK_SECONDS: '2', SOAK_CLIENTS: '60' },
  });
  expect(stderr).toBe('');
  // The heap is a figure of a long run: in a short one the compiler is still at work.
  const verdicts = stdout.trimEnd().split('\n').slice(-3);
  expect(verdicts).toEqual([
    expect.stringMatching(/^lines without an answer +0 +0 +ok$/),
    expect.stringMatching(/^clients and rooms left over +0 +0 +ok$/),
    expect.stringMatching(/^exit code of the server +0 +0 +ok$/),
  ]);
});
