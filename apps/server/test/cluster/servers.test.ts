import { describe, expect, onTestFinished, test, vi } from 'vitest';
import { createServer, MemoryListener, type NodeChange } from '../../src/index.ts';
import { logJson, showOnConsole } from '../../src/observe/index.ts';
import type { Peer } from '../peer.ts';
import { serversOf } from './sharing.ts';

describe('servers that share their rooms', () => {
  test('Server: three clients, each on another server, take strict turns', async () => {
    const servers = await serversOf(['a', 'b', 'c'], { clients: 3 });
    const peers: Peer[] = [];
    for (const { join } of servers) {
      const peer = join();
      await peer.line(/^\* WELCOME/);
      peers.push(peer);
    }
    const [one, two, three] = peers;
    three!.say('third');
    two!.say('second');
    await one!.line('* TURN 1');
    one!.say('first', 'fourth');
    await one!.line('FOURTH');
    await two!.line('SECOND');
    await three!.line('THIRD');
    expect(peers.map(({ replies }) => replies)).toEqual([['FIRST', 'FOURTH'], ['SECOND'], ['THIRD']]);
  });

  test('Server: with deliver all everybody sees one order', async () => {
    const servers = await serversOf(['a', 'b', 'c'], { order: 'free', deliver: 'all' });
    const peers = servers.map(({ join }) => join());
    for (const peer of peers) await peer.line(/^\* WELCOME/);
    for (let n = 0; n < 200; n++) for (const [i, peer] of peers.entries()) peer.say(`${i}-${n}`);
    // Its own lines come back to a client as answers.
    const heard = ({ lines }: Peer): string[] =>
      lines.flatMap((line) => /^(?:\* MSG \d )?(\d-\d+)$/.exec(line)?.[1] ?? []);
    for (const peer of peers) await peer.until((self) => heard(self).length === 600);
    expect(heard(peers[1]!)).toEqual(heard(peers[0]!));
    expect(heard(peers[2]!)).toEqual(heard(peers[0]!));
  });

  test('Server: a quit on one server closes the clients of all, and every server', async () => {
    const servers = await serversOf(['a', 'b'], { order: 'free' });
    const [one, two] = servers.map(({ join }) => join());
    await one!.line(/^\* WELCOME/);
    await two!.line(/^\* WELCOME/);
    two!.say('last words', '/quit good night');
    const reports = await Promise.all(servers.map(({ server }) => server.closed));
    expect(reports.map(({ scope, reason, clean }) => [scope, reason, clean.length])).toEqual([
      ['all', 'good night', 1],
      ['all', 'good night', 1],
    ]);
    expect(two!.replies).toEqual(['LAST WORDS']);
    expect(one!.lines.slice(-2)).toEqual(['* QUIT 2 good night', '* BYE good night']);
  });

  test('Server: one that closes ends its own clients; the others go on without them', async () => {
    const servers = await serversOf(['a', 'b'], { clients: 2 });
    const [one, two] = servers.map(({ join }) => join());
    await one!.line(/^\* WELCOME/);
    await two!.line('* TURN 1');
    two!.say('after you');
    const [a, b] = servers;
    const changes: NodeChange[] = [];
    b!.server.on('node', (change) => changes.push(change));
    await a!.server.close({ reason: 'maintenance' });
    await a!.node.part();
    await two!.line('AFTER YOU');
    expect(one!.lines.at(-1)).toBe('* BYE maintenance');
    expect(changes).toEqual([{ node: 'a', state: 'left', nodes: ['b'] }]);
    expect(servers[1]!.node.status()).toMatchObject({ nodes: ['b'], gone: 0 });
    expect(servers[1]!.server.isAccepting).toBe(true);
  });

  test('Server: one kicks a client of another, and says something to the clients of all', async () => {
    const [a, b] = await serversOf(['a', 'b'], { order: 'free' });
    const one = await a!.join().line(/^\* WELCOME/);
    const two = await b!.join().line(/^\* WELCOME/);
    await one.line(/^\* JOIN/);
    a!.server.say('soon');
    await two.line('* SAY soon');
    const client = [...a!.server.people()].find(({ seat }) => seat === 2)!.client;
    expect(a!.server.kick(client, 'enough')).toBe(true);
    await two.end();
    await one.line('* LEAVE 2 enough');
    expect(two.lines.at(-1)).toBe('* BYE enough');
    await one.say('still here').line('STILL HERE');
  });

  test('showOnConsole, logJson: tell which servers share the rooms, and whom a server closes', async () => {
    const [a, b] = await serversOf(['a', 'b']);
    const lines: string[] = [];
    showOnConsole(a!.server, { write: (line) => lines.push(line), colour: false });
    const objects: unknown[] = [];
    logJson(a!.server, { text: false, write: (line) => objects.push(JSON.parse(line)) });
    await b!.join().line(/^\* WELCOME/);
    await vi.waitFor(() => expect(lines).toHaveLength(1));
    expect(lines.splice(0)).toEqual(['client 1 connected to node b, 1 of 3']);
    objects.length = 0;
    await b!.server.close({ reason: 'maintenance' });
    await b!.node.part();
    await vi.waitFor(() =>
      expect(lines).toEqual(['client 1 left: maintenance', 'node b has left: a is alone']),
    );
    objects.shift();
    expect(objects).toEqual([
      expect.objectContaining({ event: 'node', node: 'b', state: 'left', nodes: ['a'] }),
    ]);
    await a!.server.close({ reason: 'over' });
    expect(lines[2]).toBe('the server quits (over): this closes its own clients, 0 told here');
  });

  test('showOnConsole: the first line is where it listens, whatever other servers do meanwhile', async () => {
    const server = createServer({}, new MemoryListener());
    onTestFinished(() => server[Symbol.asyncDispose]());
    const lines: string[] = [];
    showOnConsole(server, { write: (line) => lines.push(line), colour: false });
    server.emit('node', { node: 'b', state: 'up', nodes: ['a', 'b'] });
    server.emit('away', { isAway: true, ms: 2_000 });
    await server.listen();
    server.emit('node', { node: 'b', state: 'gone', nodes: ['a'] });
    expect(lines[0]).toMatch(/^listening on /);
    expect(lines.at(-1)).toBe('node b is gone: a is alone');
  });

  test('Server: a client that reads is not dropped for what comes all at once', async () => {
    const servers = await serversOf(['a', 'b'], { order: 'free', deliver: 'all' });
    const drops: string[] = [];
    for (const { server } of servers) server.on('drop', ({ reason }) => drops.push(reason));
    const peers = Array.from({ length: 60 }, (_, n) => servers[n % 2]!.join());
    for (const peer of peers) await peer.line(/^\* WELCOME/);
    servers[0]!.server.hold('main', true);
    const lines = Array.from({ length: 64 }, (_, n) => `line ${n} ${'x'.repeat(100)}`);
    for (const peer of peers) peer.say(...lines);
    await vi.waitFor(() => expect(servers[0]!.server.load().queuedLines).toBe(60 * 64), { timeout: 20_000 });
    servers[0]!.server.hold('main', false);
    for (const peer of peers) await peer.until(({ replies }) => replies.length === 64);
    expect(drops).toEqual([]);
  });

  test('Server: relays to a client of another server, and counts whom it serves itself', async () => {
    const servers = await serversOf(['a', 'b'], { order: 'free' });
    const [one, two] = servers.map(({ join }) => join());
    await one!.line(/^\* WELCOME/);
    await two!.line(/^\* WELCOME/);
    one!.say('/to 2 psst');
    await two!.line('* MSG 1 PSST');
    expect(servers.map(({ server }) => server.counts.linesIn)).toEqual([1, 0]);
    expect(servers[0]!.server.shared?.nodeOf(2 ** 32 + 1)).toBe('b');
  });

  test('Server: while the log is out of reach it lets nobody in, and who is in stays and is answered later', async () => {
    const [a] = await serversOf(['a'], { order: 'free' });
    const one = a!.join();
    await one.line(/^\* WELCOME/);
    const changes: boolean[] = [];
    a!.server.on('away', ({ isAway }) => changes.push(isAway));
    a!.log.isStill = true;
    one.say('hello');
    await vi.waitFor(() => expect(changes).toEqual([true]), { timeout: 20_000 });
    expect(a!.server.isAccepting).toBe(false);
    const two = a!.join();
    await two.end();
    expect(two.lines).toEqual([
      '* ERR SERVER_AWAY Cannot let you in: the other servers cannot be reached. Try again',
      '* BYE refused',
    ]);
    expect(one.replies).toEqual([]);
    a!.log.isStill = false;
    await one.line('HELLO');
    await vi.waitFor(() => expect(changes).toEqual([true, false]), { timeout: 20_000 });
    expect(a!.server.isAccepting).toBe(true);
  });

  test('Server: the turn deadline of a client is that of its own server', async () => {
    const servers = await serversOf(['a', 'b'], { clients: 2, turnTimeoutMs: 200 });
    const [one, two] = servers.map(({ join }) => join());
    await one!.line(/^\* WELCOME/);
    await two!.line('* TURN 1');
    two!.say('b');
    await two!.line('* SKIP 1 waited 200 ms');
    await two!.line('B');
    expect(servers.map(({ server }) => server.counts.skips)).toEqual([1, 0]);
  });
});
