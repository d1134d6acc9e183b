import { fileURLToPath } from 'node:url';
import { describe, expect, test } from 'vitest';
import { isMissing } from './binary.ts';
import { Child } from './child.ts';
import { start, take } from './command.ts';

const SEED_CLIENT = fileURLToPath(new URL('seed-client.py', import.meta.url));

describe('--classic', () => {
  test.skipIf(isMissing('python3'))(
    'proto-server: one read is one message; the word quit closes everyone and ends it',
    async () => {
      const server = await start('--classic', '--log-text', 'on');
      const clients: Child[] = [];
      for (const seat of [1, 2, 3]) {
        clients.push(new Child('python3', [SEED_CLIENT, String(server.port)]));
        await server.child.line(
          new RegExp(`^client ${seat} connected from 127\\.0\\.0\\.1:\\d+, ${seat} of 3$`),
        );
      }
      const [first, second, third] = clients as [Child, Child, Child];
      second.write('out of turn\n');
      await server.child.line('client 2 > out of turn');
      first.write('a sentence\n');
      await second.line('got OUT OF TURN');
      third.write('the third\n');
      await third.line('got THE THIRD');
      first.write('once more\n');
      await first.line('got ONCE MORE');
      second.write('quit\n');
      expect(await server.child.exit).toEqual({ code: 0, signal: null });
      await take(server.port);
      for (const client of clients) expect(await client.endInput().exit).toEqual({ code: 0, signal: null });
      expect(first.lines).toEqual(['connected', 'got A SENTENCE', 'got ONCE MORE', 'end']);
      expect(second.lines).toEqual(['connected', 'got OUT OF TURN', 'end', 'end']);
      expect(third.lines).toEqual(['connected', 'got THE THIRD', 'end']);
    },
  );
});
