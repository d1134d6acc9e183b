import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nothing, type Outcome, type RoomRecord } from '../../src/room/records.ts';
import { Rooms, type RoomsOptions } from '../../src/room/rooms.ts';
import { options, run as converse, steps as conversation } from './conversation.ts';
import { House } from './house.ts';

const client = fc.integer({ min: 1, max: 3 });
const runOf = (text: string): { text: string; count: number } => ({
  text,
  count: text.split('\n').length - 1,
});

/** Lines of one client, said in one piece by one house and one by one in the other; and what may come between. */
const step = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      client,
      lines: fc.array(fc.constantFrom('', 'a', 'hello you'), { minLength: 1, maxLength: 6 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      client,
      say: fc.constantFrom('/pass', '/join side', '/join main', '/to 1 x', '/who', '* star'),
    }),
  },
  { weight: 2, arbitrary: fc.record({ client, slow: fc.boolean() }) },
  { weight: 1, arbitrary: fc.record({ client, fault: fc.constant(true) }) },
  { weight: 2, arbitrary: fc.constant({ tick: true }) },
  { weight: 2, arbitrary: fc.record({ done: fc.constantFrom('A', undefined) }) },
  { weight: 1, arbitrary: fc.record({ client, end: fc.constantFrom('end' as const, 'leave' as const) }) },
);
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

function run(
  house: House,
  steps: readonly Step[],
  say: (house: House, client: number, lines: string[]) => void,
): void {
  let settled = 0;
  house.join(1, 2, 3);
  for (const each of steps) {
    if ('lines' in each) say(house, each.client, each.lines);
    else if ('say' in each) house.say(each.client, each.say);
    else if ('slow' in each) house.apply({ type: 'slow', client: each.client, slow: each.slow });
    else if ('end' in each) house.apply({ type: each.end, client: each.client, reason: 'because' });
    else if ('tick' in each) house.tick();
    else if ('done' in each && settled < house.work.length) house.done(settled++, { text: each.done });
    else if ('fault' in each)
      house.apply({ type: 'fault', client: each.client, code: 'FRAME_BARE_CR', text: 'Cannot read' });
  }
  for (const each of [1, 2, 3]) house.apply({ type: 'slow', client: each, slow: false });
  house.apply({ type: 'quit', client: undefined, reason: 'end' });
  house.tick();
  while (settled < house.work.length) house.done(settled++, { text: 'Z' }).tick();
}

/** Rooms in which, before each run, copies of them are asked for the answer. */
class AnsweringHouse extends House {
  answered = 0;
  readonly #options: RoomsOptions;

  constructor(given: RoomsOptions) {
    super(given);
    this.#options = given;
  }

  override apply(record: RoomRecord): Outcome {
    if (record.type !== 'lines') return super.apply(record);
    const { client: to, text, count } = record;
    const copy = Rooms.from(this.rooms.dump(), this.#options);
    const answer = copy.answer(to, text, count);
    const outcome = super.apply(record);
    if (answer === undefined) return outcome;
    this.answered++;
    const delivery = {
      to,
      except: undefined,
      run: answer,
      from: 0,
      end: answer.length,
      count: count,
    };
    const served = { client: to, lines: count };
    expect(outcome).toEqual({ ...nothing(), deliveries: [delivery], served: [served] });
    expect(copy.dump()).toEqual(this.rooms.dump());
    return outcome;
  }
}

describe('runs', () => {
  test('rooms: a run is served as its lines one by one would be', () => {
    const given = fc.record({
      order: fc.constantFrom('strict', 'fair', 'free'),
      deliver: fc.constantFrom('sender', 'others', 'all'),
      transform: fc.constantFrom('upper', 'none', 'handler'),
      events: fc.boolean(),
      clients: fc.integer({ min: 1, max: 3 }),
    });
    fc.assert(
      fc.property(given, fc.array(step, { maxLength: 40 }), (chosen, all) => {
        const [whole, single] = [new House(chosen), new House(chosen)];
        run(whole, all, (house, id, lines) => {
          house.apply({ type: 'lines', client: id, ...runOf(lines.map((line) => `${line}\n`).join('')) });
        });
        run(single, all, (house, id, lines) => {
          for (const text of lines) house.apply({ type: 'line', client: id, text });
        });
        for (const each of [1, 2, 3]) expect(whole.got(each)).toEqual(single.got(each));
        expect(whole.work.map(({ text }) => text)).toEqual(single.work.map(({ text }) => text));
        expect(whole.closed).toEqual(single.closed);
      }),
      { numRuns: 1_500 },
    );
  });

  test('rooms: an answer is all that would follow from the record, and leaves the rooms as the record does', () => {
    let answered = 0;
    const property = fc.property(options, conversation, (given, all) => {
      const house = new AnsweringHouse({ ...given, deliver: 'sender', transform: 'upper' });
      converse(house, all);
      answered += house.answered;
    });
    fc.assert(property, { numRuns: 500 });
    expect(answered).toBeGreaterThan(100);
  });

  test('rooms: a run over the budget of a record is served by ticks, and nothing of it is lost', () => {
    const house = new House({ order: 'free' }).join(1).hush();
    const lines = Array.from({ length: 100 }, (_, index) => `n${index}`);
    const record: RoomRecord = {
      type: 'lines',
      client: 1,
      ...runOf(lines.map((line) => `${line}\n`).join('')),
    };
    expect(house.apply(record)).toMatchObject({ more: true });
    expect(house.got(1)).toHaveLength(64);
    expect(house.tick().got(1)).toEqual(lines.slice(64).map((line) => line.toUpperCase()));
  });

  test('rooms: a fault behind a run waits for the answer to its last line', () => {
    const house = new House({ clients: 2 }).join(1, 2).hush();
    house.apply({ type: 'lines', client: 2, ...runOf('b1\nb2\n') });
    house.apply({ type: 'fault', client: 2, code: 'FRAME_BARE_CR', text: 'Cannot read' });
    house.say(1, 'a1');
    expect(house.got(2)).toEqual(['B1']);
    house.say(1, 'a2');
    expect(house.got(2)).toEqual(['B2', '* ERR FRAME_BARE_CR Cannot read']);
  });
});
