import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Outcome, RoomRecord } from '../../src/room/records.ts';
import type { RoomsDump } from '../../src/room/dump/room-dump.ts';
import { Rooms, type RoomsOptions } from '../../src/room/rooms.ts';
import { options, run, steps } from './conversation.ts';
import { DEFAULTS, House } from './house.ts';

function throughText(rooms: Rooms, given: RoomsOptions): Rooms {
  return Rooms.from(JSON.parse(JSON.stringify(rooms.dump())) as RoomsDump, given);
}

/** What the rooms make of a record, and what can be asked of them after it. */
function seen(rooms: Rooms, record: RoomRecord): { outcome: Outcome; asked: unknown } {
  const outcome = rooms.apply(record);
  const all = [...rooms.all].map(([name, room]) => {
    const { presence, waiting, waitedFor, holder, turn, mayWantTick, clients, status } = room;
    const queued = clients.map((each) => [each, room.queued(each)]);
    return { name, presence, waiting, waitedFor, holder, turn, mayWantTick, queued, status };
  });
  const { isHeldUp, wantsTick } = rooms;
  return { outcome, asked: { all, people: [...rooms.people(100)], isHeldUp, wantsTick } };
}

describe('Rooms.dump', () => {
  test('rooms: written down anywhere in a conversation and read back, they go on alike', () => {
    let compared = 0;
    fc.assert(
      fc.property(options, steps, fc.nat(), (given, all, at) => {
        const house = new House(given);
        run(house, all);
        const rooms = new Rooms(given);
        const cut = at % house.records.length;
        for (const record of house.records.slice(0, cut)) rooms.apply(record);
        const other = throughText(rooms, given);
        for (const record of house.records.slice(cut)) {
          expect(JSON.stringify(seen(other, record))).toBe(JSON.stringify(seen(rooms, record)));
          compared += 1;
        }
        expect(other.dump()).toEqual(rooms.dump());
      }),
      { numRuns: 1_500 },
    );
    console.log(`dump: ${compared} outcomes compared after 1,500 cuts`);
  }, 120_000);

  test('rooms: a dump changes nothing and is not changed by what comes later', () => {
    fc.assert(
      fc.property(options, steps, fc.nat(6), (given, all, nth) => {
        const house = new House(given);
        run(house, all);
        const rooms = new Rooms(given);
        const again = new Rooms(given);
        const dumps: RoomsDump[] = [];
        const texts: string[] = [];
        for (const [index, record] of house.records.entries()) {
          expect(JSON.stringify(rooms.apply(record))).toBe(JSON.stringify(again.apply(record)));
          if (index % 7 !== nth) continue;
          const dump = rooms.dump();
          dumps.push(dump);
          texts.push(JSON.stringify(dump));
          expect(JSON.stringify(throughText(rooms, given).dump())).toBe(texts.at(-1));
        }
        expect(dumps.map((dump) => JSON.stringify(dump))).toEqual(texts);
      }),
      { numRuns: 100 },
    );
  }, 120_000);

  test('rooms: 10,000 clients, each with a line that waits', () => {
    const house = new House({ clients: 1 });
    house.join(...Array.from({ length: 10_000 }, (_, index) => index + 1));
    for (let each = 2; each <= 10_000; each += 1) house.say(each, 'a line that waits');
    const from = performance.now();
    const text = JSON.stringify(house.rooms.dump());
    const written = performance.now();
    const other = Rooms.from(JSON.parse(text) as RoomsDump, { ...DEFAULTS, clients: 1 });
    const read = performance.now();
    const size = Math.round(text.length / 1_024);
    console.log(
      `dump: 10,000 clients, ${size} KiB, written in ${Math.round(written - from)} ms, read in ${Math.round(read - written)} ms`,
    );
    expect(other.roomOf(10_000)?.waiting).toBe(9_999);
    const next: RoomRecord = { type: 'line', client: 1, text: 'go' };
    expect(JSON.stringify(other.apply(next))).toBe(JSON.stringify(house.rooms.apply(next)));
  }, 60_000);
});
