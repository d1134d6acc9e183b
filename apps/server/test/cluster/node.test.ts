import { describe, expect, test } from 'vitest';
import { ClusterNode } from '../../src/cluster/node.ts';
import { Cluster } from './sim.ts';

describe('ClusterNode', () => {
  test('ClusterNode: clients of three nodes take strict turns in one room', async () => {
    const cluster = new Cluster({ clients: 3 });
    const [a, b, c] = await cluster.startAll(3);
    const [one, two, three] = [a!.join(), b!.join(), c!.join()];
    await cluster.pass(50);
    c!.say(three, 'third');
    b!.say(two, 'second');
    await cluster.pass(50);
    expect([b!.replies(two), c!.replies(three)]).toEqual([[], []]);
    a!.say(one, 'first');
    await cluster.pass(50);
    expect([a!.replies(one), b!.replies(two), c!.replies(three)]).toEqual([['FIRST'], ['SECOND'], ['THIRD']]);
    expect(a!.got.get(one)).toContain('* TURN 1');
    const [first] = cluster.nodes;
    for (const node of cluster.nodes) {
      expect(node.served).toEqual(first?.served);
      expect(node.node.ledger.digest).toBe(first?.node.ledger.digest);
    }
  });

  test('ClusterNode: a node that dies is gone after five beats of another, and turns go on', async () => {
    const cluster = new Cluster({ clients: 2 });
    const [a, b] = await cluster.startAll(2);
    const [one, two] = [a!.join(), b!.join()];
    await cluster.pass(50);
    b!.say(two, 'waits');
    a!.isFrozen = true;
    await cluster.pass(1_500);
    expect(b!.replies(two)).toEqual([]);
    await cluster.until(() => b!.replies(two).length === 1, 3_500);
    expect(b!.got.get(two)).toContain('* LEAVE 1 node gone');
    expect(b!.node.nodesGone).toBe(1);
    a!.thaw();
    a!.say(one, 'too late');
    await cluster.pass(1_000);
    expect(a!.failure?.message).toBe('the others have gone on without node a');
    expect(a!.failure?.code).toBe('fenced');
  });

  test('ClusterNode: nobody is gone while the log stands still', async () => {
    const cluster = new Cluster({ clients: 2 });
    const [a, b] = await cluster.startAll(2);
    a!.join();
    await cluster.pass(2_000);
    cluster.log.isStill = true;
    a!.append({ type: 'leave', client: a!.join(), reason: 'reset' });
    await cluster.pass(60_000);
    expect(a!.node.isAway).toBe(true);
    cluster.log.isStill = false;
    await cluster.pass(20_000);
    expect([a!.node.isAway, a!.node.nodesGone, b!.node.nodesGone]).toEqual([false, 0, 0]);
    expect([a!.failure, b!.failure]).toEqual([undefined, undefined]);
  });

  test('ClusterNode: it gives up when the log has not answered for as long as it may', async () => {
    const cluster = new Cluster({ clients: 1 });
    cluster.logTimeoutMs = 30_000;
    const a = await cluster.start('a');
    await cluster.pass(2_000);
    cluster.log.isStill = true;
    await cluster.pass(29_000);
    expect([a.node.isAway, a.failure]).toEqual([true, undefined]);
    await cluster.pass(2_000);
    expect(a.failure).toMatchObject({ code: 'unreachable', exit: 69 });
    expect(a.failure?.message).toBe('the log has not answered for 30000 ms');
  });

  test('ClusterNode: one that joins gives up a log that says nothing', async () => {
    const cluster = new Cluster({ clients: 1 });
    await cluster.start('a');
    cluster.log.isStill = true;
    await expect(cluster.start('b')).rejects.toMatchObject({
      exit: 69,
      message: 'Cannot join: the log has not answered for 30000 ms',
    });
  });

  test('ClusterNode: one that joins a log that cannot be read says so', async () => {
    const cluster = new Cluster({ clients: 1 });
    const log = Object.assign(cluster.log.open(), { newest: () => Promise.reject(new Error('no answer')) });
    const { setup, clock } = cluster;
    const node = new ClusterNode({
      log,
      clock,
      name: 'a',
      incarnation: 'a.1',
      ...setup,
      maxOutboxBytes: 1_048_576,
      failed: () => {},
    });
    const joining = node.join().catch((error: unknown) => error);
    await cluster.pass(31_000);
    expect(await joining).toMatchObject({
      exit: 69,
      message: "Cannot join: the log can't be read: no answer",
    });
  });

  test('ClusterNode: one that joins asks again for a snapshot that the log cannot give yet', async () => {
    const cluster = new Cluster({ clients: 1, order: 'free' });
    const a = await cluster.start('a');
    const log = cluster.log.open();
    const given = [
      () => Promise.resolve(undefined),
      () => Promise.reject(new Error('no leader')),
      () => Promise.resolve(undefined),
    ];
    const newest = log.newest.bind(log);
    Object.assign(log, { newest: () => (given.shift() ?? newest)() });
    const { setup, clock } = cluster;
    const node = new ClusterNode({
      log,
      clock,
      name: 'b',
      incarnation: 'b.1',
      ...setup,
      maxOutboxBytes: 1_048_576,
      failed: () => {},
    });
    const joining = node.join();
    await cluster.pass(5_000);
    expect(await joining).toBe(true);
    expect(a.node.status().nodes).toEqual(['a', 'b']);
    expect(given).toEqual([]);
  });

  test('ClusterNode: entries that cannot be read are said once a minute, and end nobody', async () => {
    const cluster = new Cluster({ clients: 1, order: 'free' });
    const a = await cluster.start('a');
    for (let n = 0; n < 100; n++) void cluster.log.append(n % 2 === 0 ? 'rubbish' : `2 stranger.1 ${n}\n`);
    await cluster.pass(100);
    expect(a.warnings).toHaveLength(1);
    await cluster.pass(60_000);
    void cluster.log.append('rubbish');
    await cluster.pass(100);
    expect(a.warnings).toEqual([
      expect.stringMatching(/^entry \d+ of the log is passed over: it's damaged at character/),
      expect.stringMatching(/^entry \d+ of the log is passed over, as were 99 before it: it's damaged/),
    ]);
    const one = a.join();
    await cluster.pass(50);
    a.say(one, 'hello');
    await cluster.pass(50);
    expect([a.replies(one), a.failure]).toEqual([['HELLO'], undefined]);
  });

  test('ClusterNode: a late copy of an entry that was refused shuts nobody out for long', async () => {
    const cluster = new Cluster({ clients: 2 });
    const a = await cluster.start('a');
    cluster.options = { ...cluster.options, clients: 3 };
    await cluster.start('b').catch(() => {});
    const refused = cluster.log.at(cluster.log.last)!;
    cluster.options = { ...cluster.options, clients: 2 };
    const parted = a.node.part();
    await cluster.pass(50);
    await parted;
    void cluster.log.append(refused);
    await cluster.pass(50);
    const c = await cluster.start('c');
    expect(c.node.status().nodes).toEqual(['c']);
  });

  test('ClusterNode: a node that parts is gone at once', async () => {
    const cluster = new Cluster({ clients: 2 });
    const [a, b] = await cluster.startAll(2);
    const two = b!.join();
    a!.join();
    await cluster.pass(50);
    const parted = a!.node.part();
    await cluster.pass(20);
    await parted;
    expect(b!.got.get(two)).toContain('* LEAVE 2 node gone');
  });

  test('ClusterNode: one with other options is refused, and says which', async () => {
    const cluster = new Cluster({ clients: 2 });
    await cluster.start('a');
    cluster.options = { ...cluster.options, clients: 3 };
    await expect(cluster.start('b')).rejects.toThrow(
      'node a is up, and its options differ: clients is 2 there and 3 here',
    );
  });

  test('ClusterNode: one with the name of one that is alive ends, and that one goes on', async () => {
    const cluster = new Cluster({ clients: 1, order: 'free' });
    const a = await cluster.start('a');
    const b = await cluster.start('b');
    const one = a.join();
    const again = await cluster.start('a');
    again.join();
    await cluster.pass(1_500);
    expect(again.failure).toMatchObject({ code: 'unlike', exit: 78 });
    expect(again.failure?.message).toBe(
      'another server called a is up. Give this one a name of its own with --node',
    );
    a.say(one, 'still here');
    await cluster.pass(50);
    expect([a.replies(one), a.failure, b.failure]).toEqual([['STILL HERE'], undefined, undefined]);
    expect(b.node.status().nodes).toEqual(['a', 'b']);
  });

  test('ClusterNode: one that starts again right after it was killed comes up at once, and stays', async () => {
    const cluster = new Cluster({ clients: 1, order: 'free' }, 1, { delayMs: 300 });
    const [a, b] = await cluster.startAll(2);
    const one = a!.join();
    for (let n = 0; n < 5; n++) {
      a!.say(one, `on its way ${n}`);
      await cluster.pass(20);
    }
    a!.isFrozen = true;
    const again = await cluster.start('a');
    await cluster.pass(5_000);
    expect([again.failure, b!.failure]).toEqual([undefined, undefined]);
    expect(b!.node.status().nodes).toEqual(['b', 'a']);
  });

  test('ClusterNode: no clock is compared: hours apart, nobody is gone, and turns cross', async () => {
    const cluster = new Cluster({ clients: 3 });
    for (const [name, hours] of [
      ['a', 0],
      ['b', 1],
      ['c', -24],
    ] as const) {
      cluster.clockOffMs = hours * 3_600_000;
      await cluster.start(name);
    }
    const clients = cluster.nodes.map((node) => node.join());
    await cluster.pass(20_000);
    for (const [index, node] of cluster.nodes.entries()) node.say(clients[index]!, `${index}`);
    await cluster.pass(50);
    expect(cluster.nodes.map((node, index) => node.replies(clients[index]!))).toEqual([['0'], ['1'], ['2']]);
    cluster.nodes[1]!.isFrozen = true;
    await cluster.pass(1_500);
    expect(cluster.nodes[0]!.node.nodesGone).toBe(0);
    await cluster.until(() => cluster.nodes[0]!.node.nodesGone === 1, 3_500);
    expect(cluster.nodes.map(({ failure }) => failure)).toEqual([undefined, undefined, undefined]);
    expect(cluster.nodes[2]!.node.ledger.digest).toBe(cluster.nodes[0]!.node.ledger.digest);
  });

  test('ClusterNode: one that starts later reads the log from its beginning', async () => {
    const cluster = new Cluster({ clients: 1, order: 'free' });
    const a = await cluster.start('a');
    const one = a.join();
    for (let n = 0; n < 2_000; n++) a.say(one, `line ${n}`);
    await cluster.pass(100);
    const b = await cluster.start('b');
    await cluster.until(() => b.node.ledger.position === a.node.ledger.position);
    expect(b.node.ledger.digest).toBe(a.node.ledger.digest);
    const two = b.join();
    await cluster.pass(50);
    expect(a.got.get(one)?.at(-1)).toBe(`* JOIN 2 - memory`);
    expect(b.got.get(two)?.[0]).toBe('* WELCOME 2 1 main 1');
  });

  test('ClusterNode: the digest of a node that did something else ends it', async () => {
    const cluster = new Cluster({ clients: 1, order: 'free' });
    const [a, b, c] = await cluster.startAll(3);
    c!.node.ledger.rooms.apply({ type: 'join', client: 99, address: 'memory' });
    a!.say(a!.join(), 'hello');
    await cluster.pass(5_000);
    expect([a!.failure, b!.failure]).toEqual([undefined, undefined]);
    expect(c!.failure?.code).toBe('diverged');
  });
});
