import { once } from 'node:events';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { inspect } from 'node:util';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { createServer, type ServerOptions } from '../../src/index.ts';
import { Token } from '../../src/door/token.ts';
import { memoryServer, type Peer, tcpServer } from '../peer.ts';

const folder = mkdtempSync(joinPath(tmpdir(), 'proto-token-'));
afterAll(() => rmSync(folder, { recursive: true }));

const TOKEN = 's3cret token';
let files = 0;

function fileOf(content: string, mode = 0o600): string {
  const path = joinPath(folder, String(++files));
  writeFileSync(path, content);
  chmodSync(path, mode);
  return path;
}

const gated = (options: ServerOptions = {}): ReturnType<typeof memoryServer> =>
  memoryServer({ order: 'free', tokenFile: fileOf(`${TOKEN}\n`), ...options });

const REQUIRED = '* ERR AUTH_REQUIRED Cannot accept this yet: the server requires a token. Send /auth TOKEN';
const FAILED = '* ERR AUTH_FAILED Cannot let you in: wrong token';

describe('a token', () => {
  test('server: the right one lets in, and what comes behind it in the same chunk is served', async () => {
    const { join } = await gated();
    const peer = join().say(`/auth ${TOKEN}`, 'one', 'two');
    await peer.line('TWO');
    expect(peer.lines).toEqual(['* WELCOME 1 1 main 1', 'ONE', 'TWO']);
  });

  test('server: cut anywhere, with LF or CRLF, the result is the same', async () => {
    const { join } = await gated({ quit: 'self' });
    for (const wire of [`/auth ${TOKEN}\none\n`, `/auth ${TOKEN}\r\none\r\n`]) {
      for (let cut = 1; cut < wire.length; cut++) {
        const peer = join();
        peer.duplex.write(wire.slice(0, cut));
        await new Promise(setImmediate);
        peer.duplex.write(wire.slice(cut));
        await peer.line('ONE');
        expect(peer.lines).toEqual([expect.stringMatching(/^\* WELCOME 1 1 main 1$/), 'ONE']);
        peer.say('/quit');
        await peer.end();
      }
    }
  });

  test('server: a doubled byte 0xFF behind the token stays one at fault, wherever the cut', async () => {
    const { join } = await gated({ quit: 'self' });
    const wire = `/auth ${TOKEN}\na\xff\xff\xfab\nlast\n`;
    for (let cut = 1; cut <= wire.length; cut++) {
      const peer = join();
      peer.duplex.write(wire.slice(0, cut), 'latin1');
      await new Promise(setImmediate);
      peer.duplex.write(wire.slice(cut), 'latin1');
      await peer.line('LAST');
      expect(peer.lines.slice(1)).toEqual([expect.stringMatching(/^\* ERR FRAME_BAD_BYTE /), 'LAST']);
      peer.say('/quit');
      await peer.end();
    }
  });

  test('server: a client that sends everything and half-closes is answered', async () => {
    const { join } = await gated();
    const peer = join().say(`/auth ${TOKEN}`, 'one');
    peer.duplex.end();
    await peer.until(({ ended }) => ended);
    expect(peer.lines).toEqual(['* WELCOME 1 1 main 1', 'ONE', '* BYE end of input']);
  });

  test.each([
    { name: 'a message', line: 'hello' },
    { name: 'a command', line: '/who' },
    { name: 'nothing', line: '' },
    { name: 'an escaped message', line: '//auth x' },
    { name: 'a verb that begins like it', line: `/authx ${TOKEN}` },
    { name: 'a token behind no space', line: `/auth\t${TOKEN}` },
    { name: 'the token alone', line: TOKEN },
    { name: 'bytes that are no line', line: 'a\0b' },
    { name: 'a line that is too long', line: 'x'.repeat(2_000) },
  ])('server: $name before it is refused, and nobody hears of it', async ({ line }) => {
    const { server, join } = await gated();
    const insider = join().say(`/auth ${TOKEN}`);
    await insider.line(/^\* WELCOME/);
    const heard: string[] = [];
    for (const name of ['join', 'line', 'fault', 'send', 'turn'] as const)
      server.on(name, () => heard.push(name));
    const peer = join().say(line);
    await peer.line(REQUIRED);
    expect(peer.lines).toEqual([REQUIRED]);
    expect(heard).toEqual([]);
    expect(insider.lines).toEqual(['* WELCOME 1 1 main 1']);
    expect([...server.status()]).toMatchObject([{ have: 1 }]);
    peer.say(`/AUTH ${TOKEN}`);
    await peer.line('* WELCOME 2 1 main 1');
  });

  test.each([
    { name: 'another', shown: 'secret token' },
    { name: 'a part', shown: TOKEN.slice(0, -1) },
    { name: 'more', shown: `${TOKEN} ` },
    { name: 'another case', shown: TOKEN.toUpperCase() },
    { name: 'none', shown: '' },
  ])('server: three times $name, and the connection is over', async ({ shown }) => {
    const { server, join } = await gated();
    const [joined, refused] = [vi.fn<() => void>(), once(server, 'refuse')];
    server.on('join', joined);
    const peer = join().say(...Array.from({ length: 3 }, () => `/auth ${shown}`), `/auth ${TOKEN}`);
    await peer.end();
    expect(peer.lines).toEqual([FAILED, FAILED, FAILED, '* BYE refused']);
    expect(joined).not.toHaveBeenCalled();
    expect((await refused)[0]).toMatchObject({ code: 'AUTH_FAILED' });
  });

  test('server: a flood of other lines is over at maxErrors, and one without an end at 64 KiB', async () => {
    const { join } = await gated({ maxErrors: 5 });
    const lines = join().say(...Array.from({ length: 1_000 }, () => 'hello'));
    await lines.end();
    expect(lines.lines).toEqual([...Array.from({ length: 5 }, () => REQUIRED), '* BYE refused']);
    const endless = join();
    endless.duplex.write('x'.repeat(70_000));
    await endless.end();
    expect(endless.lines).toEqual([
      REQUIRED,
      '* ERR AUTH_REQUIRED Too much input: 65536 bytes without a token. Closing',
      '* BYE refused',
    ]);
  });

  test.each(['quit', '/quit at once'])(
    'server: %s ends that connection, and the server goes on',
    async (line) => {
      const { server, join } = await gated({ quit: 'all' });
      const peer = join().say(line);
      await peer.end();
      expect(peer.lines).toEqual([`* BYE ${line.replace('/quit ', '')}`]);
      expect(server.isAccepting).toBe(true);
      await join()
        .say(`/auth ${TOKEN}`)
        .line(/^\* WELCOME/);
    },
  );

  test('server: who shows none in time is sent away; who shows one stays', async () => {
    const { join } = await gated({ authTimeoutMs: 50 });
    const [silent, drips, member] = [join(), join(), join().say(`/auth ${TOKEN}`)];
    drips.duplex.write('/auth s3');
    await Promise.all([silent.end(), drips.end()]);
    for (const { lines } of [silent, drips]) {
      expect(lines).toEqual([
        '* ERR AUTH_REQUIRED No token within 50 ms: closing. Send /auth TOKEN first',
        '* BYE refused',
      ]);
    }
    await member.say('still here').line('STILL HERE');
  });

  test('server: a stranger counts as a client, until it has gone', async () => {
    const { join } = await gated({ maxClients: 1 });
    const stranger = join();
    const full = join();
    await full.end();
    expect(full.lines[0]).toMatch(/^\* ERR SERVER_FULL /);
    stranger.duplex.destroy();
    await new Promise(setImmediate);
    await join()
      .say(`/auth ${TOKEN}`)
      .line(/^\* WELCOME/);
  });

  test('server: an HTTP request is cut without an answer', async () => {
    const { server, join } = await gated();
    const cut = once(server, 'cut');
    const peer = join();
    peer.duplex.write(`POST / HTTP/1.1\r\nHost: x\r\n\r\n/auth ${TOKEN}\r\nquit\r\n`);
    await peer.gone();
    expect(peer.raw).toBe('');
    expect((await cut)[0]).toMatchObject({ code: 'HTTP' });
  });

  test('server: a stranger is sent away once, if a listener closes the server because of its wrong token', async () => {
    const { server, join } = await gated();
    const refused = vi.fn<() => void>();
    server.on('refuse', refused);
    server.on('wrongToken', () => void server.close());
    const peer = join().say('/auth wrong');
    await peer.end();
    expect(peer.lines).toEqual(['* BYE server closed']);
    expect(refused).not.toHaveBeenCalled();
  });

  test('server: a quit of the server sends strangers away too', async () => {
    const { server, join } = await gated();
    const stranger = join();
    await Promise.all([server.close({ reason: 'SIGTERM' }), stranger.end()]);
    expect(stranger.lines).toEqual(['* BYE SIGTERM']);
  });

  test('server: with events off the error is bare, and the right token is met with silence', async () => {
    const { join } = await gated({ events: 'off' });
    const peer = join().say('hello', `/auth ${TOKEN}`, 'hello');
    await peer.line('HELLO');
    expect(peer.lines).toEqual([REQUIRED.slice(2), 'HELLO']);
  });

  test('server: over TCP too, with 64 lines behind it', async () => {
    const { join } = await tcpServer({ order: 'free', tokenFile: fileOf(TOKEN) });
    const lines = Array.from({ length: 64 }, (_, at) => `line ${at}`);
    const peer: Peer = (await join()).say(`/auth ${TOKEN}`, ...lines);
    await peer.until(({ replies }) => replies.length === 64);
    expect(peer.replies).toEqual(lines.map((line) => line.toUpperCase()));
  });

  test('server: it is in no event and no setting, whoever sends it when', async () => {
    const { server, join } = await gated();
    const open = await memoryServer({ order: 'free' });
    const seen: unknown[] = [];
    for (const one of [server, open.server]) {
      seen.push(one.settings, inspect(one, { depth: 9, showHidden: true }));
      for (const name of ['join', 'line', 'fault', 'send', 'turn', 'refuse', 'cut', 'warning'] as const) {
        one.on(name, (event: unknown) => seen.push(name, event));
      }
    }
    const peer = join().say(`/auth ${TOKEN}`, `/auth ${TOKEN}`, `/auth\t${TOKEN}`, 'end');
    await peer.line('END');
    const other = open.join().say(`/auth ${TOKEN}`, 'end');
    await other.line('END');
    expect(peer.lines).toContain('* ERR BAD_ARGUMENT Cannot accept a token: you are already in');
    expect(other.lines).toContain('* ERR BAD_ARGUMENT Cannot accept a token: this server requires none');
    expect(seen).toContainEqual(expect.objectContaining({ text: '/auth ...' }));
    expect(JSON.stringify([seen, peer.lines, other.lines])).not.toMatch(/s3c/i);
  });

  test('server: a new one is for clients to come', async () => {
    const tokenFile = fileOf('old');
    const { server, join } = await gated({ tokenFile });
    const before = join().say('/auth old');
    await before.line(/^\* WELCOME/);
    writeFileSync(tokenFile, 'new\n');
    const reloaded = once(server, 'reload');
    await server.reload();
    expect((await reloaded)[0]).toEqual({ what: 'token' });
    await join().say('/auth old').line(FAILED);
    await join()
      .say('/auth new')
      .line(/^\* WELCOME/);
    await before.say('still here').line('STILL HERE');
    const warned = once(server, 'warning');
    writeFileSync(tokenFile, '');
    await server.reload();
    expect((await warned)[0]).toEqual({
      text: `Cannot take the new tokenFile ${tokenFile}: it is empty. Write a token into it. The old one stays`,
    });
    await join()
      .say('/auth new')
      .line(/^\* WELCOME/);
  });
});

describe('the file of a token', () => {
  test.each([
    { content: 'abc', token: 'abc' },
    { content: 'abc\n', token: 'abc' },
    { content: 'abc\r\n', token: 'abc' },
    { content: ' abc \n', token: ' abc ' },
  ])('Token: $content is $token', async ({ content, token }) => {
    const read = await Token.read(fileOf(content), 100);
    expect(read.is(token)).toBe(true);
    expect(read.is(`${token}x`)).toBe(false);
    expect(read.warnings).toEqual([]);
  });

  test.each([
    { content: '', error: 'it is empty. Write a token into it' },
    { content: '\n', error: 'it is empty. Write a token into it' },
    { content: 'a\nb\n', error: 'expected one line of ASCII' },
    { content: 'ä', error: 'expected one line of ASCII' },
    { content: 'x'.repeat(101), error: 'it has 101 bytes, but a client can send only 100 in a line' },
    { content: 'x'.repeat(70_000), error: 'it has more than 65536 bytes' },
  ])('Token: "$content.length" bytes are refused', async ({ content, error }) => {
    const path = fileOf(content);
    await expect(Token.read(path, 100)).rejects.toThrow(`Cannot start with tokenFile ${path}: ${error}`);
  });

  test('Token: no file is one clear error', async () => {
    const server = createServer({ port: 0, tokenFile: '/not/there' });
    await expect(server.listen()).rejects.toThrow(
      'Cannot start with tokenFile /not/there: there is no such file',
    );
  });

  test('Token: a file that everybody can read is worth a warning', async () => {
    const path = fileOf('abc', 0o644);
    expect((await Token.read(path, 100)).warnings).toEqual([
      `Anyone on this machine can read the token in ${path}: chmod 600 it`,
    ]);
  });
});
