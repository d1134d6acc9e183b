import { execFileSync } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test, vi } from 'vitest';
import { Child } from './child.ts';
import { Client } from './client.ts';
import { MAIN, portOf } from './command.ts';

const folder = mkdtempSync(join(tmpdir(), 'proto-admin-'));
afterAll(() => rmSync(folder, { recursive: true }));

const admin = (path: string, ...words: string[]): Child =>
  new Child(process.execPath, [MAIN, 'admin', path, ...words]);

/** The bytes of a text in UTF-8, one a character, as `endInput` takes them. */
const bytesOf = (text: string): string => Buffer.from(text).toString('latin1');

/** The server, and where its operator speaks to it. */
async function started(
  name: string,
  ...flags: string[]
): Promise<{ child: Child; path: string; port: number }> {
  const path = join(folder, name);
  const child = new Child(process.execPath, [
    MAIN,
    '--port',
    '0',
    '--order',
    'free',
    '--admin',
    path,
    ...flags,
  ]);
  return { child, path, port: portOf(await child.line(/^listening on /)) };
}

describe('proto-server admin', () => {
  test('proto-server admin: one command, its answer and its exit code', async () => {
    const { child, path, port } = await started('one');
    expect(statSync(path).mode & 0o777).toBe(0o600);
    const client = await Client.in(port);
    const list = admin(path, 'list');
    expect(await list.exit).toEqual({ code: 0, signal: null });
    expect(list.lines).toEqual([expect.stringMatching(/^1 main\/1 - 127\.0\.0\.1:\d+ 0$/), '1 client']);
    const wrong = admin(path, 'kick', '9');
    expect(await wrong.exit).toEqual({ code: 1, signal: null });
    expect(wrong.stderr).toMatch(/^Cannot kick 9: there is no such client/);
    // Words are one command, whatever is in them.
    expect(await admin(path, 'say', 'soon\nquit').exit).toEqual({ code: 0, signal: null });
    await client.line('* SAY soon quit');
    expect(await admin(path, 'quit', 'good', 'night').exit).toEqual({ code: 0, signal: null });
    await client.end();
    expect(client.lines.at(-1)).toBe('* BYE good night');
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(child.lines).toContain('operator: quit good night');
    const late = admin(path, 'list');
    expect(await late.exit).toEqual({ code: 69, signal: null });
    expect(late.stderr).toBe(
      `Cannot reach ${path}: there is no such socket. Start the server with --admin and this path\n`,
    );
  });

  test('proto-server admin: commands from a pipe, one after the other', async () => {
    const { child, path } = await started('pipe', '--drain-ms', '60000');
    const all = admin(path).endInput('bans\n\nban 192.0.2.1 1h\nnope\nbans\ndrain\n');
    expect(await all.exit).toEqual({ code: 1, signal: null });
    expect(all.lines).toEqual([
      '0 bans',
      '192.0.2.1 banned for 1h, 0 clients kicked',
      expect.stringMatching(/^192\.0\.2\.1 (?:1h|59m 59s)$/),
      '1 ban',
      'not ready, closing in 60000 ms',
    ]);
    expect(all.stderr).toBe('nope is not a command. Try help\n');
    // As after SIGTERM: the next signal skips the rest.
    child.kill('SIGTERM');
    expect(await child.exit).toEqual({ code: 0, signal: null });
  });

  test('proto-server admin: no character of a text becomes a line end', async () => {
    const { child, path } = await started('line-ends');
    const refused = /^Cannot read frame: byte 0x[CE]\d is not allowed/;
    // U+010A and U+010D end in the bytes of a line end; U+2028 is one for readline.
    for (const end of ['\u010a', '\u010d', '\u2028']) {
      const one = admin(path, 'say', `one${end}quit`);
      expect(await one.exit).toEqual({ code: 1, signal: null });
      expect(one.stderr).toMatch(refused);
      const two = admin(path).endInput(bytesOf(`say two${end}quit\nbans\n`));
      expect(await two.exit).toEqual({ code: 1, signal: null });
      expect(two.stderr).toMatch(refused);
      expect(two.lines).toEqual(['0 bans']);
    }
    expect(await admin(path, 'quit').exit).toEqual({ code: 0, signal: null });
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(child.lines.filter((line) => line.startsWith('operator: '))).toEqual(['operator: quit']);
  });

  test('proto-server admin: a server that still waits for its token can be told to quit', async () => {
    const token = join(folder, 'token.pipe');
    execFileSync('mkfifo', [token]);
    // Somebody who writes nothing.
    const writer = openSync(token, 'r+');
    const path = join(folder, 'waiting');
    const child = new Child(process.execPath, [MAIN, '--port', '0', '--admin', path, '--token-file', token]);
    await vi.waitFor(() => expect(existsSync(path)).toBe(true), 5_000);
    const quit = admin(path, 'quit');
    expect(await quit.exit).toEqual({ code: 0, signal: null });
    expect(quit.lines).toEqual(['closing']);
    expect(await child.exit).toEqual({ code: 0, signal: null });
    closeSync(writer);
  });

  test('proto-server admin: level shows every byte, or nothing', async () => {
    const { child, path, port } = await started('level');
    const client = await Client.in(port);
    await child.line(/^client 1 connected/);
    const level = async (word: string): Promise<void> =>
      expect(await admin(path, 'level', word).exit).toEqual({ code: 0, signal: null });
    client.say('unseen one');
    await client.line('UNSEEN ONE');
    await level('xray');
    client.say('seen');
    await child.line(/SEEN/);
    await level('none');
    client.say('unseen two');
    await client.line('UNSEEN TWO');
    await level('log');
    client.say('unseen three', 'quit');
    expect(await child.exit).toEqual({ code: 0, signal: null });
    expect(child.stdout).not.toMatch(/unseen/i);
    expect(child.lines.filter((line) => line.startsWith('operator: '))).toEqual([
      'operator: level xray',
      'operator: level none',
      'operator: level log',
    ]);
  });

  test('proto-server admin: a path that is a number is no port, and an empty one is none', async () => {
    const { child, port } = await started('port');
    const number = admin(String(port), 'list');
    expect(await number.exit).toEqual({ code: 69, signal: null });
    expect(number.stderr).toMatch(/^Cannot reach \d+: there is no such socket/);
    expect(child.lines.filter((line) => line.includes('connected'))).toEqual([]);
    const empty = admin('');
    expect(await empty.exit).toEqual({ code: 64, signal: null });
    expect(empty.stderr).toMatch(/^proto-server admin PATH/);
  });

  test('proto-server admin: a path that is no socket, or none, is one clear error', async () => {
    const path = join(folder, 'file');
    writeFileSync(path, '');
    expect(await admin(path, 'list').exit).toEqual({ code: 69, signal: null });
    const none = new Child(process.execPath, [MAIN, 'admin']);
    expect(await none.exit).toEqual({ code: 64, signal: null });
    expect(none.stderr).toMatch(/^proto-server admin PATH \[COMMAND\.\.\.\]: /);
    const taken = new Child(process.execPath, [MAIN, '--port', '0', '--admin', path]);
    expect(await taken.exit).toEqual({ code: 69, signal: null });
    expect(taken.stderr).toBe(
      `Cannot listen on ${path}: something else is at that path. Pass another path\n`,
    );
  });
});
