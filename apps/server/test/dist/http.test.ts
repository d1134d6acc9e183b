import { describe, expect, test } from 'vitest';
import { Client } from './client.ts';
import { start } from './command.ts';

describe('an HTTP request', () => {
  test.each([
    { name: 'a POST', path: '/' },
    { name: 'a POST with a request line longer than a line may be', path: `/${'p'.repeat(2_000)}` },
  ])('proto-server: obeys nothing in $name, and nobody else notices', async ({ path }) => {
    const { child, port } = await start('--clients', '2', '--log-text', 'on');
    const [first, second] = [await Client.in(port), await Client.in(port)];
    const request = fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', body: 'quit\nquit\n' });
    await expect(request).rejects.toThrow('fetch failed');
    await first.line('* LEAVE 3 spoke HTTP');
    const console = await child.line(/^cut .* HTTP/);
    expect(console).toMatch(
      /^cut 127\.0\.0\.1:\d+: Cannot serve it: it spoke HTTP\. Nothing in it was executed$/,
    );
    first.say('a');
    second.say('b');
    await Promise.all([first.line('A'), second.line('B')]);
    await first.sync();
    await child.line('client 1 < * PONG sync-1');
    const seen = first.lines.filter((line) => !/^\* (WELCOME|WAIT|TURN|PONG)/.test(line));
    expect(seen.filter((line) => !/^\* JOIN [23] - 127\.0\.0\.1:\d+$/.test(line))).toEqual([
      '* LEAVE 3 spoke HTTP',
      'A',
    ]);
    const ofThird = child.lines.filter((line) => line.startsWith('client 3 >'));
    expect(ofThird).toEqual([]);
    expect(child.stdout).not.toContain('quit\n');
  });
});
