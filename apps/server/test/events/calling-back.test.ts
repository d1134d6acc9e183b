import { describe, expect, test } from 'vitest';
import type { Server } from '../../src/index.ts';
import { memoryServer } from '../peer.ts';

const count = (text: string, number: number): string[] =>
  Array.from({ length: number }, (_, index) => `${text}${index}`);

/** Closes at the event that `when` admits, once. */
function closesAt(
  server: Server,
  name: 'line' | 'send' | 'chunk' | 'entry' | 'join' | 'turn' | 'rounds' | 'fault',
  when: (event: Record<string, unknown>) => boolean = () => true,
): void {
  const listener = (event: unknown): void => {
    if (!when(event as Record<string, unknown>)) return;
    server.off(name, listener);
    void server.close({ reason: 'enough' });
  };
  server.on(name, listener);
}

describe('a listener that calls back', () => {
  test.each(['line', 'send', 'chunk', 'entry', 'turn', 'rounds'] as const)(
    'Telling: closes at a %s: what was read is answered, and BYE is the last line',
    async (name) => {
      const order = name === 'turn' || name === 'rounds' ? 'strict' : 'free';
      const { server, join } = await memoryServer({ order, clients: 1 });
      const peer = join();
      await peer.line(/^\* WELCOME/);
      await peer.say('first').line('FIRST');
      closesAt(server, name);
      await peer.say(...count('a', 60)).end();
      expect(peer.replies.slice(1)).toEqual(count('A', 60));
      expect(peer.lines.slice(-2)).toEqual(['* QUIT - enough', '* BYE enough'].slice(-2));
      expect(await server.closed).toMatchObject({ reason: 'enough', forced: [] });
    },
  );

  test('Telling: closes while a line goes out to many: each gets it before BYE', async () => {
    const { server, join } = await memoryServer({ order: 'free', deliver: 'others' });
    const peers = [join(), join(), join()];
    for (const peer of peers) await peer.line(/^\* WELCOME/);
    closesAt(server, 'send', ({ line }) => line === '* MSG 1 HELLO');
    peers[0]?.say('hello');
    await Promise.all(peers.map((peer) => peer.end()));
    for (const peer of peers.slice(1))
      expect(peer.lines.slice(-3)).toEqual(['* MSG 1 HELLO', '* QUIT - enough', '* BYE enough']);
  });

  test('Telling: closes at a fault: its answer comes before BYE', async () => {
    const { server, join } = await memoryServer({ order: 'free' });
    const peer = join();
    closesAt(server, 'fault');
    await peer.say('a', 'b\u0001', 'c').end();
    expect(peer.lines.slice(1)).toEqual([
      'A',
      expect.stringMatching(/^\* ERR FRAME_BAD_BYTE /),
      'C',
      '* QUIT - enough',
      '* BYE enough',
    ]);
  });

  test('Telling: events that a listener sets off are told behind those that were there', async () => {
    const { server, join } = await memoryServer({ order: 'free' });
    const told: string[] = [];
    server.on('join', ({ seat }) => {
      if (seat === 1) join();
      told.push(`join ${seat}`);
    });
    server.on('send', ({ seat, line }) => told.push(`to ${seat}: ${line}`));
    const first = join();
    await first.line('* JOIN 2 - memory:2');
    expect(told.filter((text) => /^join|WELCOME/.test(text))).toEqual([
      'join 1',
      'to 1: * WELCOME 1 1 main 1',
      'join 2',
      'to 2: * WELCOME 2 1 main 1',
    ]);
  });

  test('Server: a second close() in a listener to the first forces', async () => {
    const { server, join } = await memoryServer({ order: 'free', graceMs: 60_000 });
    const deaf = join();
    await deaf.line(/^\* WELCOME/);
    server.on('quit', () => void server.close());
    void server.close();
    expect(await server.closed).toMatchObject({ clean: [], forced: [{ seat: 1 }] });
  });
});
