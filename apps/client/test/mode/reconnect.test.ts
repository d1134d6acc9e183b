import { expect, test } from 'vitest';
import { ClientError } from '../../src/dial/client-error.ts';
import { connect } from '../../src/library/connect.ts';
import type { Ending } from '../../src/library/ending.ts';
import { Backoff } from '../../src/mode/reconnect.ts';
import { impatient } from '../impatient.ts';
import { serve, upper } from '../scripted-server.ts';

test('Backoff: waits twice as long each time, at most 30 s, ten times', () => {
  const backoff = new Backoff(() => 0);
  const waits = Array.from({ length: 11 }, () => backoff.next());
  expect(waits).toEqual([250, 500, 1000, 2000, 4000, 8000, 16_000, 30_000, 30_000, 30_000, undefined]);
  backoff.reset();
  expect(backoff.next()).toBe(250);
});

test('Backoff: less a random part of up to a half', () => {
  for (const random of [0, 0.3, 0.999]) {
    const first = new Backoff(() => random).next()!;
    expect(first).toBeLessThanOrEqual(250);
    expect(first).toBeGreaterThan(125);
    expect(first).toBe(250 * (1 - random / 2));
  }
});

test('Reconnect.connect: goes on trying while nobody is there, and says when', async () => {
  await using server = await serve(upper);
  let tries = 0;
  const { reconnect, said, slept } = impatient(server.port, {
    open: () => (++tries < 3 ? connect({ port: 1 }) : connect({ port: server.port })),
  });
  await using client = await reconnect.connect();
  expect(await client.ask('a')).toBe('A');
  expect(said).toEqual([
    'Cannot connect to 127.0.0.1:1: no server is listening there. Start the server, or give another host:port. Trying again in 0.2 s',
    'Cannot connect to 127.0.0.1:1: no server is listening there. Start the server, or give another host:port. Trying again in 0.4 s',
  ]);
  expect(slept).toEqual([187.5, 375]);
});

test('Reconnect.connect: gives up after ten tries with what was wrong, and at once where it is of no use', async () => {
  const { reconnect, said } = impatient(1);
  await expect(reconnect.connect()).rejects.toMatchObject({ code: 'UNREACHABLE' });
  expect(said).toHaveLength(10);
  const denied = impatient(1, { open: () => Promise.reject(new ClientError('INSECURE', 'no')) });
  await expect(denied.reconnect.connect()).rejects.toMatchObject({ code: 'INSECURE' });
  expect(denied.said).toEqual([]);
});

test('Reconnect.stop: tries no more, in a wait or in the middle of connecting', async () => {
  const { reconnect, said } = impatient(1, {
    sleep: () => {
      reconnect.stop();
      return Promise.resolve();
    },
  });
  await expect(reconnect.connect()).rejects.toMatchObject({ code: 'UNREACHABLE' });
  expect(said).toHaveLength(1);
  await using server = await serve(() => {});
  const other = impatient(1, {
    open: (signal) => {
      const opened = connect({ port: server.port, signal });
      other.reconnect.stop();
      return opened;
    },
  });
  await expect(other.reconnect.connect()).rejects.toMatchObject({ code: 'ABORTED' });
  expect(other.said).toEqual([]);
});

test.each<[string, Partial<Ending>, boolean]>([
  ['cut', { error: new ClientError('CUT', '') }, true],
  ['goodbye that nobody here asked for', { bye: 'signal' }, true],
  ['a quit of ours', { bye: 'quit', asked: true }, false],
  ['closed here', { error: new ClientError('CLOSED', ''), asked: true }, false],
  ['not ours', { error: new ClientError('NOT_OURS', '') }, false],
  ['denied', { error: new ClientError('DENIED', '') }, false],
])('Reconnect.wants: %s', (_, ending, wants) => {
  const whole = { bye: undefined, unanswered: 0, asked: false, error: undefined, ...ending };
  expect(impatient(1).reconnect.wants(whole)).toBe(wants);
});

test('Reconnect.again: begins anew with the waits where the connection had lasted', async () => {
  let now = 0;
  await using server = await serve(upper);
  const { reconnect, slept } = impatient(server.port, { now: () => now });
  const ending = { bye: undefined, unanswered: 0, asked: false, error: new ClientError('CUT', 'cut') };
  for (const lasted of [1, 1, 60_000, 1]) {
    const client = await reconnect.connect();
    now += lasted;
    await client.close();
    await (await reconnect.again(ending)).close();
  }
  expect(slept).toEqual([187.5, 375, 187.5, 375]);
});
