import type { Socket } from 'node:net';
import { Writable } from 'node:stream';
import { expect, test } from 'vitest';
import { connect } from '../../src/index.ts';
import { serve, settled, upper } from '../scripted-server.ts';

test('onSocket: is given the socket before its first byte, and may stand between the lines and it', async () => {
  await using server = await serve(upper);
  const read: string[] = [];
  const written: string[] = [];
  const onSocket = (socket: Socket): Writable => {
    socket.on('data', (chunk: Buffer) => read.push(chunk.toString('latin1')));
    return new Writable({
      write(chunk: Buffer, _, done) {
        written.push(chunk.toString('latin1'));
        socket.write(String(chunk).replaceAll('a', 'b'), done);
      },
      final(done) {
        socket.end(done);
      },
    });
  };
  const client = await connect({ port: server.port, onSocket });
  expect(await client.ask('aha')).toBe('BHB');
  await client.end();
  expect(written).toEqual(['aha\n']);
  expect(read.join('')).toBe('* WELCOME 1 1 main 1\nBHB\n* BYE end\n');
});

test.each(['say', 'halfClose'] as const)(
  'onSocket: a stream may call %s in the middle of a write',
  async (act) => {
    await using server = await serve(upper);
    const written: string[] = [];
    const onSocket = (socket: Socket): Writable =>
      new Writable({
        write(chunk: Buffer, _, done) {
          written.push(chunk.toString('latin1'));
          if (written.length === 1 && act === 'say') void client.say('again');
          if (written.length === 1 && act === 'halfClose') client.halfClose();
          socket.write(chunk, done);
        },
        final(done) {
          socket.end(done);
        },
      });
    const client = await connect({ port: server.port, onSocket });
    expect(await client.ask('once')).toBe('ONCE');
    await client.end();
    expect(written).toEqual(act === 'say' ? ['once\n', 'again\n'] : ['once\n']);
  },
);

test('pause: stops reading until resume, even for one who asks, and nothing is lost', async () => {
  let read = 0;
  await using server = await serve(upper);
  const client = await connect({
    port: server.port,
    onSocket: (socket) => void socket.on('data', (chunk: Buffer) => (read += chunk.length)),
  });
  expect(await client.ask('a')).toBe('A');
  client.pause();
  const before = read;
  const asked = [client.ask('b'), client.ask('c')];
  await settled(() => read);
  expect(read).toBe(before);
  client.resume();
  expect(await Promise.all(asked)).toEqual(['B', 'C']);
  await client.end();
});

test('pause: does not hold up close, nor the end when a write says that the server is gone', async () => {
  await using server = await serve((socket) => {
    socket.write('* WELCOME 1 1 main 1\n');
    socket.once('data', () => socket.resetAndDestroy());
  });
  const client = await connect({ port: server.port });
  client.pause();
  void client.say('a');
  // The first write meets the reset, if reading does not.
  const writing = setInterval(() => void client.say('b').catch(() => {}), 1);
  expect((await client.ended).error).toMatchObject({ code: 'CUT' });
  clearInterval(writing);
  const other = await connect({ port: server.port });
  other.pause();
  await other.close();
  expect((await other.ended).error).toMatchObject({ code: 'CLOSED' });
});
