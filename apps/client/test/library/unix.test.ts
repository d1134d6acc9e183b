import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import { connect } from '../../src/index.ts';
import { upper } from '../scripted-server.ts';

const folder = mkdtempSync(join(tmpdir(), 'unix-'));
afterAll(() => rmSync(folder, { recursive: true }));

describe('connect with a socket', () => {
  test('connect: speaks over a Unix domain socket', async () => {
    const path = join(folder, 'good');
    const server = createServer({ allowHalfOpen: true }, (socket) => void upper(socket));
    server.listen(path);
    await once(server, 'listening');
    const client = await connect({ socket: path });
    expect(await client.ask('hello')).toBe('HELLO');
    await client.end();
    server.close();
  });

  test.each<[string, () => string, string]>([
    [
      'nothing there',
      () => join(folder, 'none'),
      'there is no such socket. Start the server, or give another path',
    ],
    [
      'a file',
      () => {
        writeFileSync(join(folder, 'file'), '');
        return join(folder, 'file');
      },
      // Linux refuses the connection, macOS says what it is.
      '',
    ],
  ])('connect: rejects with UNREACHABLE and the path: %s', async (_, make, state) => {
    const path = make();
    await expect(connect({ socket: path })).rejects.toMatchObject({
      code: 'UNREACHABLE',
      message: expect.stringContaining(`Cannot connect to ${path}: ${state}`),
    });
  });
});
