import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Facts } from '../../src/model/facts.ts';
import { isBlurred, openLine, present, waitingCount, waitingLines } from '../../src/model/moment.ts';
import { chunks, factsOf, hello, join, lesson, row, tick, turn } from './told.ts';

const linesOf = (facts: Facts): unknown[] =>
  facts.clients.get(1)!.lines.map(({ frame, text, kind, fault }) => ({ frame, text, kind, fault }));

/** Cuts text after these bytes. */
function cut(text: string, cuts: readonly number[]): string[] {
  const at = [...new Set(cuts.map((n) => n % text.length))].filter((n) => n > 0).toSorted((a, b) => a - b);
  return [...at, text.length].map((end, i) => text.slice(at[i - 1] ?? 0, end));
}

test('Facts: any cut of the same bytes gives the same lines', () => {
  const content = fc.string({ maxLength: 12 }).map((text) => text.replaceAll(/[\r\n]/g, ''));
  const line = fc.oneof(
    content,
    fc.constantFrom('/pass', 'quit', '/to', '/nothing', 'caf\xe9', '//text', 'x\r'),
  );
  fc.assert(
    fc.property(fc.array(line, { minLength: 1, maxLength: 8 }), fc.array(fc.nat()), (lines, cuts) => {
      const bytes = `${lines.join('\n')}\n`;
      const whole = factsOf(hello(), join(0, 1), ...chunks(1, 'read', [bytes]));
      const parts = factsOf(hello(), join(0, 1), ...chunks(1, 'read', cut(bytes, cuts)));
      expect(linesOf(parts)).toEqual(linesOf(whole));
      expect(linesOf(whole)).toHaveLength(lines.length);
    }),
  );
});

test('Facts: a line keeps when its first byte came, when its end did, and in which read it began', () => {
  const facts = factsOf(hello(), join(0, 1), ...chunks(1, 'read', ['he', 'llo\nwor', 'ld\n']));
  const { lines } = facts.clients.get(1)!;
  expect(lines.map(({ text, born, t, begunIn, chunk }) => [text, born, t, begunIn, chunk])).toEqual([
    ['hello', 10, 20, 1, 2],
    ['world', 20, 30, 2, 3],
  ]);
});

test('Facts: a turn goes to the oldest line without one, and so does an answer', () => {
  const facts = factsOf(
    hello(),
    join(0, 1),
    ...chunks(1, 'read', ['a\n/pass\ncaf\xe9\nb\n']),
    turn(20, 1, 1, 'served'),
    ...chunks(1, 'write', ['A\n* ERR FRAME_BAD_BYTE no\n* TURN 1\n'], { t: 21 }),
    turn(30, 2, 1, 'served'),
    ...chunks(1, 'write', ['B\n'], { t: 31, from: 37 }),
  );
  const { lines } = facts.clients.get(1)!;
  expect(lines.map(({ text, turn: n, answer, answeredAt }) => [text, n, answer, answeredAt])).toEqual([
    ['a', 1, 'A', 21],
    ['/pass', undefined, undefined, undefined],
    ['caf\xe9', undefined, '* ERR FRAME_BAD_BYTE no', 21],
    ['b', 2, undefined, undefined],
  ]);
});

test('Facts: after missing bytes nothing is matched until no line waits', () => {
  const [first, , third] = chunks(1, 'read', ['one\n', 'two\nth', 'ree\n']);
  const facts = factsOf(hello(), join(0, 1), first!, { ...third!, open: 2 });
  const client = facts.clients.get(1)!;
  expect(client.lines.map(({ text, begunIn, blurredAt }) => [text, begunIn, blurredAt])).toEqual([
    ['one', 1, undefined],
    ['ree', 0, undefined],
  ]);
  expect(client.wire[1]?.pieces[0]).toMatchObject({ state: 'finished', bytes: 6 });
  expect(isBlurred(client, 30)).toBe(true);
  facts.take({ k: 'people', t: 40, rows: [row(1, 2)] });
  expect(waitingCount(client, 40, false)).toBe(2);
  expect(waitingLines(client, 40).map(({ text }) => text)).toEqual(['one', 'ree']);
  facts.take({ k: 'people', t: 45, rows: [row(1, 1)] });
  facts.take({ k: 'people', t: 50, rows: [row(1, 0)] });
  expect(client.lines.map(({ blurredAt }) => blurredAt)).toEqual([45, 50]);
  for (const chunk of chunks(1, 'read', ['four\n'], { t: 60, from: 14 })) facts.take(chunk);
  expect(isBlurred(client, 60)).toBe(false);
  expect(waitingLines(client, 60).map(({ text }) => text)).toEqual(['four']);
});

test('Facts: a chunk with bytes left out is torn, and the next one starts a new frame', () => {
  const [first, second] = chunks(1, 'read', ['x'.repeat(50), 'yz\n']);
  const facts = factsOf(hello(), join(0, 1), { ...first!, b: 'xxx' }, { ...second!, open: 50 });
  const [torn, next] = facts.clients.get(1)!.wire;
  expect(torn).toMatchObject({ bytes: 50, text: 'xxx', openAfter: false });
  expect(next?.pieces).toMatchObject([{ state: 'finished', bytes: 53, text: 'yz', begunIn: 0 }]);
});

test('Facts: half a line at a FIN is answered in its place', () => {
  const facts = factsOf(
    hello(),
    join(0, 1),
    ...chunks(1, 'read', ['hal']),
    { k: 'end', t: 20, c: 1, d: 'read', how: 'FIN', by: 'peer', from: 3 },
    ...chunks(1, 'write', ['* ERR FRAME_INCOMPLETE half\n'], { t: 21 }),
  );
  expect(facts.clients.get(1)!.lines).toMatchObject([
    { kind: 'fault', fault: 'FRAME_INCOMPLETE', text: 'hal', answeredAt: 21 },
  ]);
});

test('Facts: a reset loses what waits', () => {
  const reset = { k: 'end', t: 20, c: 1, d: 'read', how: 'RST', by: 'peer', from: 6 } as const;
  const facts = factsOf(hello(), join(0, 1), ...chunks(1, 'read', ['hi\nhow']), reset);
  const client = facts.clients.get(1)!;
  expect(client.lines).toMatchObject([{ text: 'hi', lostAt: 20 }]);
  expect(client.wire.at(-1)?.pieces).toMatchObject([{ state: 'cut off', bytes: 3 }]);
});

test('Facts: the rest of a line that was too long before its bytes were seen is not a line', () => {
  const [rest] = chunks(1, 'read', ['xx\nnext\n'], { from: 2_000 });
  const facts = factsOf(
    hello(),
    { k: 'state', t: 5, rooms: [], people: [row(1, 0, { open: 2_000 })], all: 1 },
    { ...rest!, open: 2_000 },
  );
  const client = facts.clients.get(1)!;
  expect(client.lines.map(({ text }) => text)).toEqual(['next']);
  expect(client.wire[0]?.pieces[0]).toMatchObject({ role: 'fault', state: 'finished' });
});

test('Facts: a client that moves to another room keeps its lines', () => {
  const facts = factsOf(
    hello(),
    join(0, 1),
    ...chunks(1, 'read', ['one\n']),
    { k: 'leave', t: 20, c: 1, room: 'main', seat: 1, reason: 'went to side' },
    { ...join(20, 1), room: 'side', seat: 4 },
  );
  expect(present(facts, 'main', 20)).toEqual([]);
  expect(present(facts, 'side', 20).map(({ seat }) => seat)).toEqual([4]);
  expect(waitingLines(facts.clients.get(1)!, 20)).toHaveLength(1);
});

test('Facts: rounds are turns, one for each of the ring in turn', () => {
  const rounds = { k: 'rounds', t: 20, room: 'main', n: 5, count: 3, ring: [1, 2] } as const;
  const facts = factsOf(hello(), join(0, 1), join(0, 2), ...chunks(1, 'read', ['a\nb\n']), rounds);
  expect(facts.room('main').holds.map(({ n, c }) => `${n} of ${c}`)).toEqual(['5 of 1', '6 of 2', '7 of 1']);
  expect(facts.clients.get(1)!.lines.map(({ turn: n }) => n)).toEqual([5, 7]);
});

test('Facts: a late watcher learns for whom the room waits, and what is unfinished', () => {
  const late = { room: 'main', have: 2, want: 2, turn: 9, holder: 2, waitedFor: 2, waiting: 1 };
  const facts = factsOf(
    hello(),
    { k: 'state', t: 5, rooms: [late], people: [row(1, 1), row(2, 0)], all: 2 },
    { ...chunks(2, 'read', ['ld'], { from: 40 })[0]!, open: 3 },
  );
  expect(facts.room('main').holds).toMatchObject([{ n: 9, c: 2, isOld: true, to: Infinity }]);
  expect(waitingCount(facts.clients.get(1)!, 5, false)).toBe(1);
  expect(openLine(facts.clients.get(2)!, 10)).toEqual({ text: 'ld', bytes: 5, since: 10 });
});

test('Facts: a second hello continues the first clock, and forgets clients that are gone', () => {
  const facts = factsOf(
    hello(),
    join(0, 1),
    join(0, 2),
    ...chunks(1, 'read', ['one\n']),
    hello({}, { why: 'resync', at: '2026-11-28T14:00:07.000Z' }),
    { k: 'state', t: 0, rooms: [], people: [row(1, 1)], all: 1 },
  );
  expect(facts.last).toBe(7_000);
  expect(present(facts, 'main', 7_000).map(({ seat }) => seat)).toEqual([1]);
  const [line] = facts.clients.get(1)!.lines;
  expect(line?.blurredAt).toBeUndefined();
  facts.take({ k: 'people', t: 60, rows: [row(1, 0)] });
  expect(line).toMatchObject({ blurredAt: 7_060 });
});

test('Facts: what is kept is bounded, and the oldest goes first', () => {
  const facts = factsOf(hello(), join(0, 1));
  let from = 0;
  for (let i = 0; i < 5_000; i++) {
    const b = `${i}\n`;
    facts.take({ k: 'chunk', t: i, c: 1, d: 'read', from, len: b.length, b });
    facts.take({ k: 'people', t: i, rows: [row(1, i)] });
    facts.take(tick(i));
    from += b.length;
  }
  const { wire, lines, levels } = facts.clients.get(1)!;
  expect(facts.wire.length).toBeLessThanOrEqual(4_000);
  expect(wire).toEqual(facts.wire);
  expect(lines.length).toBeLessThanOrEqual(2_000);
  expect(levels.length).toBeLessThanOrEqual(1_200);
  expect(lines.at(-1)?.text).toBe('4999');
  expect(levels.at(-1)?.waiting).toBe(4_999);
});

test('Facts: clients that are gone are forgotten, not those that are there', () => {
  const facts = factsOf(hello(), join(0, 1));
  for (let c = 2; c < 6_000; c++) {
    facts.take(join(c, c));
    facts.take({ k: 'leave', t: c, c, room: 'main', seat: c, reason: 'end of input' });
  }
  expect(facts.clients.size).toBeLessThanOrEqual(4_001);
  expect(facts.clients.has(1)).toBe(true);
});

test('Facts: in a recorded session every line has its answer, or was lost', () => {
  const facts = factsOf(...lesson());
  const lines = [...facts.clients.values()].flatMap((client) => client.lines);
  const messages = lines.filter(({ kind }) => kind === 'message');
  const lost = messages.filter(({ lostAt }) => lostAt !== undefined).map(({ text }) => text);
  const open = messages.filter(({ answeredAt, lostAt }) => answeredAt === undefined && lostAt === undefined);
  expect(messages.length).toBeGreaterThan(20);
  expect(open).toEqual([]);
  expect(lost).toContain('hi');
});

test('Facts: clients that a quit reaches go when it is done', () => {
  const facts = factsOf(
    hello(),
    join(0, 1),
    join(0, 2),
    ...chunks(1, 'read', ['late\n']),
    { k: 'quit', t: 20, scope: 'all', reason: 'SIGTERM', told: [1, 2] },
    { k: 'quitDone', t: 30, clean: [2], forced: [1], ms: 10 },
  );
  expect(present(facts, 'main', 29)).toHaveLength(2);
  expect(present(facts, 'main', 30)).toEqual([]);
  expect(facts.clients.get(1)!.lines).toMatchObject([{ text: 'late', lostAt: 30 }]);
});

test('Facts: what an operator does, and that the server will close, are in the log', () => {
  const facts = factsOf(
    hello(),
    { k: 'admin', t: 10, text: 'kick 7 too loud' },
    { k: 'drain', t: 20, reason: 'SIGTERM', ms: 5_000 },
  );
  expect(facts.marks.slice(-2)).toMatchObject([
    { t: 10, kind: 'admin', text: 'the operator: kick 7 too loud', isBad: false },
    { t: 20, kind: 'quit', text: 'not ready, closing in 5000 ms: SIGTERM', isBad: true },
  ]);
});

test('Facts: what was left out is counted', () => {
  const left = { chunks: 3, bytes: 100, turns: 0, others: 0 };
  const facts = factsOf(hello(), tick(10, { left }), tick(20, { left }));
  expect(facts.counts.map((one) => one.left)).toEqual([3, 6]);
});

test('Facts: where reads are frames, and where the framing is not known, each read is a line', () => {
  for (const framing of ['chunk', 'later']) {
    const facts = factsOf(hello({ framing }), join(0, 1), ...chunks(1, 'read', ['he', 'llo\n']));
    expect(facts.clients.get(1)!.lines.map(({ frame, text }) => [frame, text])).toEqual([
      [1, 'he'],
      [2, 'llo'],
    ]);
  }
});

test('Facts: a line refused before its end gets that answer, and the next line its own', () => {
  const [begin, more, rest, last] = chunks(1, 'read', ['12', '345', '67', '\nok\n'], { every: 100 });
  const [refusal, answer] = chunks(1, 'write', ['* ERR FRAME_TOO_LONG too long\n', 'OK\n'], {
    t: 111,
    every: 200,
  });
  const facts = factsOf(
    hello({ order: 'free', maxLineBytes: 4 }),
    join(0, 1),
    begin!,
    more!,
    refusal!,
    rest!,
    last!,
    answer!,
  );
  const { lines, wire } = facts.clients.get(1)!;
  const open = [10, 110, 210, 310].map((t) => openLine(facts.clients.get(1)!, t));
  expect(open.map((one) => one?.bytes)).toEqual([2, 5, 7, undefined]);
  expect(open.map((one) => one?.isRefused)).toEqual([undefined, true, true, undefined]);
  expect(lines).toMatchObject([
    { frame: 1, fault: 'FRAME_TOO_LONG', born: 10, t: 110, chunk: 2, answeredAt: 111 },
    { frame: 2, text: 'ok', t: 310, answer: 'OK', answeredAt: 311 },
  ]);
  expect(wire.flatMap(({ pieces }) => pieces.map(({ line }) => line?.frame))).toEqual([
    undefined,
    1,
    1,
    1,
    1,
    2,
    2,
  ]);
});
