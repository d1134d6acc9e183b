import { readFileSync } from 'node:fs';
import { join as joinPath } from 'node:path';
import { VirtualClock } from '@proto/scheduler/testing';
import { type Message, MessageReader, MOST_NODES } from '@proto/watch';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { SharedNode } from '../../../src/journal/journal.ts';
import {
  NodeChanges,
  nodesMessage,
  type Sharing as SharingServer,
} from '../../../src/observe/watch/nodes.ts';
import { record } from '../../../src/observe/watch/record.ts';
import { Watchers } from '../../../src/observe/watch/watchers.ts';
import type { Server, ServerOptions } from '../../../src/index.ts';
import { type Sharing, serversOf } from '../../cluster/sharing.ts';
import { memoryServer } from '../../peer.ts';
import { Eye } from './eye.ts';
import { folder } from './page-of.ts';

/** As a server that was by itself sent it before servers could share their rooms. */
const BY_ITSELF = [
  '{"k":"hello","v":1,"at":"","address":"memory","why":"first","rights":["watch"],"settings":{"order":"free","deliver":"sender","transform":"upper","clients":1,"quit":"all","framing":"lines","events":"on","transport":"tcp","token":false,"maxLineBytes":1024,"maxOutboxBytes":1048576,"maxQueuedLines":64,"maxClients":10000,"turnTimeoutMs":"never","graceMs":200}}',
  '{"k":"state","t":0,"rooms":[{"room":"main","have":1,"want":1,"turn":1,"waiting":0}],"people":[{"c":1,"room":"main","seat":1,"name":"-","waiting":0,"served":0,"outbox":0}],"all":1}',
  '{"k":"join","t":0,"c":2,"room":"main","seat":2,"address":"memory:2","have":2,"want":2}',
  '{"k":"chunk","t":0,"c":1,"d":"write","from":21,"len":20,"b":"* JOIN 2 - memory:2\\n"}',
  '{"k":"chunk","t":0,"c":2,"d":"write","from":0,"len":43,"b":"* WELCOME 2 1 main 1\\n* HERE 1 - memory:1 0\\n"}',
  '{"k":"rooms","t":50,"rooms":[{"room":"main","have":2,"want":2,"turn":1,"waiting":0}]}',
  '{"k":"people","t":50,"rows":[{"c":2,"room":"main","seat":2,"name":"-","waiting":0,"served":0,"outbox":0}]}',
  '{"k":"tick","t":50,"seq":1,"all":2,"counts":{"clients":2,"linesIn":0,"malformed":0,"linesOut":4,"bytesIn":0,"bytesOut":84,"skips":0},"loopMs":1,"left":{"chunks":0,"bytes":0,"turns":0,"others":0}}',
  '{"k":"tick","t":300,"seq":2,"all":2,"counts":{"clients":2,"linesIn":0,"malformed":0,"linesOut":4,"bytesIn":0,"bytesOut":84,"skips":0},"loopMs":1,"left":{"chunks":0,"bytes":0,"turns":0,"others":0}}',
  '',
];

interface Watched {
  readonly eye: Eye;
  readonly clock: VirtualClock;
}

function watch(server: Server, clock: VirtualClock = new VirtualClock()): Watched {
  const watchers = new Watchers({
    server,
    rights: ['watch'],
    clock,
    address: () => 'memory',
    loopMs: () => 1,
  });
  const eye = new Eye();
  watchers.add(eye);
  onTestFinished(() => watchers.delete(eye));
  return { eye, clock };
}

/** Clients of the second server, seen from the first. */
const FAR = 2 ** 32;

/** What is told of nodes with what counts on, as a test compares it. */
const NUMBERS = {
  k: 'nodes',
  position: expect.any(Number) as unknown,
  pending: expect.any(Number) as unknown,
  entryMs: expect.any(Number) as unknown,
};
const A = { name: 'a', first: 0, last: FAR - 1 };
const B = { name: 'b', first: FAR, last: 2 * FAR - 1 };

/** Two servers, a client of each. */
async function two(
  options: ServerOptions = {},
): Promise<{ a: Sharing; b: Sharing; far: ReturnType<Sharing['join']> }> {
  const [a, b] = await serversOf(['a', 'b'], { order: 'free', ...options });
  await a!.join().line(/^\* WELCOME/);
  const far = b!.join();
  await far.line(/^\* WELCOME/);
  await vi.waitFor(() => expect([...a!.server.people()]).toHaveLength(2));
  return { a: a!, b: b!, far };
}

describe('Watchers', () => {
  test('Watchers: of a server by itself, each byte is as it was before servers shared their rooms', async () => {
    const { server, join } = await memoryServer({ order: 'free' });
    await join().line(/^\* WELCOME/);
    const { eye, clock } = watch(server);
    await join().line(/^\* WELCOME/);
    await clock.advance(50);
    await clock.advance(250);
    expect(
      eye.texts
        .join('')
        .replace(/"at":"[^"]+"/, '"at":""')
        .split('\n'),
    ).toEqual(BY_ITSELF);
  });

  test('Watchers: all nodes follow the state, this one first, with the numbers of their clients', async () => {
    const { a, b } = await two();
    const { eye } = watch(a.server);
    expect(eye.messages.map(({ k }) => k)).toEqual(['hello', 'state', 'nodes']);
    expect(eye.of('state')[0]!.people.map(({ c }) => c)).toEqual([1, FAR + 1]);
    expect(eye.of('nodes')).toEqual([{ ...NUMBERS, t: 0, nodes: [A, B] }]);
    expect(watch(b.server).eye.of('nodes')).toEqual([{ ...NUMBERS, t: 0, nodes: [B, A] }]);
  });

  test('Watchers: a client of another node is seen to come, to wait and to leave, and none of its bytes is', async () => {
    const { a, b } = await two();
    const { eye, clock } = watch(a.server);
    const late = b.join();
    await late.say('hello').line('HELLO');
    await vi.waitFor(async () => {
      await clock.advance(50);
      expect(eye.of('people').flatMap(({ rows }) => rows)).toContainEqual(
        expect.objectContaining({ c: FAR + 2, seat: 3, served: 1 }),
      );
    });
    late.duplex.end();
    await vi.waitFor(() => expect([...a.server.people()]).toHaveLength(2));
    await clock.advance(50);
    expect(eye.of('join')).toMatchObject([
      { c: FAR + 2, seat: 3, address: expect.stringMatching(/^memory/) as unknown },
    ]);
    expect(eye.of('leave')).toMatchObject([{ c: FAR + 2 }]);
    expect(eye.of('chunk').filter(({ c }) => c > FAR)).toEqual([]);
  });

  test('Watchers: a node that leaves is told at once, how long ago that was, and its clients leave', async () => {
    const { a, b } = await two();
    const { eye, clock } = watch(a.server);
    await b.node.part();
    await vi.waitFor(() => expect([...a.server.people()]).toHaveLength(1));
    await clock.advance(50);
    const goneMs = expect.any(Number) as unknown;
    expect(eye.of('nodes').at(-1)).toEqual({ ...NUMBERS, t: 50, nodes: [A, { ...B, goneMs, left: true }] });
    expect(eye.of('leave')).toMatchObject([{ c: FAR + 1, reason: 'node gone' }]);
  });

  test('Watchers: while the log is out of reach it says for how long; it does not close', async () => {
    const { a } = await two();
    a.log.isStill = true;
    await vi.waitFor(() => expect(a.server.shared?.isAway).toBe(true), { timeout: 20_000 });
    const { eye } = watch(a.server);
    expect(eye.of('nodes')[0]!.awayMs).toBeGreaterThanOrEqual(2_000);
    expect(eye.of('state')[0]).not.toHaveProperty('closing');
    a.log.isStill = false;
    await vi.waitFor(() => expect(nodesMessage(a.server, 0)).not.toHaveProperty('awayMs'), {
      timeout: 20_000,
    });
  });
});

/** What a server shares with others, made up by a test. */
function sharing(
  nodes: readonly SharedNode[],
): { position: number; isAway: boolean; nodes: () => readonly SharedNode[] } & NonNullable<
  SharingServer['shared']
> {
  return {
    position: 1,
    isAway: false,
    nodes: () => nodes,
    status() {
      const names = nodes.filter(({ goneMs }) => goneMs === undefined).map(({ name }) => name);
      const { position } = this;
      return {
        node: 'a',
        nodes: names,
        gone: 0,
        position,
        pending: 2,
        entryMs: 1.26,
        resent: 0,
        awayMs: 3_000,
      };
    },
  };
}

const node = (name: string, goneMs?: number): SharedNode => ({
  name,
  firstClient: 0,
  lastClient: 9,
  goneMs,
  hasLeft: false,
});

describe('nodesMessage', () => {
  test('nodesMessage: a name of any length, many nodes and a node long gone stay within bounds', () => {
    const many = Array.from({ length: MOST_NODES + 1 }, (_, i) => node(`n${i}`));
    const names = ({ nodes }: Extract<Message, { k: 'nodes' }>): string[] => nodes.map(({ name }) => name);
    const shared = sharing(many);
    expect(nodesMessage({ shared }, 0)).toMatchObject({ allNodes: MOST_NODES + 1, pending: 2, entryMs: 1.3 });
    expect(names(nodesMessage({ shared }, 0)!)).toEqual(many.slice(0, MOST_NODES).map(({ name }) => name));
    const few = nodesMessage(
      { shared: sharing([node('a'), node('x'.repeat(100)), node('b', 59_999), node('c', 60_000)]) },
      0,
    )!;
    expect(names(few)).toEqual(['a', 'x'.repeat(64), 'b']);
    expect(few).not.toHaveProperty('allNodes');
    expect(nodesMessage({ shared: undefined }, 0)).toBeUndefined();
  });
});

describe('NodeChanges', () => {
  test('NodeChanges: positions come every 250 ms and only if they differ; who comes, goes or is cut off at once', () => {
    const nodes = [node('a')];
    const shared = sharing(nodes);
    const changes = new NodeChanges({ shared });
    const seen: number[] = [];
    const look = (t: number): void => {
      if (changes.nodes(t) !== undefined) seen.push(t);
    };
    look(0);
    shared.position++;
    for (const t of [50, 249, 250, 500, 1_000]) look(t);
    nodes.push({ ...node('b'), firstClient: 10 });
    look(1_050);
    nodes[1] = { ...nodes[1]!, goneMs: 5 };
    look(1_100);
    nodes[1] = { ...nodes[1], goneMs: 55 };
    look(1_150);
    shared.isAway = true;
    look(1_200);
    look(9_000);
    expect(seen).toEqual([0, 250, 1_050, 1_100, 1_200]);
  });
});

describe('record', () => {
  test('record: a recording says which nodes there are, and what changes', async () => {
    const { a, b } = await two();
    const file = joinPath(folder(), 'session.jsonl');
    const stop = record(a.server, { file, maxBytes: 1_000_000, loopMs: () => 0, lookMs: 10, warn: () => {} });
    await b.node.part();
    await vi.waitFor(() => expect([...a.server.people()]).toHaveLength(1));
    stop();
    const { messages } = new MessageReader().push(readFileSync(file, 'utf8'));
    const told = messages.filter(({ k }) => k === 'nodes');
    expect(messages[2]).toMatchObject({ ...NUMBERS, nodes: [A, B] });
    expect(told.at(-1)).toMatchObject({
      nodes: [A, { ...B, goneMs: expect.any(Number) as unknown, left: true }],
    });
  });
});
