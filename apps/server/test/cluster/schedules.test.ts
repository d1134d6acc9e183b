import { describe, expect, test } from 'vitest';
import type { Client } from '../../src/room/records.ts';
import { type ClientHistory, type NodeHistory, outOfTurn, tally, wrongs } from './checker.ts';
import { Cluster, seeded, type SimNode } from './sim.ts';

interface SimClient {
  readonly node: SimNode;
  readonly client: Client;
  readonly said: string[];
}

/** One run: three nodes, clients on each, faulty appends, and perhaps a node that dies or freezes. Says what is wrong. */
async function play(seed: number): Promise<string[]> {
  const random = seeded(seed * 7_919);
  const pick = <T>(all: readonly T[]): T => all[Math.floor(random() * all.length)]!;
  const order = pick(['strict', 'strict', 'fair', 'free'] as const);
  const faults = { dropped: 0.04, misreported: 0.03, doubled: 0.03, delayMs: pick([0, 5, 40]) };
  const cluster = new Cluster({ order, clients: 2 }, seed, random() < 0.8 ? faults : undefined);
  await cluster.startAll(3);
  const clients: SimClient[] = cluster.nodes.map((node) => ({ node, client: node.join(), said: [] }));
  const victim = random() < 0.5 ? pick(cluster.nodes) : undefined;
  const isForGood = random() < 0.5;
  const hitAt = 5 + Math.floor(random() * 20);
  for (let round = 0; round < 40; round++) {
    for (let n = Math.floor(random() * 4); n > 0; n--) {
      const { node, client, said } = pick(clients);
      if (node.isFrozen || node.failure !== undefined) continue;
      node.say(client, `${client}-${said.length}`);
      said.push(`${client}-${said.length}`);
    }
    if (round === hitAt && victim !== undefined) victim.isFrozen = true;
    if (round === hitAt + 10 && victim !== undefined && !isForGood) victim.thaw();
    if (round === 10) clients.push({ node: cluster.nodes[0]!, client: cluster.nodes[0]!.join(), said: [] });
    await cluster.pass(pick([0, 1, 10, 100]));
  }
  await cluster.pass(6_000);
  if (victim?.isFrozen === true && !isForGood) victim.thaw();
  await cluster.pass(6_000);
  const isThere = ({ node, client }: SimClient): boolean =>
    !node.isFrozen && node.failure === undefined && !node.closed.has(client);
  const there = clients.filter(isThere);
  // Each ends its stream: it's answered, then it goes, and holds nobody up.
  for (const { node, client } of there) node.append({ type: 'end', client, reason: 'end of input' });
  await cluster.pass(20_000);
  const nodes: NodeHistory[] = cluster.nodes.map(({ node, served, failure, isFrozen }) => ({
    node: node.ledger.nodes.values().next().value?.name ?? '',
    served,
    stayed: failure === undefined && !isFrozen,
  }));
  const histories: ClientHistory[] = clients.map((one) => ({
    who: `client ${one.client}`,
    said: one.said,
    answers: one.node.replies(one.client),
    stayed: there.includes(one),
  }));
  const wrong = wrongs(histories, nodes);
  const up = cluster.nodes.filter(({ failure, isFrozen }) => failure === undefined && !isFrozen);
  if (new Set(up.map(({ node }) => node.ledger.digest)).size > 1) wrong.push('the digests differ');
  const lost = cluster.nodes.filter((node) => node !== victim && node.failure !== undefined);
  for (const { failure } of lost) wrong.push(`a node that did nothing wrong ended: ${failure?.message}`);
  return wrong.map((text) => `seed ${seed}: ${text}`);
}

const RUNS = Number(process.env['CLUSTER_RUNS'] ?? 1_000);

describe('a cluster', () => {
  test(`cluster: ${RUNS} seeded schedules of faults lose nothing, double nothing, and keep the order`, async () => {
    for (let seed = 1; seed <= RUNS; seed++) expect(await play(seed)).toEqual([]);
  }, 600_000);

  test.each([
    ['a loss', ['A-0', 'A-2'], 'client a: answer 1 is A-2: A-1 is missing'],
    ['a double', ['A-0', 'A-0', 'A-1'], 'client a: answer 1 is A-0: it was answered before'],
    ['a swap', ['A-1', 'A-0', 'A-2'], 'client a: answer 0 is A-1: A-0 is missing'],
    ['a stranger', ['A-0', 'B-7'], 'client a: answer 1 is B-7: never said it'],
    ['an end too early', ['A-0', 'A-1'], 'client a: 1 of 3 lines have no answer'],
  ])('checker: finds %s', (_, answers, want) => {
    const client = { who: 'client a', said: ['a-0', 'a-1', 'a-2'], answers, stayed: true };
    expect(wrongs([client], [])).toContain(want);
  });

  test('checker: finds a node that served another order, or stopped', () => {
    const served = ['1', '2', '3', '1'];
    const nodes = [
      { node: 'a', served, stayed: true },
      { node: 'b', served: ['1', '3'], stayed: true },
      { node: 'c', served: ['1', '2'], stayed: true },
      { node: 'd', served: ['1', '2'], stayed: false },
    ];
    expect(wrongs([], nodes)).toEqual(['b: served 3 where a served 2, at 1', 'c: served 2 of 4']);
  });

  test('checker: finds a turn that was taken twice', () => {
    expect(outOfTurn([1, 2, 3, 1, 2, 3], [1, 2, 3])).toBeUndefined();
    expect(outOfTurn([1, 2, 2, 3], [1, 2, 3])).toBe('line 2 is of seat 2, after 2: it was the turn of 3');
  });

  test('checker: the ring goes on without one that left, and one that comes speaks after the others', () => {
    const left = { left: 2, why: 'node gone' };
    expect(outOfTurn([1, 2, 3, left, 1, 3, { joined: 4 }, 1, 3, 4, 1], [1, 2, 3])).toBeUndefined();
    // It left while it was its turn.
    expect(outOfTurn([3, 1, left, 3, 1], [1, 2, 3])).toBeUndefined();
    expect(outOfTurn([1, 2, 3, left, 1, 2], [1, 2, 3])).toBe(
      'line 5 is of seat 2, after 1: it was the turn of 3',
    );
    expect(outOfTurn([1, 2, 3, { joined: 4 }, 4], [1, 2, 3])).toBe(
      'line 4 is of seat 4, after 3: it was the turn of 1',
    );
  });

  test('checker: one that got BYE is owed what others heard of it, one that was cut is not', () => {
    const nodes = [{ node: 'b', served: ['A-0', 'A-1'], stayed: true }];
    const client = { who: 'client a', said: ['a-0', 'a-1', 'a-2'], answers: ['A-0'], stayed: false };
    expect(wrongs([{ ...client, hasBye: true }], nodes)).toEqual([
      'client a: others heard A-1, and it got BYE without it',
    ]);
    expect(wrongs([client], nodes)).toEqual([]);
  });

  test('checker: one that came later, and one that left, are held against what the others heard', () => {
    const early = { node: 'a', served: ['1', '2', '3'], stayed: false };
    const late = { node: 'b', served: ['2', '3', '4', '5'], stayed: true, isLate: true };
    expect(wrongs([], [early, late])).toEqual([]);
    const latest = { node: 'c', served: ['3', '5'], stayed: true, isLate: true };
    expect(wrongs([], [early, late, latest])).toEqual(['c: served 5 where a served 4, at 1']);
  });

  test('checker: counts what is lost, doubled and out of order', () => {
    const said = ['a-0', 'a-1', 'a-2'];
    const of = (...answers: string[]): object => {
      const { lost, doubled, outOfOrder } = tally([{ who: 'a', said, answers, stayed: true }], []);
      return { lost, doubled, outOfOrder };
    };
    expect(of('A-0', 'A-1', 'A-2')).toEqual({ lost: 0, doubled: 0, outOfOrder: 0 });
    expect(of('A-0', 'A-2')).toEqual({ lost: 1, doubled: 0, outOfOrder: 0 });
    expect(of('A-0', 'A-0', 'A-1', 'A-2')).toEqual({ lost: 0, doubled: 1, outOfOrder: 0 });
    expect(of('A-1', 'A-0', 'A-2')).toEqual({ lost: 0, doubled: 0, outOfOrder: 1 });
    const heard = [
      { node: 'a', served: ['A-0', 'B-0', 'B-1'], stayed: true },
      { node: 'b', served: ['B-0', 'A-0'], stayed: true },
    ];
    expect(tally([], heard)).toMatchObject({ doubled: 0, outOfOrder: 1 });
  });
});
