import type { EventEmitter } from 'node:events';
import type { Message, PersonRow, RoomRow } from '@proto/watch';
import type { Place, Server, ServerEvents } from '../../../server/src/index.ts';

/** How often the levels of a server are checked. In milliseconds. */
const LOOK_MS = 50;

/** Records what happens in a server, including every byte, as messages to a watcher. */
export class Recorder {
  readonly messages: Message[] = [];
  readonly #server: Server;
  readonly #now: () => number;
  readonly #started: number;
  readonly #stops: (() => void)[] = [];
  readonly #said = new Map<string, string>();
  #seq = 0;
  #beat: number;
  #longest = 0;

  constructor(server: Server, now: () => number = () => performance.now()) {
    this.#server = server;
    this.#now = now;
    this.#started = this.#beat = now();
    const { order, deliver, transform, clients, quit, framing, events, ...limits } = server.settings;
    const { maxLineBytes, maxOutboxBytes, maxQueuedLines, maxClients, turnTimeoutMs, graceMs } = limits;
    const said = typeof transform === 'string' ? transform : 'handler';
    this.messages.push({
      k: 'hello',
      v: 1,
      at: new Date(Date.UTC(2026, 10, 28, 14, 0)).toISOString(),
      address: '',
      why: 'file',
      rights: ['watch'],
      settings: {
        order,
        deliver,
        transform: said,
        clients,
        quit,
        framing,
        events,
        transport: 'tcp',
        token: false,
        maxLineBytes,
        maxOutboxBytes,
        maxQueuedLines,
        maxClients,
        turnTimeoutMs,
        graceMs,
      },
    });
    this.#listen();
  }

  /** Starts checking the levels; a long computation appears as a delay of the event loop. */
  begin(): this {
    const beat = setInterval(() => {
      const now = this.#now();
      this.#longest = Math.max(this.#longest, now - this.#beat - 10);
      this.#beat = now;
    }, 10);
    const look = setInterval(() => this.look(), LOOK_MS);
    this.#stops.push(
      () => clearInterval(beat),
      () => clearInterval(look),
    );
    return this;
  }

  /** Records rooms and clients that have changed. */
  look(): void {
    const { t } = this;
    const rooms = [...this.#server.status()]
      .map(roomRow)
      .filter((row) => this.#isNew(`room ${row.room}`, row));
    const people = [...this.#server.people()].map(personRow);
    const rows = people.filter((row) => this.#isNew(`client ${row.c}`, row));
    if (rooms.length > 0) this.messages.push({ k: 'rooms', t, rooms });
    if (rows.length > 0) this.messages.push({ k: 'people', t, rows });
    const { clients, linesIn, linesOut, bytesIn, bytesOut, skips } = this.#server.counts;
    this.messages.push({
      k: 'tick',
      t,
      seq: ++this.#seq,
      all: people.length,
      counts: { clients, linesIn, linesOut, bytesIn, bytesOut, skips },
      loopMs: tenths(this.#longest),
      left: { chunks: 0, bytes: 0, turns: 0, others: 0 },
    });
    this.#longest = 0;
  }

  stop(): readonly Message[] {
    for (const stop of this.#stops) stop();
    return this.messages;
  }

  get t(): number {
    return tenths(this.#now() - this.#started);
  }

  #isNew(key: string, row: RoomRow | PersonRow): boolean {
    const text = JSON.stringify(row);
    if (this.#said.get(key) === text) return false;
    this.#said.set(key, text);
    return true;
  }

  #on<K extends keyof ServerEvents>(name: K, tell: (...event: ServerEvents[K]) => void): void {
    const server: EventEmitter = this.#server;
    server.on(name, tell);
    this.#stops.push(() => server.off(name, tell));
  }

  #listen(): void {
    const push = (message: Message): void => void this.messages.push(message);
    const at = ({ client, room, seat }: Place): { c: number; room: string; seat: number } => ({
      c: client,
      room,
      seat,
    });
    this.#on('listening', ({ address }) => push({ k: 'listening', t: this.t, address }));
    this.#on('join', (event) => {
      const { address, name, have, want } = event;
      push({ k: 'join', t: this.t, ...at(event), address, ...(name && { name }), have, want });
    });
    this.#on('leave', (event) => push({ k: 'leave', t: this.t, ...at(event), reason: event.reason }));
    this.#on('drop', (event) => push({ k: 'drop', t: this.t, ...at(event), reason: event.reason }));
    this.#on('name', ({ client, name }) => push({ k: 'name', t: this.t, c: client, name }));
    this.#on('refuse', ({ address, code }) => push({ k: 'refuse', t: this.t, address, code }));
    this.#on('fault', ({ client, code }) => push({ k: 'fault', t: this.t, c: client, code }));
    this.#on('turn', (event) =>
      push({ k: 'turn', t: this.t, ...at(event), n: event.number, state: event.state }),
    );
    this.#on('rounds', ({ room, number, count, ring }) =>
      push({ k: 'rounds', t: this.t, room, n: number, count, ring: ring.map(({ client }) => client) }),
    );
    this.#on('waited', ({ client, room, end, ms }) =>
      push({ k: 'waited', t: this.t, room, c: client, end, ms: tenths(ms) }),
    );
    this.#on('chunk', ({ client, direction, from, bytes, open }) => {
      const b = Buffer.from(bytes).toString('latin1');
      push({ k: 'chunk', t: this.t, c: client, d: direction, from, len: bytes.length, b, open });
    });
    this.#on('chunkEnd', ({ client, direction, from, how, by }) =>
      push({ k: 'end', t: this.t, c: client, d: direction, how, by, from }),
    );
    this.#on('quit', ({ scope, room, seat, reason, told }) =>
      push({
        k: 'quit',
        t: this.t,
        scope: scope,
        ...(room !== undefined && { room }),
        ...(seat !== undefined && { seat }),
        reason,
        told: told.map(({ client }) => client),
      }),
    );
    this.#on('quitDone', ({ clean, forced, tookMs }) =>
      push({
        k: 'quitDone',
        t: this.t,
        clean: clean.map(({ client }) => client),
        forced: forced.map(({ client }) => client),
        ms: tenths(tookMs),
      }),
    );
    this.#on('handlerError', ({ client, error }) =>
      push({ k: 'handlerError', t: this.t, c: client, text: String(error) }),
    );
    this.#on('warning', ({ text }) => push({ k: 'warning', t: this.t, text }));
  }
}

const tenths = (ms: number): number => Math.round(Math.max(0, ms) * 10) / 10;

function roomRow({ room, have, want, turn, holder, waitedFor, waiting }: StatusRow): RoomRow {
  return {
    room,
    have,
    want,
    turn,
    waiting,
    ...(holder !== undefined && { holder }),
    ...(waitedFor !== undefined && { waitedFor }),
  };
}

type StatusRow = ReturnType<Server['status']> extends Iterable<infer Row> ? Row : never;
type PeopleRow = ReturnType<Server['people']> extends Iterable<infer Row> ? Row : never;

function personRow({ client, room, seat, name, waiting, served, slow, ended }: PeopleRow): PersonRow {
  return {
    c: client,
    room,
    seat,
    name,
    waiting,
    served,
    outbox: 0,
    ...(slow && { slow: true as const }),
    ...(ended !== undefined && { ended }),
  };
}
