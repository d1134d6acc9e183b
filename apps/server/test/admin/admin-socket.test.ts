import { existsSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join as joinPath } from 'node:path';
import { afterAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ActionsOwner, Level } from '../../src/admin/actions.ts';
import { AdminSocket } from '../../src/admin/admin-socket.ts';
import { durationMs, durationText } from '../../src/admin/duration.ts';
import { type Server, type ServerOptions } from '../../src/index.ts';
import { logJson, serverMetrics, showOnConsole } from '../../src/observe/index.ts';
import { memoryServer, Peer } from '../peer.ts';

const folder = mkdtempSync(joinPath(tmpdir(), 'proto-admin-'));
afterAll(() => rmSync(folder, { recursive: true }));
let paths = 0;

interface Desk {
  readonly server: Server;
  readonly join: (host?: string) => Peer;
  readonly path: string;
  readonly admin: AdminSocket;
  /** Says a command, and returns the lines of the answer. */
  readonly ask: (command: string) => Promise<string[]>;
  readonly operator: Peer;
}

/** A server and its operator. */
async function desk(options: ServerOptions = {}): Promise<Desk> {
  const { server, join } = await memoryServer({ order: 'free', ...options });
  const path = joinPath(folder, `${++paths}`);
  let level: Level = 'log';
  const owner: ActionsOwner = {
    quit: (reason) => void server.close({ reason }),
    drain: (reason) => void server.drain({ reason }),
    reload: () => server.reload(),
    level: () => level,
    setLevel: (next) => {
      level = next;
      return Promise.resolve();
    },
  };
  const admin = new AdminSocket(server, path, owner);
  await admin.listen();
  onTestFinished(() => admin.close());
  const operator = new Peer(connect(path));
  const ask = async (command: string): Promise<string[]> => {
    const { length } = operator.lines;
    await operator.say(command).until(({ lines }) => /^(?:ok|error)/.test(lines.slice(length).at(-1) ?? ''));
    return operator.lines.slice(length);
  };
  return { server, join, path, admin, ask, operator };
}

describe('AdminSocket', () => {
  test('AdminSocket: only its own user can open it, and it is gone at the end', async () => {
    const before = process.umask();
    const { path, admin } = await desk();
    expect(statSync(path).mode & 0o777).toBe(0o600);
    expect(process.umask()).toBe(before);
    await admin.close();
    expect(existsSync(path)).toBe(false);
  });

  test('AdminSocket: lists, kicks, bans, says, and answers each command', async () => {
    const { join, ask } = await desk();
    const ann = await join('192.0.2.1')
      .say('/name ann')
      .line(/^\* NAME/);
    const bob = await join('192.0.2.2').say('/join side').line(/side/);
    const eve = await join('192.0.2.3').line(/^\* WELCOME/);
    expect(await ask('list')).toEqual([
      '* 1 main/1 ann 192.0.2.1:1 0',
      '* 3 main/3 - 192.0.2.3:3 0',
      '* 2 side/1 - 192.0.2.2:2 0',
      'ok 3 clients',
    ]);
    expect(await ask('LIST side')).toEqual(['* 2 side/1 - 192.0.2.2:2 0', 'ok 1 client']);
    expect(await ask('say  back at noon')).toEqual(['ok said to 3 clients']);
    expect(await ask('say @side hello')).toEqual(['ok said to 1 client']);
    await bob.line('* SAY hello');
    expect(await ask('kick main/3 too loud')).toEqual(['ok client 3 kicked']);
    await eve.end();
    expect(eve.lines.at(-1)).toBe('* BYE too loud');
    expect(await ask('ban 192.0.2.2/31 90m')).toEqual(['ok 192.0.2.2/31 banned for 90m, 1 client kicked']);
    await bob.end();
    expect(await ask('bans')).toEqual([
      expect.stringMatching(/^\* 192\.0\.2\.2\/31 1h (?:30|29)m$/),
      'ok 1 ban',
    ]);
    expect(await ask('unban 192.0.2.2/31')).toEqual(['ok 192.0.2.2/31 may come in again']);
    await ann.line('* SAY back at noon');
    expect(ann.lines).not.toContain('* SAY hello');
    expect(await ask('level')).toEqual(['ok log']);
    expect([await ask('level xray'), await ask('level')]).toEqual([['ok xray'], ['ok xray']]);
    expect(await ask('reload')).toEqual(['* reloaded: nothing', 'ok reloaded']);
    expect((await ask('help')).at(-1)).toBe('ok 11 commands');
  });

  test('AdminSocket: docs/operating.md shows what an operator says and gets', async () => {
    const { server, join, ask } = await desk();
    await join('192.0.2.7')
      .say('/name ann')
      .line(/^\* NAME/);
    const other = await join('198.51.100.3').line(/^\* WELCOME/);
    server.hold('main', true);
    await other.say('a', 'b', 'c', 'd', 'e', '/ping').line(/^\* PONG/);
    const document = readFileSync(new URL('../../../../docs/operating.md', import.meta.url), 'utf8');
    const [, session = ''] = /```console\n(\$ proto-server admin .*?)```/s.exec(document) ?? [];
    const parts = session.split(/^\$ proto-server admin \S+ /m).slice(1);
    expect(parts.length).toBe(2);
    for (const part of parts) {
      const [command = '', ...want] = part.trimEnd().split('\n');
      // Numbers of clients and ports are those of an example.
      const plain = (line: string): string => line.replace(/^\d+ main/, 'N main').replace(/:\d+ /, ':PORT ');
      const got = (await ask(command)).map((line) => line.replace(/^(?:\*|ok) /, ''));
      expect(got.map(plain)).toEqual(want.map(plain));
    }
  });

  test.each([
    ['', 'error  is not a command. Try help'],
    ['kik 1', 'error kik is not a command. Did you mean kick? Try help'],
    ['__proto__', 'error __proto__ is not a command. Try help'],
    ['kick', 'error Cannot kick : there is no such client. Expected a number of list, or ROOM/SEAT'],
    ['kick 99', 'error Cannot kick 99: there is no such client. Expected a number of list, or ROOM/SEAT'],
    [
      'kick main/9',
      'error Cannot kick main/9: there is no such client. Expected a number of list, or ROOM/SEAT',
    ],
    ['ban', 'error Cannot ban : expected an address or a CIDR block'],
    ['ban here', 'error Cannot ban here: expected an address or a CIDR block'],
    [
      'ban 192.0.2.1 soon',
      'error Cannot ban 192.0.2.1 for soon: expected a duration such as 90s, 10m, 2h or 7d',
    ],
    [
      'ban 192.0.2.1 1h 2h',
      'error Cannot ban 192.0.2.1 for 1h: expected a duration such as 90s, 10m, 2h or 7d',
    ],
    [
      'ban 192.0.2.1 999d',
      'error Cannot ban 192.0.2.1 for 86313600000 ms: expected an integer from 1 to 31536000000',
    ],
    ['unban 192.0.2.1', 'error Cannot unban 192.0.2.1: it is not banned. Try bans'],
    ['say', 'error Cannot say nothing: expected say [@ROOM] TEXT'],
    ['say @none hello', 'error Cannot say it to room none: nobody is there'],
    [`say ${'x'.repeat(1_025)}`, /^error Cannot say "x+": expected HT and 0x20 to 0x7E, at most 1024 bytes$/],
    [`quit ${'x'.repeat(1_025)}`, /^error Cannot close with reason "x+": expected HT/],
    ['level loud', 'error Cannot show loud: expected none, log, xray'],
    ['caf\u00e9', /^error Cannot read frame: /],
  ])('AdminSocket: %j is refused', async (command, want) => {
    const { ask, server } = await desk();
    expect(await ask(command)).toEqual([typeof want === 'string' ? want : expect.stringMatching(want)]);
    expect(server.isAccepting).toBe(true);
    expect(await ask('bans')).toEqual(['ok 0 bans']);
  });

  test('AdminSocket: drains, then quits, once each', async () => {
    const { ask, server, operator } = await desk({ drainMs: 60_000 });
    expect(await ask('drain maintenance')).toEqual(['ok not ready, closing in 60000 ms']);
    expect([server.isDraining, server.isReady]).toEqual([true, false]);
    expect(await ask('drain')).toEqual(['error Cannot drain: it is draining already. Try quit']);
    operator.say('quit now', 'quit again');
    await operator.line('error Cannot close: it is closing already');
    expect((await server.closed).reason).toBe('now');
  });

  test('AdminSocket: half a command is none', async () => {
    const { operator, server } = await desk();
    operator.duplex.end('quit');
    await operator.end();
    expect(operator.lines).toEqual([expect.stringMatching(/^error Cannot read frame: it was cut off/)]);
    expect(server.isAccepting).toBe(true);
  });

  test('AdminSocket: one who reads no answers is not read, and harms nobody', async () => {
    const { path, ask } = await desk();
    const deaf = connect(path);
    onTestFinished(() => void deaf.destroy());
    deaf.on('error', () => {}).pause();
    while (deaf.write('help\n'.repeat(1_000))) await new Promise(setImmediate);
    for (let passes = 0; passes < 100; passes++) await new Promise(setImmediate);
    expect(deaf.writableLength).toBeGreaterThan(0);
    expect(await ask('bans')).toEqual(['ok 0 bans']);
  });

  test('AdminSocket: a ninth operator is cut', async () => {
    const { path } = await desk();
    const others = Array.from({ length: 8 }, () => new Peer(connect(path)));
    for (const other of others) other.say('bans');
    await Promise.all(others.slice(0, 7).map((other) => other.line('ok 0 bans')));
    await others[7]!.gone();
    expect(others[7]!.lines).toEqual([]);
    for (const other of others) other.duplex.destroy();
  });

  test('admin: what changes something is in the console, the log and the metrics; a question is not', async () => {
    const { server, ask } = await desk();
    const shown: string[] = [];
    showOnConsole(server, { write: (line) => shown.push(line), colour: false });
    const logged: string[] = [];
    logJson(server, { write: (line) => logged.push(line), text: false });
    const metrics = serverMetrics(server);
    for (const command of [
      'list',
      'help',
      'bans',
      'level',
      'nope',
      'kick 9 you\x09there',
      'level none',
      'reload',
    ])
      await ask(command);
    expect(shown.filter((line) => line.startsWith('operator: '))).toEqual([
      'operator: kick 9 you\\tthere',
      'operator: level none',
      'operator: reload',
    ]);
    const events = logged.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(events.filter(({ event }) => event === 'admin').map(({ command }) => command)).toEqual([
      'kick 9 you\tthere',
      'level none',
      'reload',
    ]);
    expect(await metrics.metrics()).toContain('proto_admin_commands_total{verb="kick"} 1');
  });
});

test.each([
  ['90s', 90_000, '1m 30s'],
  ['10m', 600_000, '10m'],
  ['25h', 90_000_000, '1d 1h'],
  ['7d', 604_800_000, '7d'],
])('durationMs, durationText: %s', (text, ms, shown) => {
  expect([durationMs(text), durationText(ms)]).toEqual([ms, shown]);
});

test.each(['', '0s', '5', 's', '-1s', '1.5h', '1h30m', '1w'])('durationMs: %j is none', (text) => {
  expect(durationMs(text)).toBe(undefined);
});
