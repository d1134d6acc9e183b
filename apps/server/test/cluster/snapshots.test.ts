import { describe, expect, test } from 'vitest';
import { KEPT_ENTRIES, readOnly, takeSnapshot } from '../../src/cluster/take-snapshot.ts';
import { Cluster } from './sim.ts';

describe('takeSnapshot', () => {
  test('takeSnapshot: a node that starts from it does what the others do', async () => {
    const cluster = new Cluster({ clients: 2 });
    const [a, b] = await cluster.startAll(2);
    const [one, two] = [a!.join(), b!.join()];
    await cluster.pass(50);
    for (let n = 0; n < 200; n++) a!.say(one, `a${n}`);
    for (let n = 0; n < 100; n++) b!.say(two, `b${n}`);
    await cluster.pass(100);
    const { position: upTo } = a!.node.ledger;
    await takeSnapshot(cluster.log.open(), cluster.setup, { upTo, since: upTo - 1 });
    const snapshot = await cluster.log.open().newest();
    expect(snapshot?.position).toBe(a!.node.ledger.position);
    const c = await cluster.start('c');
    for (let n = 100; n < 200; n++) b!.say(two, `b${n}`);
    await cluster.until(() => a!.replies(one).length === 200);
    await cluster.until(() => c.node.ledger.position === a!.node.ledger.position);
    expect(c.node.ledger.digest).toBe(a!.node.ledger.digest);
    expect(c.node.ledger.dump()).toEqual(a!.node.ledger.dump());
  });

  test('takeSnapshot: the entries long before it are forgotten, and a reader of them is told', async () => {
    const cluster = new Cluster({ clients: 1, order: 'free' });
    const a = await cluster.start('a');
    const one = a.join();
    await cluster.pass(10);
    for (let n = 0; n < KEPT_ENTRIES + 500; n++) {
      a.say(one, 'x');
      await cluster.pass(1);
    }
    const { position } = a.node.ledger;
    await takeSnapshot(cluster.log.open(), cluster.setup, { upTo: position, since: position - 1 });
    let isLost = false;
    const reader = { entry: () => {}, lost: () => (isLost = true), wentBack: () => {} };
    await cluster.log.open().read(position - KEPT_ENTRIES - 1, reader);
    expect(isLost).toBe(true);
    const ledger = readOnly(cluster.setup, await cluster.log.open().newest());
    expect(ledger.digest).toBe(a.node.ledger.digestAt(position));
  });

  test('ClusterNode: the first of all forgets what nobody needs any more', async () => {
    const cluster = new Cluster({ clients: 1 });
    const a = await cluster.start('a');
    a.join();
    await cluster.pass(100);
    const parted = a.node.part();
    await cluster.pass(50);
    await parted;
    const b = await cluster.start('b');
    expect(cluster.log.trimmed).toBe(b.node.ledger.position);
    const c = await cluster.start('c');
    expect(c.node.ledger.nodes.size).toBe(3);
    await cluster.until(() => c.node.ledger.digest === b.node.ledger.digest);
  });

  test('ClusterNode: one that starts while the log is trimmed goes on from the newer snapshot', async () => {
    const cluster = new Cluster({ clients: 1, order: 'free' });
    const a = await cluster.start('a');
    const one = a.join();
    for (let n = 0; n < 50; n++) a.say(one, `line ${n}`);
    await cluster.pass(100);
    // It has asked for the newest snapshot, and not begun to read.
    const starting = cluster.start('b');
    cluster.log.snapshot = { position: a.node.ledger.position, state: JSON.stringify(a.node.ledger.dump()) };
    cluster.log.trim(a.node.ledger.position);
    const b = await starting;
    await cluster.until(() => b.node.ledger.position === a.node.ledger.position);
    expect(b.node.ledger.digest).toBe(a.node.ledger.digest);
  });

  test('ClusterNode: one that starts cannot, if there is no snapshot of what is trimmed', async () => {
    const cluster = new Cluster({ clients: 1, order: 'free' });
    const a = await cluster.start('a');
    a.join();
    await cluster.pass(100);
    cluster.log.trim(a.node.ledger.position);
    await expect(cluster.start('b')).rejects.toThrow(
      'Cannot join: the log has forgotten entries that this node has not read yet',
    );
  });

  test('Snapshots: the oldest node takes one when enough was read, or enough time has passed', async () => {
    const cluster = new Cluster({ clients: 1, order: 'free' });
    const [a, b] = await cluster.startAll(2);
    await cluster.pass(299_000);
    expect([a!.snapshots, b!.snapshots]).toEqual([[], []]);
    await cluster.pass(10_000);
    expect([a!.snapshots.length, b!.snapshots.length]).toEqual([1, 0]);
  });
});
