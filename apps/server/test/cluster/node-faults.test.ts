import { VirtualClock } from '@proto/scheduler/testing';
import { describe, expect, test, vi } from 'vitest';
import type { Log, LogReader, Snapshot } from '../../src/cluster/log.ts';
import { MemoryLog } from '../../src/cluster/logs/memory.ts';
import { ClusterNode } from '../../src/cluster/node.ts';
import { DEFAULTS } from '../room/house.ts';
import { serversOf } from './sharing.ts';
import { Cluster } from './sim.ts';

/** A node on a log in memory, some of which does something else. */
function nodeOn(other: (log: Log, clock: VirtualClock) => Partial<Log>): {
  node: ClusterNode;
  clock: VirtualClock;
} {
  const clock = new VirtualClock();
  const log = new MemoryLog(clock).open();
  const bound: Log = {
    window: log.window,
    append: (entry) => log.append(entry),
    read: (after, reader) => log.read(after, reader),
    save: (snapshot) => log.save(snapshot),
    newest: () => log.newest(),
    trim: (upTo) => log.trim(upTo),
    close: () => log.close(),
  };
  const node = new ClusterNode({
    log: { ...bound, ...other(log, clock) },
    clock,
    name: 'a',
    incarnation: 'a.1',
    rooms: DEFAULTS,
    rules: 1,
    alike: JSON.stringify(DEFAULTS),
    maxOutboxBytes: 1_048_576,
    failed: (error) => {
      throw error;
    },
  });
  return { node, clock };
}

describe('ClusterNode', () => {
  test('ClusterNode: a room whose turns a node held goes on when that node is gone, however it went', async () => {
    for (const end of ['parts', 'is killed'] as const) {
      const cluster = new Cluster({ clients: 1, order: 'free' });
      const [a, b] = await cluster.startAll(2);
      const one = b!.join();
      await cluster.pass(50);
      a!.append({ type: 'hold', room: 'main', on: true });
      await cluster.pass(50);
      b!.say(one, 'waits');
      await cluster.pass(50);
      expect(b!.replies(one)).toEqual([]);
      if (end === 'parts') void a!.node.part();
      else a!.isFrozen = true;
      await cluster.until(() => b!.replies(one).length === 1, 5_000);
    }
  });

  test('ClusterNode: what a node holds is known to one that goes on from a snapshot', async () => {
    const cluster = new Cluster({ clients: 1, order: 'free' });
    const [a, b] = await cluster.startAll(2);
    const one = b!.join();
    await cluster.pass(50);
    a!.append({ type: 'hold', room: 'main', on: true });
    await cluster.pass(50);
    const state = JSON.stringify(b!.node.ledger.dump());
    cluster.log.snapshot = { position: b!.node.ledger.position, state };
    const c = await cluster.start('c');
    void a!.node.part();
    b!.say(one, 'goes on');
    await cluster.until(() => b!.replies(one).length === 1, 5_000);
    expect(c.node.ledger.dump()).toEqual(b!.node.ledger.dump());
  });

  test('ClusterNode: one that parts while it forgets the old log does not come up', async () => {
    const { node, clock } = nodeOn((log, virtual) => ({
      save: (snapshot: Snapshot) =>
        new Promise<void>((resolve) => void virtual.setTimeout(resolve, 1_000)).then(() =>
          log.save(snapshot),
        ),
    }));
    const joining = node.join();
    await clock.advance(100);
    const parted = node.part();
    await clock.advance(5_000);
    await parted;
    expect(await joining).toBe(false);
  });

  test('ClusterNode: one that parts while it reads the snapshot does not come up, and nothing fails', async () => {
    let reject: (error: Error) => void = () => {};
    const { node, clock } = nodeOn((log) => ({
      newest: () =>
        new Promise((_, no) => {
          reject = no;
        }),
      close: () => {
        reject(new Error('connection closed'));
        return log.close();
      },
    }));
    const joining = node.join();
    await clock.advance(10);
    await node.part();
    await clock.advance(10);
    expect(await joining).toBe(false);
  });

  test('ClusterNode: one that finds entries forgotten, and then a snapshot of a newer release, ends with 78', async () => {
    let reader: LogReader | undefined;
    const snapshots: (Snapshot | undefined)[] = [undefined, { position: 9, state: '{"format":2}' }];
    const { node, clock } = nodeOn(() => ({
      newest: () => Promise.resolve(snapshots.shift()),
      read: (_, on) => {
        reader = on;
        return Promise.resolve();
      },
      append: () => Promise.resolve(),
    }));
    const joining = node.join().catch((error: unknown) => error);
    await clock.advance(10);
    reader!.lost();
    await clock.advance(10);
    expect(await joining).toMatchObject({ exit: 78 });
  });

  test('ClusterNode: one whose entries the log does not take ends with 69, though it hears the others', async () => {
    const cluster = new Cluster({ clients: 2 });
    await cluster.start('a');
    const { log } = cluster;
    const append = log.append.bind(log);
    Object.assign(log, {
      append: (text: string) =>
        text.includes(' c.') ? Promise.reject(new Error('not allowed')) : append(text),
    });
    const c = cluster.begin('c');
    const joining = c.start().catch((error: unknown) => error);
    await cluster.pass(70_000);
    expect(await joining).toMatchObject({
      exit: 69,
      message: 'Cannot join: the log can be read, but takes nothing of this server',
    });
  });

  test('ClusterNode: nothing is applied between its first entry and its server, however much waits', async () => {
    const cluster = new Cluster({ order: 'free' });
    const a = await cluster.start('a');
    for (let n = 0; n < 5_000; n++) a.join();
    await cluster.pass(50);
    void a.node.part();
    await cluster.pass(50);
    const [b, c] = [cluster.begin('b'), cluster.begin('c')];
    const started = [b.start()];
    for (let n = 0; n < 20; n++) await Promise.resolve();
    b.isFrozen = true;
    await cluster.pass(1);
    started.push(c.start());
    await cluster.pass(5);
    b.thaw();
    await cluster.pass(200);
    await Promise.all(started);
    expect([b.warnings, c.warnings]).toEqual([[], []]);
    expect(cluster.log.trimmed).toBeGreaterThan(0);
  });

  test('ClusterNode: if the oldest node takes no snapshot, another one does', async () => {
    const cluster = new Cluster({ clients: 1, order: 'free' });
    const [a, b] = await cluster.startAll(2);
    a!.snapshots.push = () => {
      throw new Error('too many connections');
    };
    await cluster.pass(3_600_000);
    expect(a!.warnings[0]).toBe('No snapshot was taken: too many connections');
    expect(b!.snapshots.length).toBeGreaterThan(3);
  });

  test('ClusterNode: one with other options comes up when those that are up were killed, though its entries arrive twice', async () => {
    const cluster = new Cluster({ clients: 2 }, 3, { doubled: 1 });
    const [a, b] = await cluster.startAll(2);
    await cluster.pass(1_000);
    a!.isFrozen = b!.isFrozen = true;
    cluster.options = { ...cluster.options, clients: 1 };
    const c = await cluster.start('c');
    expect(c.node.status().nodes).toEqual(['c']);
  });
});

test('Server: a client that sends commands all the time does not keep its turn', async () => {
  const [a] = await serversOf(['a'], { clients: 2, turnTimeoutMs: 100 });
  const [one, two] = [a!.join(), a!.join()];
  await one.line(/^\* WELCOME/);
  await two.line(/^\* WELCOME/);
  const flood = setInterval(() => one.say(...Array.from({ length: 8 }, () => '/ping x')), 1);
  two.say('mine');
  await two.line('MINE').finally(() => clearInterval(flood));
  await one.line('* SKIP 1 waited 100 ms');
});

test('Server: one that cannot go on while it quits says goodbye as the quit does', async () => {
  const [a] = await serversOf(['a'], { order: 'free', graceMs: 5_000 });
  const one = a!.join();
  await one.line(/^\* WELCOME/);
  a!.server.on('quit', () => void a!.server.abandon('this server cannot go on'));
  one.say('last', '/quit bye');
  await one.end();
  expect(one.lines.slice(-3)).toEqual(['LAST', '* QUIT 1 bye', '* BYE bye']);
});

test('Ledger: nothing more is applied once its node has failed', async () => {
  const [a] = await serversOf(['a'], { order: 'free', deliver: 'all' });
  const one = a!.join();
  await one.line(/^\* WELCOME/);
  const { ledger } = a!.node;
  ledger.stop();
  one.say('too late');
  await vi.waitFor(() => expect(ledger.isBehind).toBe(true), { timeout: 20_000 });
  expect(one.replies).toEqual([]);
});
