import { parse } from '@proto/protocol';
import type { Client, Delivery, HandlerResult, Outcome, RoomRecord, Work } from '../../src/room/records.ts';
import { Rooms, type RoomsOptions } from '../../src/room/rooms.ts';

export const DEFAULTS: RoomsOptions = {
  order: 'strict',
  deliver: 'sender',
  transform: 'upper',
  clients: 1,
  maxSkips: 'none',
  addresses: 'shown',
  events: true,
  quit: 'all',
  maxRooms: 1_000,
};

export function linesOf(delivery: Delivery): string[] {
  if ('line' in delivery) return [delivery.line];
  const lines = delivery.run.slice(delivery.from, delivery.end).split('\n');
  // Whatever the count and the ends say must hold, or a bound would be charged wrongly.
  if (lines.pop() !== '' || lines.length !== delivery.count) throw new Error(JSON.stringify(delivery));
  return lines;
}

/** Rooms with nothing around them: what each client got, line by line. */
export class House {
  readonly rooms: Rooms;
  readonly records: RoomRecord[] = [];
  readonly outcomes: Outcome[] = [];
  readonly work: Work[] = [];
  readonly closed: Client[] = [];
  readonly #got = new Map<Client, string[]>();
  readonly #unanswered = new Map<Client, number>();
  readonly #over = new Set<Client>();
  #isOver = false;

  constructor(options: Partial<RoomsOptions> = {}) {
    const { order = 'strict' } = options;
    this.rooms = new Rooms({ ...DEFAULTS, clients: order === 'strict' ? 3 : 1, ...options });
  }

  apply(record: RoomRecord): Outcome {
    this.records.push(record);
    const outcome = this.rooms.apply(record);
    this.outcomes.push(outcome);
    this.#account(record, outcome);
    for (const delivery of outcome.deliveries) {
      const { to, except } = delivery;
      for (const client of typeof to === 'number' ? [to] : to) {
        if (client !== except) this.#box(client).push(...linesOf(delivery));
      }
    }
    this.work.push(...outcome.work);
    this.closed.push(...outcome.closed);
    return outcome;
  }

  /** What an edge knows of each client, from the outcomes alone, is what waits in the rooms. */
  #account(record: RoomRecord, { served, quits }: Outcome): void {
    // Behind an end or a quit nothing is accepted any more.
    if (record.type === 'quit' || quits.length > 0) this.#isOver = true;
    const isQuit = record.type === 'command' && record.command.verb === 'quit';
    if (record.type === 'end' || isQuit) this.#over.add(record.client);
    if (record.type === 'line') this.#accepted(record.client, 1);
    if (record.type === 'lines') this.#accepted(record.client, record.count);
    if (this.#isOver) return;
    for (const { client, lines } of served) this.#accepted(client, -lines);
    for (const [client, unanswered] of this.#unanswered) {
      if (this.#over.has(client)) continue;
      const waiting = this.rooms.roomOf(client)?.queued(client) ?? unanswered;
      if (waiting !== unanswered)
        throw new Error(`Client ${client} has ${unanswered} lines unanswered, ${waiting} wait`);
    }
  }

  #accepted(client: Client, lines: number): void {
    this.#unanswered.set(client, (this.#unanswered.get(client) ?? 0) + lines);
  }

  join(...clients: Client[]): this {
    for (const client of clients) this.apply({ type: 'join', client, address: `10.0.0.${client}:1` });
    return this;
  }

  /** A client sends a line: a message, a command, or a refusal, as `parse` says. */
  say(client: Client, line: string): this {
    const parsed = parse(line);
    if (parsed.kind === 'message') this.apply({ type: 'line', client, text: parsed.text, to: parsed.to });
    else if (parsed.kind === 'command' && parsed.verb === 'auth') throw new Error('no command of the rooms');
    else if (parsed.kind === 'command') this.apply({ type: 'command', client, command: parsed });
    else this.apply({ type: 'fault', client, code: parsed.code, text: parsed.text });
    return this;
  }

  done(index: number, result: HandlerResult): this {
    const { client, ticket } = this.work[index] as Work;
    this.apply({ type: 'done', client, ticket, result });
    return this;
  }

  tick(): this {
    let more = true;
    while (more) more = this.apply({ type: 'tick' }).more;
    return this;
  }

  /** Everything a client got since this was last asked. */
  got(client: Client): string[] {
    return this.#box(client).splice(0);
  }

  /** Forgets what everybody got so far. */
  hush(): this {
    this.#got.clear();
    return this;
  }

  #box(client: Client): string[] {
    const box = this.#got.get(client) ?? [];
    this.#got.set(client, box);
    return box;
  }
}
