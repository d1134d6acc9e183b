import type { Client, Entry, RoomRecord, ServerEvents } from '@proto/server';
import { Check } from './check.ts';

/** What a member of a room may be when a record about it comes. The first that fits counts. */
export const STATES = [
  'not here',
  'closing room',
  'ended',
  'slow',
  'at the handler',
  'passed over',
  'waited for',
  'queued',
  'early',
  'idle',
] as const;

export type State = (typeof STATES)[number];

/** What a record is, with the verb of a command. */
export const RECORDS = [
  'join',
  'line',
  'line to one',
  'lines',
  'fault',
  'notice',
  '/pass',
  '/who',
  '/room',
  '/help',
  '/ping',
  '/name',
  '/join',
  '/quit',
  'end',
  'leave',
  'skip',
  'slow',
  'not slow',
  'done',
  'kick',
] as const;

export type RecordKind = (typeof RECORDS)[number];

/** How often each record came to a member in each state. */
export type Counted = Map<string, number>;

/** Counts which records came to members in which states. It checks nothing. */
export class Coverage extends Check {
  readonly counted: Counted = new Map();
  readonly #passedOver = new Set<Client>();
  readonly #closing = new Set<Client>();

  override event<Name extends keyof ServerEvents>(
    _node: number,
    name: Name,
    event: ServerEvents[Name][0],
  ): void {
    if (name === 'passedOver') this.#passedOver.add((event as ServerEvents['passedOver'][0]).client);
    if (name === 'quit')
      for (const { client } of (event as ServerEvents['quit'][0]).told) this.#closing.add(client);
  }

  override before(node: number, { record }: Entry): void {
    const client = record.type === 'kick' ? record.whom : 'client' in record ? record.client : undefined;
    const kind = kindOf(record);
    if (client === undefined || kind === undefined) return;
    const key = `${kind} × ${this.#stateOf(node, client)}`;
    this.counted.set(key, (this.counted.get(key) ?? 0) + 1);
    if (record.type === 'line' || record.type === 'lines') this.#passedOver.delete(client);
  }

  #stateOf(node: number, client: Client): State {
    const { server } = this.world.nodes[node]!;
    const person = [...server.people(100)].find((other) => other.client === client);
    if (person === undefined) return this.#closing.has(client) ? 'closing room' : 'not here';
    if (this.#closing.has(client)) return 'closing room';
    if (person.ended !== undefined) return 'ended';
    if (person.slow) return 'slow';
    if (server.loadOf(client)?.handlingMs !== undefined) return 'at the handler';
    if (this.#passedOver.has(client)) return 'passed over';
    const status = [...server.status()].find(({ room }) => room === person.room);
    if (status?.waitedFor === person.seat) return 'waited for';
    if (person.waiting > 0) return 'queued';
    return status !== undefined && status.have < status.want ? 'early' : 'idle';
  }
}

function kindOf(record: RoomRecord): RecordKind | undefined {
  switch (record.type) {
    case 'line':
      return record.to === undefined ? 'line' : 'line to one';
    case 'slow':
      return record.slow ? 'slow' : 'not slow';
    case 'fault':
      return /^(?:FRAME|MESSAGE)_/.test(record.code) ? 'fault' : 'notice';
    case 'command':
      return `/${record.command.verb}`;
    case 'quit':
    case 'hold':
    case 'step':
    case 'say':
    case 'tick':
      return undefined;
    default:
      return record.type;
  }
}
