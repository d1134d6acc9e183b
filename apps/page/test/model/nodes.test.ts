import { describe, expect, test } from 'vitest';
import type { Message } from '@proto/watch';
import { turnsOf } from '../../src/model/measures.ts';
import { isGone, logAt, nodesAt, present, waitingCount } from '../../src/model/moment.ts';
import type { Why } from '../../src/model/scene.ts';
import type { ClientFact } from '../../src/model/shapes.ts';
import { why } from '../../src/model/why.ts';
import { chunks, factsOf, FAR, hello, join, nodes, row, tick, turn } from './told.ts';

const BE = FAR + 1;
/** A client of node a in seat 1, and one of node b in seat 2. */
const two = [hello(), nodes(0), join(0, 1), { ...join(0, BE, 2), seat: 2 }];
const waits = (t: number, waiting: number, served = 0): Message => ({
  k: 'people',
  t,
  rows: [row(BE, waiting, { seat: 2, served })],
});
const far = (t: number, n: number, state: 'served' | 'waiting'): Message => ({
  ...turn(t, n, BE, state),
  seat: 2,
});

function said({ head, more }: Why): string {
  const parts = head.map((part) => (typeof part === 'string' ? part : part.name || `client ${part.seat}`));
  return `${parts.join('')} ${more}`;
}

const FAR_TURN =
  'It has the turn, and no line of it has come through the log. Only its own node sees its bytes.';

const CASES: readonly {
  readonly name: string;
  readonly messages: readonly Message[];
  readonly want: string;
}[] = [
  {
    name: 'a client of another node has the turn',
    messages: [...two, far(1, 1, 'waiting'), ...chunks(1, 'read', ['a\n'])],
    want: `Waiting for client 2 on node b. ${FAR_TURN} 1 line of client 1 waits behind it.`,
  },
  {
    name: 'lines of a client of another node wait',
    messages: [...two, turn(1, 1, 1, 'waiting'), waits(10, 3)],
    want: 'Waiting for client 1. It has the turn and has sent nothing. 3 lines of client 2 wait behind it.',
  },
  {
    name: 'a client of another node is next, and the turns are held',
    messages: [
      ...two,
      {
        k: 'rooms',
        t: 1,
        rooms: [{ room: 'main', have: 2, want: 2, turn: 1, waiting: 0, holder: 2, held: true }],
      },
    ],
    want: `The turns are held. Next: client 2 on node b. ${FAR_TURN} Nobody else has a line waiting.`,
  },
  {
    name: 'a client of another node was served last',
    messages: [
      ...two,
      ...chunks(1, 'read', ['a\n'], { t: 10 }),
      turn(20, 1, 1, 'served'),
      far(30, 2, 'served'),
      tick(40),
    ],
    want: 'client 2 on node b was served. Its line came through the log; this page does not see it.',
  },
  {
    name: 'a client of this node was served after one of another',
    messages: [
      ...two,
      ...chunks(1, 'read', ['a\n'], { t: 10 }),
      far(20, 1, 'served'),
      turn(30, 2, 1, 'served'),
      tick(40),
    ],
    want: 'client 1 was served. “a” was served at once.',
  },
  {
    name: 'a client of this node was answered after one of another was served, and its turn was left out',
    messages: [
      ...two,
      far(20, 1, 'served'),
      ...chunks(1, 'read', ['a\n'], { t: 25 }),
      ...chunks(1, 'write', ['A\n'], { t: 30 }),
    ],
    want: 'client 1 was served. “a” was served at once.',
  },
  {
    name: 'a client of another node was served some time ago',
    messages: [...two, far(20, 1, 'served'), tick(3_000)],
    want: 'No line waits. The turn moves on as lines arrive.',
  },
  {
    name: 'the log does not answer',
    messages: [
      ...two,
      turn(1, 1, 1, 'waiting'),
      nodes(3_000, { awayMs: 2_000, pending: 1 }),
      nodes(4_000, { awayMs: 3_100 }),
      tick(6_000),
    ],
    want: 'Cut off from the log for 5.0 s. No line is accepted until the log answers. Clients that are here stay, and their lines wait; new ones are turned away.',
  },
  {
    name: 'the log answers again',
    messages: [...two, nodes(3_000, { awayMs: 2_000 }), nodes(4_000), turn(4_001, 1, 1, 'waiting')],
    want: 'Waiting for client 1. It has the turn and has sent nothing. Nobody else has a line waiting.',
  },
  {
    name: 'this node reads many lines a second',
    messages: [
      ...two,
      ...[0, 1_000].map((t, i) => {
        const counts = { clients: 1, linesIn: i * 2_500, linesOut: 0, bytesIn: 0, bytesOut: 0, skips: 0 };
        return tick(t, { counts });
      }),
    ],
    want: '2,500 lines a second on this node. Too fast to show one by one. No line waits.',
  },
  {
    name: 'a client of another node quits, and none of this node is reached',
    messages: [
      hello(),
      nodes(0),
      { ...join(0, BE, 1), seat: 2 },
      { k: 'quit', t: 5, scope: 'room', room: 'main', seat: 2, reason: 'bye', told: [] },
      { k: 'quitDone', t: 9, clean: [], forced: [], ms: 4 },
    ],
    want: 'Closed. Nobody was connected to this node, in 4 ms.',
  },
];

describe('why', () => {
  test.each(CASES)('why: with nodes, $name', ({ messages, want }) => {
    const facts = factsOf(...messages);
    expect(said(why(facts, 'main', facts.last))).toBe(want);
  });

  test('why: of a client of another node no deadline is told, because that node alone knows it', () => {
    const facts = factsOf(...two, far(1, 1, 'waiting'), turn(2, 1, 1, 'waiting'));
    expect(why(facts, 'main', 1.5)).not.toHaveProperty('deadline');
    const own = factsOf(...two, turn(1, 1, 1, 'waiting'));
    expect(why(own, 'main', 1)).toHaveProperty('deadline');
  });
});

const marksOf = (...messages: readonly Message[]): string[] =>
  factsOf(...messages)
    .marks.filter(({ kind }) => kind === 'node')
    .map(({ t, text }) => `${t} ${text}`);

describe('Facts', () => {
  test('Facts: a client is on the node that its number belongs to, whichever of both was told first', () => {
    const facts = factsOf(hello(), join(0, 1), { ...join(0, BE), seat: 2 }, nodes(1), join(2, 2), {
      ...join(2, BE + 1),
      seat: 4,
    });
    const names = [...facts.clients.values()].map(({ node }) => node?.name);
    expect(names).toEqual(['a', 'b', 'a', 'b']);
    expect(factsOf(hello(), join(0, 1)).clients.get(1)?.node).toBeUndefined();
  });

  test('Facts: a node that is gone stays for 30 s with its clients leaving, and was up in every moment before', () => {
    const [a, b] = nodes(0).nodes;
    const gone = nodes(9_000, { nodes: [a!, { ...b!, goneMs: 1_000 }] });
    const leave = { k: 'leave', t: 8_500, c: BE, room: 'main', seat: 2, reason: 'node gone' } as const;
    const facts = factsOf(...two, leave, gone, nodes(39_000, { nodes: [a!] }));
    const shown = (t: number): string[] =>
      nodesAt(facts, 'main', t).map(
        ({ name, goneAt, clients }) => `${name} ${goneAt <= t ? 'gone' : 'up'} ${clients}`,
      );
    expect(shown(7_999)).toEqual(['a up 1', 'b up 1']);
    expect(shown(8_000)).toEqual(['a up 1', 'b gone 1']);
    expect(shown(37_999)).toEqual(['a up 1', 'b gone 0']);
    expect(shown(38_000)).toEqual(['a up 1']);
    expect(factsOf(hello(), join(0, 1)).nodes).toEqual([]);
  });

  test('Facts: a node that is told no more is gone, unless not all are told', () => {
    const [a] = nodes(0).nodes;
    const at = (more: object): number | undefined =>
      factsOf(...two, nodes(500, { nodes: [a!], ...more })).nodes[1]?.goneAt;
    expect([at({}), at({ allNodes: 20 })]).toEqual([500, Infinity]);
    expect(logAt(factsOf(...two, nodes(500, { nodes: [a!], allNodes: 20 })), 500)).toMatchObject({
      more: 19,
    });
  });

  test('Facts: the log says which node came and went, and that the shared log is out of reach, each once', () => {
    const [a, b] = nodes(0).nodes;
    const gone = { ...b!, goneMs: 10 };
    expect(
      marksOf(
        hello(),
        nodes(0, { nodes: [a!] }),
        nodes(100),
        nodes(200, { nodes: [a!, gone] }),
        nodes(300, { nodes: [a!, { ...gone, goneMs: 110 }] }),
        nodes(3_000, { nodes: [a!, gone], awayMs: 2_000 }),
        nodes(4_000, { nodes: [a!, gone], awayMs: 3_001 }),
        nodes(5_000, { nodes: [a!, gone] }),
        nodes(6_000, { nodes: [a!, { ...b!, name: 'c', first: 9 }, gone] }),
        nodes(7_000, { nodes: [a!, { ...b!, name: 'c', first: 9, goneMs: 0, left: true }, gone] }),
      ),
    ).toEqual([
      '100 node b is up',
      '200 node b is gone: the others go on without it',
      '3000 cut off from the log',
      '5000 the log answers again',
      '6000 node c is up',
      '7000 node c has left',
    ]);
  });

  test('Facts: the log says to which node a client connected', () => {
    const facts = factsOf(...two);
    expect(facts.marks.map(({ text }) => text)).toEqual([
      'client 1 connected from 127.0.0.1:40001',
      `client 2 connected from 127.0.0.1:4000${BE} on node b`,
    ]);
  });

  test.each([
    ['of a room', { scope: 'room', room: 'main', seat: 1 }, [true, true]],
    ['of another room', { scope: 'room', room: 'side', seat: 1 }, [false, false]],
    ['of everybody', { scope: 'all', seat: 1 }, [true, true]],
    ['that is the end of this server only', { scope: 'all' }, [true, false]],
  ] as const)('Facts: a quit %s closes clients of other nodes that it reaches', (_, quit, want) => {
    const told = quit.scope === 'all' || quit.room === 'main' ? [1] : [];
    const facts = factsOf(
      ...two,
      { k: 'quit', t: 5, reason: 'bye', told, ...quit },
      { k: 'quitDone', t: 9, clean: told, forced: [], ms: 4 },
    );
    expect([1, BE].map((c) => isGone(facts.clients.get(c)!, 9))).toEqual(want);
  });
});

describe('measures', () => {
  test('waitingCount: lines of a client of another node are those that the server counts', () => {
    const facts = factsOf(...two, waits(10, 3), waits(20, 0), waits(30, 2));
    const client = facts.clients.get(BE) as ClientFact;
    expect([10, 20, 30].map((t) => waitingCount(client, t, false))).toEqual([3, 0, 2]);
  });

  test('turnsOf: a client of another node has the turns that the server counts, but none from before the session', () => {
    const early = [hello(), nodes(0), waits(0, 0, 100), waits(10, 0, 104)];
    const late = [...two, waits(10, 0, 4)];
    for (const messages of [early, late]) {
      const facts = factsOf(...messages);
      const { got } = turnsOf(present(facts, 'main', 10), 10, false);
      expect(got.find(({ client }) => client.c === BE)?.lines).toBe(4);
    }
  });
});
