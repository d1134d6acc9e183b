import { readdirSync, readFileSync } from 'node:fs';
import { type Message, MessageReader, type PersonRow } from '@proto/watch';
import { describe, expect, test } from 'vitest';
import { Facts } from '../../src/model/facts.ts';
import { turnsOf } from '../../src/model/measures.ts';
import { doneAt, present, waitingCount, waitingLines } from '../../src/model/moment.ts';
import { noteOf } from '../../src/model/notes.ts';
import type { ClientFact, LineFact } from '../../src/model/shapes.ts';
import { chunks, factsOf, hello, lesson, row, turn } from './told.ts';

const LESSONS = new URL('../../lessons/', import.meta.url);

function recording(file: string): readonly Message[] {
  return new MessageReader().push(readFileSync(new URL(file, LESSONS), 'utf8')).messages;
}

const RECORDINGS: readonly (readonly [string, readonly Message[]])[] = [
  ['the session of the tests', lesson()],
  ...readdirSync(LESSONS)
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => [`lesson ${file}`, recording(file)] as const),
];

const isOpen = ({ kind, answeredAt, lostAt }: LineFact): boolean =>
  kind !== 'command' && answeredAt === undefined && lostAt === undefined;

/** What the server says about a client to a page that opens now, from a page that has seen all of it. */
function rowNow({ c, stays, lines, wire }: ClientFact): PersonRow[] {
  const stay = stays.at(-1);
  if (stay?.to !== Infinity) return [];
  const open = lines.filter(isOpen);
  // A line that was served, and whose answer is not written, is in the outbox.
  const served = open.filter(({ servedAt }) => servedAt !== undefined).length;
  const last = wire.findLast(({ d }) => d === 'read');
  const unfinished = last?.openAfter ? last.pieces.at(-1)!.bytes : 0;
  const more = { room: stay.room, seat: stay.seat, outbox: served * 300, open: unfinished };
  return [row(c, open.length - served, more)];
}

/** The messages to a page that opens after the first `at` of them. */
function opened(
  messages: readonly Message[],
  at: number,
): { readonly late: Facts; readonly rows: PersonRow[] } {
  const before = factsOf(...messages.slice(0, at));
  const rows = [...before.clients.values()].flatMap(rowNow);
  const rooms = [...before.rooms.values()].flatMap(({ rows: told }) => told.slice(-1));
  const state = { k: 'state', t: before.last, rooms, people: rows, all: rows.length } as const;
  return { late: factsOf(messages[0]!, state, ...messages.slice(at)), rows };
}

const answersAfter = (lines: readonly LineFact[], already: ReadonlySet<number>): number =>
  lines.filter(
    ({ id, kind, answeredAt }) => kind === 'message' && answeredAt !== undefined && !already.has(id),
  ).length;

describe.each(RECORDINGS)('%s', (_, messages) => {
  test('Facts: a page that opens at any moment counts every answer after it, and gives no line what is not its own', () => {
    const all = factsOf(...messages);
    const before = new Facts();
    for (const [i, message] of messages.entries()) {
      before.take(message);
      // The rows of the server change nothing in a page that has seen all bytes.
      if (message.k === 'tick' || message.k === 'people' || message.k === 'rooms') continue;
      const { late, rows } = opened(messages, i + 1);
      for (const { c, outbox } of rows) {
        const whole = all.clients.get(c)!.lines;
        const client = late.clients.get(c)!;
        const mine = whole.slice(whole.length - client.lines.length);
        for (const [at, line] of client.lines.entries()) {
          const known = mine[at]!;
          expect(line.t).toBe(known.t);
          expect([undefined, known.answer]).toContain(line.answer);
          expect([undefined, known.turn]).toContain(line.turn);
          // A line that waits is not done.
          if (line.kind !== 'command') expect(doneAt(line)).toBeGreaterThanOrEqual(doneAt(known));
        }
        if (outbox > 0) continue;
        expect(client.lines.map(({ answer }) => answer)).toEqual(mine.map(({ answer }) => answer));
        expect(client.lines.map(({ turn: n }) => n)).toEqual(mine.map(({ turn: n }) => n));
        const done = before.clients.get(c)!.lines.filter(({ answeredAt }) => answeredAt !== undefined);
        const already = new Set(done.map(({ id }) => id));
        expect(answersAfter(client.lines, new Set()) + client.early.length).toBe(
          answersAfter(whole, already),
        );
      }
    }
  });
});

const room = { room: 'main', have: 2, want: 2, turn: 1, waiting: 0 };
const openedWith = (people: readonly PersonRow[], ...after: readonly Message[]): Facts =>
  factsOf(hello(), { k: 'state', t: 0, rooms: [room], people, all: people.length }, ...after);

const say = (t: number, c: number, text: string, from = 0): Message[] =>
  chunks(c, 'read', [`${text}\n`], { t, from });
const answer = (t: number, c: number, text: string, from: number): Message[] =>
  chunks(c, 'write', [`${text}\n* TURN 2\n`], { t, from });

test('Facts: the first line after a page has opened gets its answer, and counts', () => {
  const facts = openedWith(
    [row(1, 0), row(2, 0)],
    ...say(10, 1, 'first'),
    turn(10, 1, 1, 'served'),
    ...answer(10, 1, 'FIRST', 70),
  );
  const client = facts.clients.get(1)!;
  const notes = client.wire.map(({ pieces, d }) => noteOf(pieces[0]!, d, client, 10).text);
  expect(notes).toEqual(['→ turn 1 at once → FIRST', 'to line 1, turn 1']);
  expect(turnsOf(present(facts, 'main', 10), 10, false).got.map(({ lines }) => lines)).toEqual([1, 0]);
});

test('Facts: lines behind one that waited when the page opened wait, until their own turns', () => {
  const facts = openedWith([row(1, 1)], ...say(10, 1, 'b', 8), ...say(20, 1, 'c', 10), {
    k: 'people',
    t: 30,
    rows: [row(1, 3)],
  });
  const client = facts.clients.get(1)!;
  expect(waitingLines(client, 30).map(({ text }) => text)).toEqual(['b', 'c']);
  expect(waitingCount(client, 30, false)).toBe(3);
  for (const message of [turn(40, 1, 1, 'served'), ...answer(40, 1, 'A', 70)]) facts.take(message);
  expect(client.lines.map(({ turn: n, answer: said }) => [n, said])).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ]);
  expect(waitingCount(client, 40, false)).toBe(2);
  expect(turnsOf(present(facts, 'main', 40), 40, false).got[0]?.lines).toBe(1);
  for (const message of [turn(50, 3, 1, 'served'), ...answer(50, 1, 'B', 81)]) facts.take(message);
  expect(client.lines[0]).toMatchObject({ turn: 3, answer: 'B' });
});

test('Facts: the turn of a line that the handler had when the page opened was served before', () => {
  const handling = row(1, 1, { handlingMs: 50 });
  const both = answer(20, 1, 'A\nB', 70);
  const facts = openedWith([handling], ...say(10, 1, 'b', 8), turn(20, 2, 1, 'served'), ...both);
  expect(facts.clients.get(1)!.lines[0]).toMatchObject({ turn: 2, answer: 'B' });
});

test('Facts: a first chunk at any offset hides nothing, unless chunks were left out before it', () => {
  const left = { chunks: 1, bytes: 9, turns: 0, others: 0 };
  const counts = { clients: 1, linesIn: 0, linesOut: 0, bytesIn: 0, bytesOut: 0, skips: 0 };
  const tick: Message = { k: 'tick', t: 5, seq: 1, all: 1, counts, loopMs: 0, left };
  const after = [...say(10, 1, 'b', 8), ...answer(20, 1, 'B', 70)];
  const said = (...messages: readonly Message[]): unknown =>
    openedWith([row(1, 0)], ...messages).clients.get(1)!.lines[0]?.answer;
  expect([said(...after), said(tick, ...after)]).toEqual(['B', undefined]);
});
