import { writeHead, writeRecord, type NodeRecord } from '../../../src/cluster/entry.ts';
import { CLIENTS_PER_NODE, Ledger, type LedgerSetup } from '../../../src/cluster/ledger.ts';
import { emptied, nothing, type RoomRecord } from '../../../src/room/records.ts';
import type { Room } from '../../../src/room/room.ts';
import type { RoomsOptions } from '../../../src/room/rooms.ts';
import { setupOf } from './replay.ts';

type Told = RoomRecord | NodeRecord;

/** A server as far as the log shows it. Its clients have the numbers that it gave them. */
export interface ScribeNode {
  readonly id: string;
  readonly ordinal: number;
  seq: number;
  clients: number;
}

/** Writes a conversation as servers would append it, and applies it: so it knows whose turn it is and what is at the handler. */
export class Scribe {
  readonly entries: string[] = [];
  /** Lines at the handler, oldest first. */
  readonly work: { readonly client: number; readonly ticket: number }[] = [];
  readonly ledger: Ledger;
  readonly #setup: LedgerSetup;
  #ups = 0;

  constructor(options: RoomsOptions) {
    const out = nothing();
    this.#setup = setupOf(options);
    this.ledger = Ledger.at(undefined, this.#setup, {
      apply: (record) => {
        const outcome = this.ledger.rooms.apply(record, emptied(out));
        this.work.push(...outcome.work.map(({ client, ticket }) => ({ client, ticket })));
        return outcome;
      },
    });
  }

  /** A server comes up. `before`: what it says first. */
  up(name: string, more: { rules?: number; options?: string; before?: Told[] } = {}): ScribeNode {
    const id = `${name}.${this.entries.length.toString(16)}`;
    const node: ScribeNode = { id, ordinal: this.#ups, seq: 0, clients: 0 };
    const { rules = this.#setup.rules, options = this.#setup.alike, before = [] } = more;
    this.write(node, ...before, { type: 'up', name, rules, options });
    if (this.ledger.nodes.has(id)) this.#ups++;
    return node;
  }

  /** An entry of a server. */
  write(node: ScribeNode, ...records: Told[]): this {
    return this.raw(writeHead(node.id, node.seq++) + records.map(writeRecord).join(''));
  }

  /** Any text, whether it's an entry or not. */
  raw(text: string): this {
    this.entries.push(text);
    this.ledger.push(text);
    while (this.ledger.step(Infinity));
    return this;
  }

  /** The last entry comes once more. */
  again(): this {
    return this.raw(this.entries.at(-1)!);
  }

  /** Records of clients that come in; their numbers are the next ones of the server. */
  joins(node: ScribeNode, count: number): Told[] {
    return Array.from({ length: count }, () => {
      const client = ++node.clients;
      return { type: 'join' as const, client, address: `10.0.${node.ordinal}.${client}:1` };
    });
  }

  /** The room of a client of a server. */
  roomOf(node: ScribeNode, client: number): Room | undefined {
    return this.ledger.rooms.roomOf(node.ordinal * CLIENTS_PER_NODE + client);
  }

  /** What the handler made of the oldest line that it has of a server; none: it has none. */
  done(node: ScribeNode, result: Extract<RoomRecord, { type: 'done' }>['result']): Told[] {
    const at = this.work.findIndex(({ client }) => Math.floor(client / CLIENTS_PER_NODE) === node.ordinal);
    const [work] = at === -1 ? [] : this.work.splice(at, 1);
    if (work === undefined) return [];
    return [{ type: 'done', client: work.client % CLIENTS_PER_NODE, ticket: work.ticket, result }];
  }
}

/** Messages of one client in one piece. */
export function run(client: number, lines: readonly string[]): Extract<RoomRecord, { type: 'lines' }> {
  return { type: 'lines', client, text: lines.map((each) => `${each}\n`).join(''), count: lines.length };
}

/** As many lines. */
export function numbered(count: number, of: string): string[] {
  return Array.from({ length: count }, (_, n) => `${of}${n}`);
}

export function line(client: number, text: string, to?: string): Extract<RoomRecord, { type: 'line' }> {
  return to === undefined ? { type: 'line', client, text } : { type: 'line', client, text, to };
}
