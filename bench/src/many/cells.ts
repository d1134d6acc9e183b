import { writeHead, writeRecord } from '../../../apps/server/src/cluster/entry.ts';
import { LINE_BYTES } from '../server/wire.ts';

/** What one line and one client cost. */
export interface Costs {
  /** Processor time of a line, in microseconds: of its own server, of each other one, of all NATS servers. */
  readonly ownMicros: number;
  readonly otherMicros: number;
  readonly natsMicros: number;
  /** Heap of a client on each other server, in bytes. */
  readonly heapBytes: number;
}

/**
 * What a cell is held to be, and what its clients do.
 *
 * Source: chosen. 50,000 clients a server, who say a line every ten seconds, in rooms of 100.
 */
const SERVERS = 6;
const CLIENTS_PER_SERVER = 50_000;
const LINES_PER_CLIENT = 0.1;
const CLIENTS_PER_ROOM = 100;
/** NATS servers that keep one log. */
const COPIES = 3;

/** Bytes of an entry with one line in it, as it's written. */
const ENTRY_BYTES = (
  writeHead('server-1.0123456789abcdef', 1_000_000) +
  writeRecord({ type: 'line', client: 25_000, text: 'x'.repeat(LINE_BYTES) })
).length;

/** One installation. What isn't a sum is of the fullest cell. */
export interface Installation {
  readonly clients: number;
  readonly cells: number;
  readonly servers: number;
  /** Clients of the fullest cell. */
  readonly fullest: number;
  readonly linesPerSecond: number;
  /** Of a server: how much of one core it's busy, from 0 to 1; and heap for the clients of the others, in bytes. */
  readonly serverShare: number;
  readonly heapBytes: number;
  /** Of the three NATS servers of one cell, together. */
  readonly natsShare: number;
  /** What comes into the log and goes out of it to the servers and to its copies, in bytes a second. */
  readonly inBytes: number;
  readonly outBytes: number;
}

/** Gives each room to a cell by the hash of its name, and adds up what the clients of the fullest cell cost. */
export function installation(clients: number, costs: Costs): Installation {
  const cells = Math.ceil(clients / (SERVERS * CLIENTS_PER_SERVER));
  const members = Array.from({ length: cells }, () => 0);
  for (let room = 0; room < clients / CLIENTS_PER_ROOM; room++)
    members[hash(`room-${room}`) % cells]! += CLIENTS_PER_ROOM;
  const fullest = Math.max(...members);
  const linesPerSecond = fullest * LINES_PER_CLIENT;
  const own = linesPerSecond / SERVERS;
  const inBytes = linesPerSecond * ENTRY_BYTES;
  return {
    clients,
    cells,
    servers: cells * SERVERS,
    fullest,
    linesPerSecond,
    serverShare: (own * costs.ownMicros + (linesPerSecond - own) * costs.otherMicros) / 1e6,
    heapBytes: (fullest - fullest / SERVERS) * costs.heapBytes,
    natsShare: (linesPerSecond * costs.natsMicros) / 1e6,
    inBytes,
    outBytes: inBytes * (SERVERS + COPIES - 1),
  };
}

/** FNV-1a, with its bits mixed once more: names that differ in the last digit are far apart. */
function hash(name: string): number {
  let value = 0x811c9dc5;
  for (let at = 0; at < name.length; at++) value = Math.imul(value ^ name.charCodeAt(at), 0x01000193);
  value = Math.imul(value ^ (value >>> 16), 0x85ebca6b);
  return (value ^ (value >>> 13)) >>> 0;
}

const ROWS: readonly (readonly [what: string, of: (each: Installation) => string])[] = [
  ['cells, of six servers and three copies of a log each', ({ cells }) => whole(cells)],
  ['servers', ({ servers }) => whole(servers)],
  ['clients of the fullest cell', ({ fullest }) => whole(fullest)],
  ['its lines a second', ({ linesPerSecond }) => whole(linesPerSecond)],
  ['a server of it: processor', ({ serverShare }) => percent(serverShare)],
  ['a server of it: heap for clients of the others', ({ heapBytes }) => `${whole(heapBytes / 1e6)} MB`],
  ['its three NATS servers together: processor', ({ natsShare }) => percent(natsShare)],
  ['into its log', ({ inBytes }) => `${(inBytes / 1e6).toFixed(1)} MB/s`],
  ['out of it, to servers and copies', ({ outBytes }) => `${whole(outBytes / 1e6)} MB/s`],
];

/** The table of docs/many.md. */
export function cellsTable(costs: Costs): string {
  const all = [100_000, 1_000_000, 10_000_000].map((clients) => installation(clients, costs));
  const lines = [
    `| clients | ${all.map(({ clients }) => whole(clients)).join(' | ')} |`,
    `|---|${all.map(() => '---').join('|')}|`,
    ...ROWS.map(([what, of]) => `| ${what} | ${all.map(of).join(' | ')} |`),
  ];
  return lines.join('\n');
}

function whole(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

function percent(share: number): string {
  return `${whole(100 * share)} % of a core`;
}
