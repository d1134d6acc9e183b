import { expect, test } from 'vitest';
import { commandSettings } from '../../src/command/command-options.ts';
import { flagOf } from '../../src/command/flags.ts';
import { autoName } from '../../src/command/open-cluster.ts';
import { MOST_SHARED_LINE_BYTES } from '../../src/options/options.ts';

const join = 'nats://127.0.0.1';
const roomy = { maxOutboxBytes: 1_073_741_824, maxQueuedLines: 8 };

test.each([
  [
    { join, ...roomy, maxLineBytes: MOST_SHARED_LINE_BYTES + 1 },
    'Cannot start with --max-line-bytes 65001: with --join, expected at most 65000',
  ],
  [
    { join, maxQueuedLines: 1_000 },
    'Cannot start with --max-outbox-bytes 1048576: with --join, expected at least 2560000, for 1000 lines of 1024 bytes',
  ],
  [{ joinCreds: '/creds' }, 'Cannot start with --join-creds: pass --join too'],
])('commandSettings: %o is refused', (options, text) => {
  expect(() => commandSettings(options, flagOf)).toThrow(text);
});

test('commandSettings: with --join, a line may be as long as fits into an entry of the log; without, longer', () => {
  const longest = { ...roomy, maxLineBytes: MOST_SHARED_LINE_BYTES };
  expect(commandSettings({ join, ...longest }).maxLineBytes).toBe(65_000);
  expect(commandSettings({ ...longest, maxLineBytes: 2_000_000 }).maxLineBytes).toBe(2_000_000);
});

test('autoName: whatever the machine is called, it is a name that --node allows', () => {
  expect(autoName('web-1.example', 6677)).toBe('web-1.example-6677');
  for (const machine of ['my mac', 'é', '', 'x'.repeat(64)]) {
    const node = autoName(machine, 65_535);
    expect(commandSettings({ join, node }).node).toBe(node);
  }
});
