import { expect, test } from 'vitest';
import type { Facts } from '../../src/model/facts.ts';
import { endOf, openLine, waitingCount } from '../../src/model/moment.ts';
import { why } from '../../src/model/why.ts';
import type { PersonRow, RoomRow } from '@proto/watch';
import { factsOf, hello, row } from './told.ts';

/** A session that begins in the middle: all that is known is the state. */
function begunLate(people: readonly PersonRow[], room: Partial<RoomRow> = {}): Facts {
  const main = { room: 'main', have: people.length, want: 2, turn: 7, waiting: 0, ...room };
  return factsOf(hello(), { k: 'state', t: 5_000, rooms: [main], people, all: people.length });
}

test('Facts: the room has waited since before the session, with a deadline', () => {
  const facts = begunLate([row(1, 0, { open: 2 }), row(2, 1)], { waitedFor: 1, waitedMs: 3_000 });
  expect(why(facts, 'main', 5_500)).toMatchObject({
    head: ['Waiting for ', { c: 1 }, '.'],
    more: 'It has sent 2 bytes and no line end. 1 line of client 2 waits behind it.',
    since: 2_000,
    deadline: { from: 2_000, to: 6_000 },
  });
});

test('Facts: a room whose wait began at an unknown time has no deadline', () => {
  const facts = begunLate([row(1, 0), row(2, 0)], { waitedFor: 1 });
  expect(why(facts, 'main', 5_500).deadline).toBeUndefined();
});

test('Facts: a half-close from before the session is one', () => {
  const facts = begunLate([row(1, 1, { inEnd: 'FIN', ended: 'end of input' })]);
  const client = facts.clients.get(1)!;
  expect([endOf(client, 'read', 4_999), endOf(client, 'read', 5_000)]).toEqual([undefined, 'FIN']);
  expect(endOf(client, 'write', 5_000)).toBeUndefined();
  expect(client.drop).toBeUndefined();
});

test('Facts: a client that is being dropped says why, and its half line is void', () => {
  const facts = begunLate([row(1, 1, { closing: true, ended: 'idle', open: 3 })]);
  const client = facts.clients.get(1)!;
  expect(client.drop).toEqual({ t: 5_000, reason: 'idle' });
  expect(openLine(client, 5_000)).toBeUndefined();
});

test('Facts: a line that the handler has is not one that waits, until the server says that it is done', () => {
  const facts = begunLate([row(1, 2, { handlingMs: 4_000 }), row(2, 0)]);
  expect(waitingCount(facts.clients.get(1)!, 5_000, false)).toBe(1);
  expect(why(facts, 'main', 5_000)).toMatchObject({
    head: ['The handler is working on a line of ', { c: 1 }, '.'],
    more: 'For 4.0 s. Nobody else is served in this room until it is done.',
  });
  facts.take({ k: 'people', t: 5_100, rows: [row(1, 1)] });
  expect(why(facts, 'main', 5_200).head).toEqual(['Serving.']);
});

test('Facts: a quit from before the session has reached these clients, and is counted once', () => {
  const people = [row(1, 0, { closing: true, outEnd: 'FIN' }), row(2, 0, { closing: true })];
  const facts = begunLate(people);
  const quit = {
    k: 'quit',
    t: 5_000,
    scope: 'all',
    room: 'main',
    seat: 1,
    reason: 'enough',
    told: [1, 2],
  } as const;
  facts.take(quit);
  expect(why(facts, 'main', 5_000)).toMatchObject({
    head: [{ c: 1 }, ' quits.'],
    more: '“enough”: 2 notified, 2 got BYE, 1 got FIN. Accepted lines are answered first.',
  });
  facts.take({ ...quit, t: 5_100 });
  expect(facts.quits).toHaveLength(1);
});
