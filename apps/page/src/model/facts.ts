import type { Message, PersonRow, RoomRow } from '@proto/watch';
import {
  clientAt,
  emptyClient,
  forgetOldest,
  keepWire,
  sit,
  takeName,
  takePerson,
  takeQuit,
  takeQuitDone,
} from './clients.ts';
import { Known } from './known.ts';
import { markOf } from './marks.ts';
import {
  emptyRoom,
  endHold,
  NOBODY,
  takeJoin,
  takeLeave,
  takeAnswers,
  takeRest,
  takeRow,
  takeServed,
  takeTurn,
} from './rooms.ts';
import { nodeOf, reachedElsewhere, takeNodes } from './nodes.ts';
import type { ClientFact, RoomFact, Told } from './shapes.ts';
import { keep } from './sorted.ts';
import { Streams } from './streams.ts';

/** How much is kept of everything that is not in a client or a room. */
const MOST_OTHERS = 4_000;

/** All that is known of a session, from its messages. */
export class Facts extends Known {
  /** Added to each time in a message: another `hello` starts a new clock. */
  #shift = 0;
  #streams: Streams | undefined;

  /** Takes the next message. Messages before the first `hello` are ignored. */
  take(told: Message): void {
    if (told.k === 'hello') return this.#hello(told);
    if (told.k === 'locked') this.tries = told.tries;
    if (this.#streams === undefined) return;
    // Time does not go back, whatever the messages say.
    this.last = Math.max(this.last, told.t + this.#shift);
    const message = { ...told, t: this.last } as typeof told;
    const mark = markOf(message, (c) => this.clients.get(c) ?? emptyClient(c, '', nodeOf(this.nodes, c)));
    if (mark !== undefined) keep(this.marks, mark, MOST_OTHERS);
    this.#take(message, this.#streams);
  }

  #take(message: Exclude<Message, { k: 'hello' }>, streams: Streams): void {
    const { t } = message;
    switch (message.k) {
      case 'state':
        return this.#state(message);
      case 'nodes':
        return takeNodes(this, message);
      case 'listening':
        return void this.addresses.push({ t, address: message.address });
      case 'join':
        return this.#join(message);
      case 'leave':
        return this.#leave(message);
      case 'drop':
        this.#client(message.c).drop ??= { t, reason: message.reason };
        return;
      case 'name':
        return takeName(this.#client(message.c), message.name, t);
      case 'turn':
        return this.#turn(message);
      case 'rounds':
        return this.#rounds(message);
      case 'waited':
        return takeRest(this.room(message.room), message);
      case 'chunk':
        return this.#chunk(message, streams);
      case 'end':
        return this.#end(message, streams);
      case 'quit':
        return this.#quit(message);
      case 'quitDone':
        return this.#quitDone(message);
      case 'rooms':
        for (const row of message.rooms) this.#row(row, t);
        for (const gone of message.gone ?? []) this.#row({ ...NOBODY, room: gone }, t);
        return;
      case 'people':
        for (const row of message.rows) this.#person(row, t);
        return;
      case 'tick':
        return this.#tick(message);
      case 'stopped':
        this.stopped = message.why;
        return;
      case 'lesson':
        this.lesson = message;
        return;
      case 'caption':
        return void keep(this.captions, message, MOST_OTHERS);
      case 'locked':
      case 'refuse':
      case 'cut':
      case 'fault':
      case 'handlerError':
      case 'warning':
    }
  }

  /** A room by its name; created if it is new. */
  room(name: string): RoomFact {
    const known = this.rooms.get(name);
    if (known !== undefined) return known;
    const room = emptyRoom(name);
    this.rooms.set(name, room);
    forgetOldest(this.rooms, ({ rows }) => rows.at(-1)?.have === 0);
    return room;
  }

  #hello({ at, address, why, rights, settings }: Told<'hello'>): void {
    this.tries = undefined;
    this.rights = rights;
    if (this.#streams === undefined) {
      this.at = at;
      this.settings = settings;
      this.isRecorded = why === 'file';
      this.#streams = new Streams(settings);
    } else {
      this.#shift = Date.parse(at) - Date.parse(this.at);
      for (const client of this.clients.values()) this.#streams.waiting.blur(client, this.last);
    }
    if (address !== '' && this.addresses.length === 0) this.addresses.push({ t: this.last, address });
  }

  #state({ t, rooms, people, all, allRooms }: Told<'state'>): void {
    this.#total(t, all, allRooms);
    const here = new Set(people.map(({ c }) => c));
    // If `people` is only a part, clients that are not in it may still be there.
    if (all <= people.length) for (const c of this.clients.keys()) if (!here.has(c)) this.#gone(c, t);
    for (const row of people) this.#person(row, t, true);
    for (const row of rooms) this.#row(row, t);
  }

  #client(c: number, address = ''): ClientFact {
    const known = this.clients.get(c);
    if (known !== undefined) return known;
    const client = emptyClient(c, address, nodeOf(this.nodes, c));
    this.clients.set(c, client);
    const forgotten = forgetOldest(this.clients, ({ stays }) => stays.at(-1)?.to !== Infinity);
    if (forgotten !== undefined) this.#streams?.forget(forgotten);
    return client;
  }

  #join({ t, c, room, seat, address, name, have, want }: Told<'join'>): void {
    const client = this.#client(c, address);
    sit(client, { room, seat, t });
    if (name !== undefined) client.names.push({ t, name });
    takeJoin(this.room(room), have, want, t);
  }

  #leave({ t, c, reason }: Told<'leave'>): void {
    const stay = this.#client(c).stays.at(-1);
    if (stay === undefined || stay.to !== Infinity) return;
    stay.to = t;
    stay.reason = reason;
    takeLeave(this.room(stay.room), t);
  }

  #gone(c: number, t: number, reason = ''): void {
    const stay = this.clients.get(c)?.stays.at(-1);
    if (stay !== undefined && stay.to === Infinity) Object.assign(stay, { to: t, reason });
    this.#streams?.waiting.lose(c, t);
    this.#streams?.forget(c);
  }

  #turn({ t, room: name, n, c, seat, state }: Told<'turn'>): void {
    const room = this.room(name);
    takeTurn(room, { t, n, c, seat, state });
    if (state !== 'served') return;
    const line = this.#streams?.waiting.serve(c, n, t);
    if (line !== undefined) takeServed(room, line, t);
  }

  #rounds({ t, room, n, count, ring }: Told<'rounds'>): void {
    for (let at = 0; at < count && ring.length > 0; at++) {
      const c = ring[at % ring.length]!;
      const seat = this.clients.get(c)?.stays.at(-1)?.seat ?? 0;
      this.#turn({ k: 'turn', t, room, n: n + at, c, seat, state: 'served' });
    }
  }

  #chunk(message: Told<'chunk'>, streams: Streams): void {
    const client = this.#client(message.c);
    const chunk = streams.chunk(client, message);
    keepWire(this.wire, this.clients, chunk);
    if (message.d === 'read') return;
    const room = client.stays.at(-1)?.room;
    if (room !== undefined) takeAnswers(this.room(room), chunk);
  }

  #end(message: Told<'end'>, streams: Streams): void {
    const client = this.#client(message.c);
    const end = streams.end(client, message);
    keepWire(this.wire, this.clients, end);
    client[message.d === 'read' ? 'readEnd' : 'writeEnd'] ??= end;
    if (message.d === 'write' || message.how === 'RST') streams.waiting.lose(message.c, message.t);
    if (client.readEnd !== undefined && client.writeEnd !== undefined) streams.forget(message.c);
  }

  #row(row: RoomRow, t: number): void {
    takeRow(this.room(row.room), row, t, (seat) => clientAt(this.clients, row.room, seat));
  }

  #person(row: PersonRow, t: number, isOpening = false): void {
    const isNew = isOpening || !this.clients.has(row.c);
    const client = this.#client(row.c);
    takePerson(client, row, t, this.clients.size);
    if (isNew) this.#streams?.waiting.meet(client, row, t);
    this.#streams?.waiting.heard(client, row, t);
  }

  #quit(message: Told<'quit'>): void {
    const { t, scope, room, seat, reason, told } = message;
    if (!takeQuit(this.quits, { t, scope, room, seat, reason, told })) return;
    for (const one of this.rooms.values()) if (scope === 'all' || one.room === room) endHold(one, t, 'quit');
    for (const c of reachedElsewhere(this.clients.values(), message)) this.#gone(c, t, 'quit');
  }

  #quitDone(message: Told<'quitDone'>): void {
    const quit = takeQuitDone(this.quits, message);
    // Clients that a quit reaches do not leave one by one.
    for (const c of quit?.told ?? []) this.#gone(c, message.t, 'quit');
  }

  #total(t: number, clients: number, rooms: number = 0): void {
    const last = this.totals.at(-1);
    if (last?.clients !== clients || last.rooms !== rooms)
      keep(this.totals, { t, clients, rooms }, MOST_OTHERS);
  }

  #tick({ t, all, allRooms, counts, loopMs, left }: Told<'tick'>): void {
    this.#total(t, all, allRooms);
    if (left.chunks > 0) this.#streams?.leaveOut(t);
    const before = this.counts.at(-1)?.left ?? 0;
    keep(this.counts, { ...counts, t, left: before + left.chunks }, MOST_OTHERS);
    keep(this.loop, { t, ms: loopMs }, MOST_OTHERS);
  }
}
