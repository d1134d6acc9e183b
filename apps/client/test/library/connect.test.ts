import { expect, test } from 'vitest';
import { type ClientError, connect, type ConnectOptions } from '../../src/index.ts';
import { serve, upper } from '../scripted-server.ts';

const refusal = (code: string): unknown => expect.objectContaining({ name: 'ClientError', code });

test('connect: rejects with UNREACHABLE when nobody listens', async () => {
  const server = await serve(() => {});
  const { port } = server;
  await server[Symbol.asyncDispose]();
  const failed = await connect({ port }).catch((error: unknown) => error);
  expect(failed).toEqual(refusal('UNREACHABLE'));
  expect((failed as ClientError).message).toBe(
    `Cannot connect to 127.0.0.1:${port}: no server is listening there. Start the server, or give another host:port`,
  );
  expect((failed as ClientError).cause).toMatchObject({ code: 'ECONNREFUSED' });
});

test('connect: rejects with UNREACHABLE when the name does not resolve', async () => {
  // RFC 6761: no resolver may know this name.
  await expect(connect({ host: 'nobody..invalid', port: 1 })).rejects.toEqual(refusal('UNREACHABLE'));
});

test.each([{ port: 0 }, { port: 65_536 }, { maxLineBytes: 0 }, { maxEvents: 1.5 }])(
  'connect: refuses %o at once',
  (options) => {
    expect(() => connect(options)).toThrow(RangeError);
  },
);

test('connect: rejects with ABORTED for a signal, before and after', async () => {
  await using server = await serve(upper);
  const reason = new Error('enough');
  await expect(connect({ port: server.port, signal: AbortSignal.abort(reason) })).rejects.toMatchObject({
    code: 'ABORTED',
    cause: reason,
  });
  const controller = new AbortController();
  const client = await connect({ port: server.port, signal: controller.signal });
  controller.abort(reason);
  expect((await client.ended).error).toMatchObject({ code: 'ABORTED', cause: reason });
});

test.each([
  [{ events: false }, 'Cannot connect with events false: expected on or off'],
  [{ prot: 1 }, 'Cannot connect with "prot": there is no such option'],
  ['localhost:7000', 'Cannot connect with "localhost:7000": expected an object such as { host, port }'],
  [null, 'Cannot connect with "null": expected an object such as { host, port }'],
])('connect: refuses %j of a caller without types', (options, message) => {
  expect(() => connect(options as ConnectOptions)).toThrow(message);
});
