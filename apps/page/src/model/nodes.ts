import type { Known } from './known.ts';
import type { ClientFact, Mark, NodeFact, Told } from './shapes.ts';
import { keep } from './sorted.ts';

/** How many nodes are remembered, and how many times the log was heard of. */
const MOST_REMEMBERED = 400;
const MOST_LOGS = 4_000;
const MOST_MARKS = 4_000;

/** The node that a client is connected to, if there are nodes. */
export function nodeOf(nodes: readonly NodeFact[], c: number): NodeFact | undefined {
  return nodes.find(({ first, last }) => first <= c && c <= last);
}

/** Whether a client is connected to another node: this server never sees its bytes. */
export function isElsewhere({ node }: ClientFact): boolean {
  return node?.isOwn === false;
}

/** Where a client is, if it is on another node: ` on node b`; else nothing. */
export function where(client: ClientFact): string {
  return isElsewhere(client) ? ` on node ${client.node!.name}` : '';
}

/** The clients of other nodes that a quit reaches. Their nodes close them, unseen. */
export function reachedElsewhere(
  clients: Iterable<ClientFact>,
  { scope, room, seat }: Told<'quit'>,
): number[] {
  // Nobody quits: only this server closes, and the other nodes go on.
  if (scope === 'all' && seat === undefined) return [];
  return [...clients]
    .filter((client) => isElsewhere(client) && (scope === 'all' || client.stays.at(-1)?.room === room))
    .map(({ c }) => c);
}

/** What the server says about the nodes and the log. */
export function takeNodes(known: Known, message: Told<'nodes'>): void {
  const { nodes, log, clients, marks } = known;
  const { t, nodes: rows, allNodes, position, pending, entryMs, awayMs } = message;
  const isFirst = log.length === 0;
  const mark = (text: string, isBad: boolean): void => {
    if (!isFirst) keep(marks, { t, kind: 'node', c: undefined, text, isBad } satisfies Mark, MOST_MARKS);
  };
  const end = (node: NodeFact, at: number, hasLeft = false): void => {
    if (node.goneAt !== Infinity) return;
    Object.assign(node, { goneAt: at, hasLeft });
    mark(`node ${node.name} ${hasLeft ? 'has left' : 'is gone: the others go on without it'}`, !hasLeft);
  };
  for (const [i, { name, first, last, goneMs, left }] of rows.entries()) {
    let node = nodes.find((one) => one.first === first);
    if (node === undefined) {
      node = { name, first, last, isOwn: i === 0, from: t, goneAt: Infinity, hasLeft: false };
      keep(nodes, node, MOST_REMEMBERED);
      mark(`node ${name} is up`, false);
      for (const client of clients.values()) client.node ??= nodeOf([node], client.c);
    }
    if (goneMs !== undefined) end(node, t - goneMs, left);
  }
  const isThere = (node: NodeFact): boolean => rows.some(({ first }) => first === node.first);
  if (allNodes === undefined) for (const node of nodes) if (!isThere(node)) end(node, t);
  const before = log.at(-1)?.awaySince;
  const awaySince = awayMs === undefined ? undefined : (before ?? t - awayMs);
  if (awaySince !== undefined && before === undefined) mark('cut off from the log', true);
  if (awaySince === undefined && before !== undefined) mark('the log answers again', false);
  const more = Math.max(0, (allNodes ?? 0) - rows.length);
  keep(log, { t, position, pending, entryMs, awaySince, more }, MOST_LOGS);
}
