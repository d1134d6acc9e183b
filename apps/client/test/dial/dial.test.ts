import { expect, test } from 'vitest';
import { dial } from '../../src/dial/dial.ts';
import { serve } from '../scripted-server.ts';
import { standStill } from '../stand-still.ts';

test('dial: looks whether it is connected before it gives up, where the process stood still', async () => {
  await using server = await serve(() => {});
  const dialled = dial({ host: '127.0.0.1', port: server.port, timeoutMs: 1000 }, (socket) => socket);
  // After the system has been asked to connect: it does so while this process stands still.
  process.nextTick(() => standStill(1500));
  const socket = await dialled;
  expect(socket.readyState).toBe('open');
  socket.destroy();
});
