import fs, { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect, createServer as createNetServer } from 'node:net';
import { once } from 'node:events';
import { syncBuiltinESMExports } from 'node:module';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test, vi } from 'vitest';
import { createServer, type Server, type ServerOptions } from '../../src/index.ts';
import { Peer } from '../peer.ts';

const folder = mkdtempSync(join(tmpdir(), 'proto-'));
afterAll(() => rmSync(folder, { recursive: true }));

let sockets = 0;
const fresh = (): string => join(folder, `${++sockets}.sock`);

async function listening(socket: string, options: ServerOptions = {}): Promise<Server> {
  const server = createServer({ order: 'free', socket, ...options });
  expect(await server.listen()).toBe(socket);
  onTestFinished(async () => void (await server.close()));
  return server;
}

async function dial(path: string): Promise<Peer> {
  const socket = connect({ path, allowHalfOpen: true });
  await once(socket, 'connect');
  return new Peer(socket);
}

describe('a Unix domain socket', () => {
  test('server: serves, half-close included, and takes the file away when it closes', async () => {
    const path = fresh();
    const server = await listening(path);
    const joined = once(server, 'join');
    const peer = (await dial(path)).say('hello');
    peer.duplex.end();
    await peer.until(({ ended }) => ended);
    expect(peer.lines).toEqual(['* WELCOME 1 1 main 1', 'HELLO', '* BYE end of input']);
    expect((await joined)[0]).toMatchObject({ address: 'unix:1' });
    await server.close();
    expect(existsSync(path)).toBe(false);
  });

  test('server: has the defaults of a loopback address, whatever the host is', async () => {
    const { settings } = await listening(fresh(), { host: '0.0.0.0' });
    expect(settings).toMatchObject({ quit: 'all', maxClientsPerAddress: 'none', turnTimeoutMs: 'never' });
  });

  test('server: a socket that nobody answers on is taken over', async () => {
    const path = fresh();
    const dead = createNetServer().listen(path);
    await once(dead, 'listening');
    // What a process that was killed leaves behind: the file, and nobody behind it.
    const kept = join(folder, 'kept.sock');
    const { linkSync } = await import('node:fs');
    linkSync(path, kept);
    dead.close();
    await once(dead, 'close');
    linkSync(kept, path);
    await listening(path);
    await (await dial(path)).say('hello').line('HELLO');
  });

  test('server: one that somebody answers on is left alone', async () => {
    const path = fresh();
    await listening(path);
    await expect(createServer({ socket: path }).listen()).rejects.toMatchObject({
      code: 'EADDRINUSE',
      message: `Cannot listen on ${path}: another server is listening on it. Stop it, or pass another path`,
    });
    await (await dial(path)).say('hello').line('HELLO');
  });

  test('server: a name of digits is a path, and not a port', async () => {
    const before = process.cwd();
    process.chdir(folder);
    onTestFinished(() => process.chdir(before));
    await listening('6677');
    await (await dial(join(folder, '6677'))).say('hello').line('HELLO');
    await expect(createServer({ socket: '6677' }).listen()).rejects.toMatchObject({ code: 'EADDRINUSE' });
  });

  test.each(['a server', 'a file', 'nothing'])(
    'server: closing leaves alone %s that has come to its path meanwhile',
    async (other) => {
      const path = fresh();
      const first = await listening(path);
      rmSync(path);
      if (other === 'a file') writeFileSync(path, 'precious');
      if (other === 'a server') await listening(path);
      await first.close();
      if (other === 'a server') await (await dial(path)).say('hello').line('HELLO');
      if (other === 'a file') expect(readFileSync(path, 'utf8')).toBe('precious');
      expect(existsSync(path)).toBe(other !== 'nothing');
      expect(readdirSync(folder).filter((name) => name.startsWith(`${basename(path)}.`))).toEqual([]);
    },
  );

  test('server: it closes, even if what has come to its path cannot be put aside', async () => {
    const path = fresh();
    const server = await listening(path);
    const peer = (await dial(path)).say('hello');
    await peer.line('HELLO');
    rmSync(path);
    writeFileSync(path, 'precious');
    const failing = vi.spyOn(fs, 'renameSync').mockImplementation(() => {
      throw Object.assign(new Error('EPERM: operation not permitted'), { code: 'EPERM' });
    });
    syncBuiltinESMExports();
    onTestFinished(() => {
      failing.mockRestore();
      syncBuiltinESMExports();
    });
    await server.close();
    expect(failing).toHaveBeenCalledTimes(1);
    expect(peer.lines.at(-1)).toBe('* BYE server closed');
  });

  test('server: it takes no name that is in use when it puts aside what has come to its path', async () => {
    const path = fresh();
    const server = await listening(path);
    rmSync(path);
    writeFileSync(path, 'precious');
    const other = `${path}.${process.pid}`;
    writeFileSync(other, 'precious too');
    await server.close();
    expect([path, other].map((each) => readFileSync(each, 'utf8'))).toEqual(['precious', 'precious too']);
  });

  test.each([
    {
      name: 'a file',
      at: () => join(folder, 'file'),
      state: 'something else is at that path. Pass another path',
    },
    { name: 'a folder', at: () => folder, state: 'something else is at that path. Pass another path' },
    {
      name: 'no folder',
      at: () => join(folder, 'no', 'folder'),
      state: 'there is no such folder. Create it first',
    },
  ])('server: $name is one clear error, and stays', async ({ at, state }) => {
    writeFileSync(join(folder, 'file'), 'precious');
    await expect(createServer({ socket: at() }).listen()).rejects.toThrow(
      `Cannot listen on ${at()}: ${state}`,
    );
    expect(existsSync(join(folder, 'file'))).toBe(true);
  });

  test.runIf(process.platform === 'linux')(
    'server: a path of 107 bytes is no longer than a path may be',
    async () => {
      const long = join(folder, 'x'.repeat(107 - folder.length - 1));
      const server = await listening(long);
      await server.close();
      const longer = `${long}x`;
      await expect(createServer({ socket: longer }).listen()).rejects.toThrow(
        `Cannot listen on ${longer}: its path has 108 bytes, and a socket may have at most 107. Pass a shorter one`,
      );
    },
  );
});
