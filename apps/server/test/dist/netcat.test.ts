import { describe, expect, test } from 'vitest';
import { type Binary, isMissing } from './binary.ts';
import { Child } from './child.ts';
import { type Command, start, take } from './command.ts';

const NETCATS: Binary[] = ['nc.openbsd', 'ncat'];
const SEATS = [1, 2, 3] as const;

type Three = [Child, Child, Child];

/** Three clients with the seats 1, 2 and 3. */
async function connectThree(netcat: Binary, port: number): Promise<Three> {
  const clients: Child[] = [];
  for (const seat of SEATS) {
    const client = new Child(netcat, ['127.0.0.1', String(port)]);
    await client.line(`* WELCOME ${seat} 3 main 1`);
    clients.push(client);
  }
  return clients as Three;
}

/** What the server says it sent to clients, events left out. */
function replies({ child }: Command): string[] {
  return child.lines.filter((line) => /^client \d < (?!\* )/.test(line));
}

describe.each(NETCATS)('%s', (netcat) => {
  test.skipIf(isMissing(netcat))(
    `${netcat}: strict order serves 1, 2, 3, 1, and a line out of turn waits`,
    async () => {
      const server = await start('--log-text', 'on');
      const [first, second, third] = await connectThree(netcat, server.port);
      third.write('c1\nc2\n');
      await server.child.line('client 3 > c2');
      second.write('b1\n');
      await server.child.line('client 2 > b1');
      expect(replies(server)).toEqual([]);
      first.write('a1\na2\n');
      await first.line('A2');
      await first.line('* TURN 2');
      second.write('b2\n');
      await third.line('C2');
      await server.child.line('client 3 < C2');
      expect(replies(server)).toEqual([
        'client 1 < A1',
        'client 2 < B1',
        'client 3 < C1',
        'client 1 < A2',
        'client 2 < B2',
        'client 3 < C2',
      ]);
    },
  );

  for (const seat of SEATS) {
    test.skipIf(isMissing(netcat))(
      `${netcat}: a quit of client ${seat} ends all three, the port and the process`,
      async () => {
        const server = await start();
        const clients = await connectThree(netcat, server.port);
        clients[seat - 1]?.write('quit\n');
        // Every client keeps its standard input open until the server is gone.
        expect(await server.child.exit).toEqual({ code: 0, signal: null });
        await take(server.port);
        for (const client of clients) {
          expect(await client.endInput().exit).toEqual({ code: 0, signal: null });
          expect(client.lines.slice(-2)).toEqual([`* QUIT ${seat} quit`, '* BYE quit']);
        }
        expect(server.child.lines).toContain('closed cleanly: 3: client 1, client 2, client 3');
        expect(server.child.stderr).toBe('');
      },
    );
  }
});

describe('half-close', () => {
  test.skipIf(isMissing('nc.openbsd'))("nc -N: three that send 'hi' and half-close each get HI", async () => {
    const { port } = await start();
    const clients = SEATS.map(() =>
      new Child('nc.openbsd', ['-N', '127.0.0.1', String(port)]).endInput('hi\n'),
    );
    for (const client of clients) {
      expect(await client.exit).toEqual({ code: 0, signal: null });
      expect(client.lines.filter((line) => !line.startsWith('* '))).toEqual(['HI']);
      expect(client.lines.at(-1)).toBe('* BYE end of input');
    }
  });
});
