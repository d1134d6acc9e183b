import { describe, expect, test } from 'vitest';
import { connect } from '../../src/library/connect.ts';
import { has } from '../needs.ts';
import { serve } from '../scripted-server.ts';
import { startNaiveServer } from '../naive-server.ts';

describe.runIf(has('python3', '--version', 'the naive server'))('--classic on the naive server', () => {
  test('connect: three clients in lockstep, each sentence one write, each read its answer', async () => {
    await using server = await startNaiveServer();
    const { port } = server;
    const clients = [];
    for (let i = 0; i < 3; i++) clients.push(await connect({ port, classic: true }));
    const asked = clients.map((client, i) =>
      Promise.all(['a', '/who', '* c'].map((line) => client.ask(`${line} ${i}`))),
    );
    expect(await Promise.all(asked)).toEqual([0, 1, 2].map((i) => [`A ${i}`, `/WHO ${i}`, `* C ${i}`]));
    for (const client of clients) await client.end();
    const rounds = ['a', '/who', '* c'].flatMap((line) => [0, 1, 2].map((i) => `'${line} ${i}'`));
    expect(await server.heard).toEqual(rounds);
  });
});

describe('--classic', () => {
  test('connect: waits for the answer before the next write', async () => {
    const chunks: string[] = [];
    await using server = await serve(async (socket) => {
      for await (const chunk of socket) {
        chunks.push(String(chunk));
        socket.write(String(chunk).toUpperCase());
      }
      socket.end();
    });
    const client = await connect({ port: server.port, classic: true });
    const asked = ['a', 'b', 'c'].map((line) => client.ask(line));
    client.halfClose();
    expect([client.owed, client.held, client.isHalfClosed]).toEqual([3, 2, false]);
    expect(await Promise.all(asked)).toEqual(['A', 'B', 'C']);
    expect([client.owed, client.held, client.isHalfClosed]).toEqual([0, 0, true]);
    expect(chunks).toEqual(['a', 'b', 'c']);
    expect(await client.ended).toEqual({ bye: undefined, unanswered: 0, asked: true, error: undefined });
  });

  test('connect: quit may be answered by the end of the stream', async () => {
    await using server = await serve((socket) => void socket.once('data', () => socket.end()));
    const client = await connect({ port: server.port, classic: true });
    await client.quit();
    expect(await client.ended).toEqual({ bye: undefined, unanswered: 0, asked: true, error: undefined });
  });

  test('connect: refuses an empty sentence, which would be no bytes at all', async () => {
    await using server = await serve(() => {});
    await using client = await connect({ port: server.port, classic: true });
    expect(() => client.say('')).toThrow(
      'Cannot send an empty sentence: without a terminator it has no bytes',
    );
  });
});
