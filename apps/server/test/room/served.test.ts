import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outcome, RoomRecord } from '../../src/room/records.ts';
import type { RoomsDump } from '../../src/room/dump/room-dump.ts';
import { Rooms } from '../../src/room/rooms.ts';
import { options, run, steps } from './conversation.ts';
import { DEFAULTS, House } from './house.ts';

const servedIn = (rooms: Rooms, client: number): number | undefined =>
  rooms.roomOf(client)?.member(client)?.served;

/** Adds up what was answered to each client since it took its seat, from the outcomes alone. */
class Tally {
  readonly #byClient = new Map<number, { lines: number }>();
  readonly #byTicket = new Map<number, { client: number; seat: { lines: number } }>();

  add(record: RoomRecord, { came, served, work }: Outcome): void {
    for (const { client } of came) this.#byClient.set(client, { lines: 0 });
    for (const { client, ticket } of work) this.#byTicket.set(ticket, { client, seat: this.#of(client) });
    // Of the lines that a `done` answers the first is the one that the handler had, in the seat that it came from.
    let handled = record.type === 'done' ? this.#byTicket.get(record.ticket) : undefined;
    for (const { client, lines } of served) {
      const seat = client === handled?.client ? handled.seat : this.#of(client);
      if (client === handled?.client) handled = undefined;
      seat.lines += lines;
    }
  }

  of(client: number): number {
    return this.#of(client).lines;
  }

  #of(client: number): { lines: number } {
    return this.#byClient.get(client) ?? { lines: 0 };
  }
}

describe('Member.served', () => {
  test('served: lines that were answered are counted one by one, in runs, and when they are refused', () => {
    const house = new House({ order: 'free' }).join(1, 2);
    house.say(1, 'a').say(1, '/to 9 nobody').say(1, '/who').say(1, '/nope');
    house.apply({ type: 'lines', client: 1, text: 'b\nc\nd\n', count: 3 });
    expect([1, 2].map((client) => servedIn(house.rooms, client))).toEqual([5, 0]);
  });

  test('served: a line that waits is not counted', () => {
    const house = new House({ clients: 2 }).join(1, 2).say(2, 'b');
    expect(servedIn(house.rooms, 2)).toBe(0);
    house.say(1, 'a');
    expect(servedIn(house.rooms, 2)).toBe(1);
  });

  test('served: a seat in another room begins with 0, there and back', () => {
    const house = new House({ order: 'free' }).join(1, 2).say(1, 'a').say(1, '/join side');
    expect(servedIn(house.rooms, 1)).toBe(0);
    house.say(1, 'b').say(1, '/join main');
    expect(servedIn(house.rooms, 1)).toBe(0);
  });

  test('served: it is written down and read back', () => {
    const house = new House({ order: 'free' }).join(1).say(1, 'a').say(1, 'b');
    const dump = JSON.parse(JSON.stringify(house.rooms.dump())) as RoomsDump;
    expect(servedIn(Rooms.from(dump, { ...DEFAULTS, order: 'free' }), 1)).toBe(2);
  });

  test('served: it is what the outcomes say, in any conversation', () => {
    let counted = 0;
    fc.assert(
      fc.property(options, steps, (given, all) => {
        const house = new House(given);
        run(house, all);
        const rooms = new Rooms(given);
        const tally = new Tally();
        for (const record of house.records) {
          tally.add(record, rooms.apply(record));
          const present = [...rooms.all.values()].flatMap(({ clients }) => clients);
          const counts = present.map((client) => servedIn(rooms, client));
          expect(counts).toEqual(present.map((client) => tally.of(client)));
          if (counts.some((count) => count !== undefined && count > 0)) counted += 1;
        }
      }),
      { numRuns: 400 },
    );
    expect(counted).toBeGreaterThan(1_000);
  }, 60_000);
});
