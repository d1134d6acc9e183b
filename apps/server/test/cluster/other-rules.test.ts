import { VirtualClock } from '@proto/scheduler/testing';
import { describe, expect, test } from 'vitest';
import { Ledger } from '../../src/cluster/ledger.ts';
import { Writer } from '../../src/cluster/writer.ts';
import { readOnly } from '../../src/cluster/take-snapshot.ts';
import { nothing } from '../../src/room/records.ts';
import { Cluster, type SimNode } from './sim.ts';

/** A node of other rules or options, that joins in the background. */
function newer(cluster: Cluster, name: string): { node: SimNode; settled: string[] } {
  const node = cluster.begin(name);
  const settled: string[] = [];
  node.start().then(
    () => settled.push(node.isUp ? 'up' : 'parted'),
    (error: Error) => settled.push(error.message),
  );
  return { node, settled };
}

/** Every entry from now on, also when the log has forgotten it. */
async function entriesOf(cluster: Cluster): Promise<readonly string[]> {
  const entries: string[] = [];
  const reader = {
    entry: (_: number, text: string) => entries.push(text),
    lost: () => {},
    wentBack: () => {},
  };
  await cluster.log.open().read(0, reader);
  return entries;
}

async function parts(cluster: Cluster, { node }: SimNode): Promise<void> {
  const parted = node.part();
  await cluster.pass(50);
  await parted;
}

describe('ClusterNode', () => {
  test('ClusterNode: one with other rules waits until no old one is up, then the rooms are blank', async () => {
    const cluster = new Cluster({ clients: 2 });
    const entries: string[] = [];
    const reader = {
      entry: (_: number, text: string) => entries.push(text),
      lost: () => {},
      wentBack: () => {},
    };
    await cluster.log.open().read(0, reader);
    const [a, b] = await cluster.startAll(2);
    const [one, two] = [a!.join(), b!.join()];
    await cluster.pass(50);
    a!.say(one, 'old');
    b!.say(two, 'old too');
    cluster.rules = 2;
    const { node: c, settled } = newer(cluster, 'c');
    const { node: d, settled: ofD } = newer(cluster, 'd');
    await cluster.pass(10_000);
    expect([settled, ofD, a!.replies(one), b!.replies(two)]).toEqual([[], [], ['OLD'], ['OLD TOO']]);
    expect(c.warnings).toEqual([
      'waiting: node a is up with rules 1, and this release has rules 2. It comes up when no server with other rules is up',
    ]);
    expect([a!.node.nodesGone, b!.node.nodesGone]).toEqual([0, 0]);
    await parts(cluster, a!);
    await cluster.pass(2_000);
    expect(settled).toEqual([]);
    await parts(cluster, b!);
    await cluster.until(() => settled.length + ofD.length === 2, 1_000);
    const three = c.join();
    const four = d.join();
    await cluster.pass(50);
    expect(c.got.get(three)?.[0]).toBe('* WELCOME 1 2 main 1');
    c.say(three, 'new');
    d.say(four, 'new too');
    await cluster.pass(50);
    expect([c.replies(three), d.replies(four)]).toEqual([['NEW'], ['NEW TOO']]);
    // One that starts later reads the same, from a snapshot or from the whole log.
    const e = await cluster.start('e');
    expect(e.node.ledger.dump()).toEqual(c.node.ledger.dump());
    const whole = readOnly(cluster.setup, undefined);
    for (const entry of entries) whole.push(entry);
    while (whole.step(Infinity));
    expect(whole.dump()).toEqual(c.node.ledger.dump());
    expect([c.failure, d.failure]).toEqual([undefined, undefined]);
  });

  test('ClusterNode: old ones that were all killed are gone after five tries of one with other rules or options', async () => {
    for (const other of [{ rules: 2 }, { options: { clients: 1 } }]) {
      const cluster = new Cluster({ clients: 2 });
      const [a, b] = await cluster.startAll(2);
      a!.say(a!.join(), 'waits');
      await cluster.pass(1_000);
      a!.isFrozen = b!.isFrozen = true;
      cluster.rules = other.rules ?? 1;
      cluster.options = { ...cluster.options, ...other.options };
      const { node: c, settled } = newer(cluster, 'c');
      await cluster.pass(2_000);
      expect(settled).toEqual([]);
      await cluster.until(() => settled.length > 0, 2_500);
      expect(settled).toEqual(['up']);
      expect(c.node.status().nodes).toEqual(['c']);
      // Nothing of what was before is needed any more.
      expect(cluster.log.trimmed).toBeGreaterThan(4);
      a!.thaw();
      b!.thaw();
      await cluster.pass(1_000);
      expect([a!.failure?.exit, b!.failure?.exit]).toEqual([75, 75]);
    }
  });

  test('ClusterNode: one with other options than those of a server that was just killed is not refused', async () => {
    const cluster = new Cluster({ clients: 2 });
    const a = await cluster.start('a');
    a.append({ type: 'leave', client: a.join(), reason: 'reset' });
    a.isFrozen = true;
    cluster.options = { ...cluster.options, clients: 1 };
    const { settled } = newer(cluster, 'b');
    await cluster.until(() => settled.length > 0, 5_000);
    expect(settled).toEqual(['up']);
  });

  test('ClusterNode: one that waits can part, and says nothing more', async () => {
    const cluster = new Cluster({ clients: 1 });
    await cluster.start('a');
    cluster.rules = 2;
    const { node: b, settled } = newer(cluster, 'b');
    await cluster.pass(3_100);
    await parts(cluster, b);
    expect(settled).toEqual(['parted']);
    const { last } = cluster.log;
    cluster.nodes[0]!.isFrozen = true;
    await cluster.pass(5_000);
    expect([cluster.log.last, b.failure]).toEqual([last, undefined]);
  });

  test('ClusterNode: one that parts while its first entry is on its way is gone for the others', async () => {
    const cluster = new Cluster({ clients: 1 }, 1, { delayMs: 40 });
    const a = await cluster.start('a');
    const { node: b, settled } = newer(cluster, 'b');
    await cluster.pass(1);
    const parted = b.node.part();
    await cluster.pass(1_500);
    await parted;
    expect(settled).toEqual(['parted']);
    expect(a.node.status().nodes).toEqual(['a']);
  });

  test('ClusterNode: one that waits gives up when the log has not answered for as long as it may', async () => {
    const cluster = new Cluster({ clients: 1 });
    await cluster.start('a');
    cluster.rules = 2;
    cluster.logTimeoutMs = 5_000;
    const { settled } = newer(cluster, 'b');
    await cluster.pass(20_000);
    expect(settled).toEqual([]);
    cluster.log.isStill = true;
    await cluster.pass(7_000);
    expect(settled).toEqual(['Cannot join: the log has not answered for 5000 ms']);
  });

  test('ClusterNode: while appends are lost, doubled and late, one with other rules comes up once, and serves', async () => {
    for (let seed = 1; seed <= 40; seed++) {
      const faults = { dropped: 0.1, misreported: 0.1, doubled: 0.2, delayMs: 60 };
      const cluster = new Cluster({ clients: 1, order: 'free' }, seed, faults);
      const a = await cluster.start('a');
      cluster.rules = 2;
      const { node: b, settled } = newer(cluster, 'b');
      await cluster.pass(1_300 + 20 * seed);
      const parted = a.node.part();
      await cluster.until(() => settled.length > 0, 20_000);
      await parted;
      const one = b.join();
      for (let n = 0; n < 20; n++) b.say(one, `line ${n}`);
      await cluster.until(() => b.replies(one).length === 20, 20_000);
      expect([settled, b.failure], `seed ${seed}`).toEqual([['up'], undefined]);
    }
  });
});

describe('Ledger', () => {
  const owner = { apply: nothing };

  test('Ledger: a snapshot of other rules or options only says which nodes are up', async () => {
    const cluster = new Cluster({ clients: 1 });
    const a = await cluster.start('a');
    a.join();
    await cluster.pass(50);
    const dump = a.node.ledger.dump();
    const snapshot = { position: dump.position, state: JSON.stringify(dump) };
    const inside = (ledger: Ledger): number => [...ledger.rooms.clients()].length;
    expect(inside(Ledger.at(snapshot, cluster.setup, owner))).toBe(1);
    for (const other of [{ rules: 2 }, { alike: '{}' }]) {
      const ledger = Ledger.at(snapshot, { ...cluster.setup, ...other }, owner);
      expect([inside(ledger), ledger.up.length, ledger.position]).toEqual([0, 1, dump.position]);
      expect(() => ledger.dump()).toThrow('Cannot dump: the rooms are those of other rules or options');
    }
  });

  test('Ledger: after other rules, it does not matter what came before them', async () => {
    const cluster = new Cluster({ clients: 1 });
    const entries = await entriesOf(cluster);
    cluster.rules = 2;
    const a = await cluster.start('a');
    a.say(a.join(), 'other rules');
    await cluster.pass(50);
    const dump = a.node.ledger.dump();
    cluster.rules = 1;
    const from = Ledger.at({ position: dump.position, state: JSON.stringify(dump) }, cluster.setup, owner);
    await parts(cluster, a);
    const b = await cluster.start('b');
    for (let position = dump.position + 1; position <= b.node.ledger.position; position++)
      from.push(entries[position - 1]!);
    while (from.step(Infinity));
    expect(from.dump()).toEqual(b.node.ledger.dump());
  });

  test('Ledger: a snapshot in a newer format, and one that is damaged', () => {
    const { setup } = new Cluster();
    const at = (state: string) => () => Ledger.at({ position: 7, state }, setup, owner);
    expect(at('{"format":2}')).toThrow(
      'Cannot join: the snapshot of the log after entry 7 has format 2, and this release reads only 1. Use the release of the other servers, or another --cluster',
    );
    expect(at('{"format":2}')).toThrow(expect.objectContaining({ exit: 78 }));
    expect(at('{"form')).toThrow(
      'Cannot join: the snapshot of the log after entry 7 is damaged. Take another --cluster',
    );
    expect(at('{"form')).toThrow(expect.objectContaining({ exit: 69 }));
  });
});

describe('Writer', () => {
  test('Writer: an entry that was withdrawn and came all the same is not written again', () => {
    const entries: string[] = [];
    const append = (entry: string): Promise<void> => Promise.resolve(void entries.push(entry));
    const writer = new Writer({ node: 'a.1', log: { append, window: 8 }, clock: new VirtualClock() });
    const write = (text: string): void => {
      writer.put({ type: 'line', client: 1, text });
      writer.flush();
    };
    write('one');
    writer.withdraw();
    expect([writer.pending, writer.awayMs]).toEqual([0, 0]);
    write('two');
    writer.withdraw();
    writer.cameBack(0);
    write('three');
    expect(entries.map((entry) => entry.split('\n', 1)[0])).toEqual(['1 a.1 0', '1 a.1 0', '1 a.1 1']);
  });
});
