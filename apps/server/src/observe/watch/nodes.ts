import { type Message, MOST_NODES, type NodeRow } from '@proto/watch';
import type { Shared, SharedNode } from '../../journal/journal.ts';
import { tenths } from './tap.ts';

/** The time after which what only counts on is sent again, and for how long a node that is gone is sent. In milliseconds. */
export const NODES = { againMs: 250, goneMs: 60_000 } as const;

/** A name that is longer is cut. In characters. */
const NAME_CHARS = 64;

type Nodes = Extract<Message, { k: 'nodes' }>;

/** A server that may share its rooms with others. */
export interface Sharing {
  readonly shared: Pick<Shared, 'isAway' | 'nodes' | 'status'> | undefined;
}

/** The servers that share the rooms of this one, as a message; `undefined`: there are none. */
export function nodesMessage({ shared }: Sharing, t: number): Nodes | undefined {
  return shared && messageOf(shared, t);
}

function messageOf(shared: NonNullable<Sharing['shared']>, t: number): Nodes {
  const { nodes: up, position, pending, entryMs, awayMs } = shared.status();
  const nodes = shared
    .nodes()
    .filter(({ goneMs = 0 }) => goneMs < NODES.goneMs)
    .slice(0, MOST_NODES)
    .map(nodeRow);
  return {
    k: 'nodes',
    t,
    nodes,
    ...(up.length > MOST_NODES && { allNodes: up.length }),
    position,
    pending,
    entryMs: tenths(entryMs),
    ...(shared.isAway && { awayMs: tenths(awayMs) }),
  };
}

function nodeRow({ name, firstClient: first, lastClient: last, goneMs, hasLeft }: SharedNode): NodeRow {
  return {
    name: name.slice(0, NAME_CHARS),
    first,
    last,
    ...(goneMs !== undefined && { goneMs: tenths(goneMs) }),
    ...(hasLeft && { left: true }),
  };
}

/** Finds what has changed in the nodes: at once where one has come, gone or been cut off, else every 250 ms. */
export class NodeChanges {
  readonly #server: Sharing;
  #who = '';
  #counts = '';
  #at = -Infinity;

  constructor(server: Sharing) {
    this.#server = server;
  }

  /** The nodes, if something has changed. */
  nodes(t: number): Message | undefined {
    const message = nodesMessage(this.#server, t);
    if (message === undefined) return undefined;
    const { nodes, position, pending, entryMs, awayMs } = message;
    const who = [
      awayMs !== undefined,
      ...nodes.map(({ first, goneMs }) => [first, goneMs !== undefined]),
    ].join();
    const counts = [position, pending, entryMs].join();
    const isDue = t - this.#at >= NODES.againMs && counts !== this.#counts;
    if (who === this.#who && !isDue) return undefined;
    this.#who = who;
    this.#counts = counts;
    this.#at = t;
    return message;
  }
}
