import { describe, expect, test } from 'vitest';
import { holdOf, isGone, levelOf, openLine, stayOf, waitingLines } from '../../src/model/moment.ts';
import { noteOf } from '../../src/model/notes.ts';
import type { ChunkFact, LineFact } from '../../src/model/shapes.ts';
import { client, fileText, headline, type Played, played, SCRIPTS } from './played.ts';

/** A lesson, and the times of its captions. */
function lesson(number: number): { readonly it: Played; readonly at: readonly number[] } {
  const it = played(number);
  return { it, at: it.captions.map(({ t }) => t) };
}

/** The chunks of a client by a moment. */
function chunksOf(it: Played, c: number, d: 'read' | 'write', t = Infinity): ChunkFact[] {
  return client(it, c).wire.filter(
    (fact): fact is ChunkFact => fact.kind === 'chunk' && fact.d === d && fact.t <= t,
  );
}

/** The lines of a client by a moment. */
function linesOf(it: Played, c: number, t = Infinity): LineFact[] {
  return client(it, c).lines.filter((line) => line.t <= t);
}

/** The events that a client had been sent by a moment. */
function eventsOf(it: Played, c: number, t: number): string[] {
  return chunksOf(it, c, 'write', t).flatMap(({ pieces }) =>
    pieces.filter(({ role }) => role === 'event').map(({ text }) => text.replace(/^\* (\w+).*/s, '$1')),
  );
}

describe('the captions of a lesson are true when they are told', () => {
  test('1: two lines in one read, one line in three reads, and half a line that is refused', () => {
    const { it, at } = lesson(1);
    expect(chunksOf(it, 1, 'read', at[0])).toMatchObject([
      { bytes: 8, pieces: [{ frame: 1 }, { frame: 2 }] },
    ]);
    expect(linesOf(it, 1, at[0]).every(({ answeredAt }) => answeredAt! < at[0]!)).toBe(true);
    expect(openLine(client(it, 1), at[1]!)).toMatchObject({ text: 'th', bytes: 2 });
    expect(chunksOf(it, 1, 'write', at[1]).length).toBe(chunksOf(it, 1, 'write', at[0]).length);
    expect(linesOf(it, 1, at[2]).at(-1)).toMatchObject({
      text: 'three',
      begunIn: 2,
      chunk: 4,
      answer: 'THREE',
    });
    expect(
      chunksOf(it, 1, 'read', at[2])
        .slice(1)
        .map(({ text }) => text),
    ).toEqual(['th', 're', 'e\n']);
    expect(linesOf(it, 1, at[3]).at(-1)).toMatchObject({ text: 'four', fault: 'FRAME_INCOMPLETE' });
    expect(client(it, 1).readEnd?.how).toBe('FIN');
    expect(chunksOf(it, 1, 'read').length).toBe(5);
    expect(linesOf(it, 1).filter(({ kind }) => kind === 'message').length).toBe(3);
  });

  test('2: two writes are two reads after a pause, and one read without it', () => {
    const { it, at } = lesson(2);
    const reads = at.map((t) => chunksOf(it, 1, 'read', t).map(({ bytes }) => bytes));
    expect(reads[0]).toEqual([6, 7]);
    expect(reads[1]).toEqual([6, 7, 13]);
    expect(linesOf(it, 1, at[1]).map(({ chunk }) => chunk)).toEqual([1, 2, 3, 3]);
    expect(linesOf(it, 1, at[2]).at(-1)).toMatchObject({ text: 'thirdfourth', answer: 'THIRDFOURTH' });
    expect(
      linesOf(it, 1, at[3])
        .slice(5)
        .map(({ chunk }) => chunk),
    ).toEqual([5, 5, 5]);
    expect(
      chunksOf(it, 1, 'write', at[3])
        .at(-1)
        ?.pieces.map(({ text }) => text),
    ).toEqual(['FIFTH', 'SIXTH', 'SEVENTH']);
    expect(reads[4]?.length).toBe(5);
    // The server cannot see the writes: the script makes them.
    expect([...fileText(SCRIPTS[1]!).matchAll(/one\.(?:send|write)\(/g)].length).toBe(9);
  });

  test('3: a line whose pieces lie in two reads, or in five', () => {
    const { it, at } = lesson(3);
    expect(openLine(client(it, 1), at[0]!)).toMatchObject({ text: 'he', bytes: 2 });
    expect(linesOf(it, 2, at[1])).toMatchObject([{ text: 'hi', answer: 'HI' }]);
    expect(openLine(client(it, 1), at[1]!)?.text).toBe('he');
    expect(linesOf(it, 1, at[2])).toMatchObject([{ text: 'hello', begunIn: 1, chunk: 2, answer: 'HELLO' }]);
    expect(openLine(client(it, 1), at[2]!)?.text).toBe('wor');
    expect(linesOf(it, 1, at[3])[1]).toMatchObject({ text: 'world', begunIn: 2, chunk: 3, answer: 'WORLD' });
    expect(chunksOf(it, 1, 'read', at[3]).length).toBe(3);
    expect(linesOf(it, 1, at[4])[2]).toMatchObject({ text: 'drip', begunIn: 4, chunk: 8, answer: 'DRIP' });
    expect(
      chunksOf(it, 1, 'read', at[4])
        .slice(3)
        .map(({ bytes }) => bytes),
    ).toEqual([1, 1, 1, 1, 1]);
  });

  test('4: LF and CR LF end a line, also where they are cut, and a lone CR is refused', () => {
    const { it, at } = lesson(4);
    expect(linesOf(it, 1, at[0]).map(({ text, answer }) => [text, answer])).toEqual([
      ['lf', 'LF'],
      ['crlf', 'CRLF'],
    ]);
    expect(
      chunksOf(it, 1, 'write', at[0])
        .slice(1)
        .map(({ text }) => text),
    ).toEqual(['LF\n', 'CRLF\n']);
    expect(chunksOf(it, 1, 'read', at[1]).at(-1)).toMatchObject({ text: 'hello\r', openAfter: true });
    expect(linesOf(it, 1, at[2]).slice(2)).toMatchObject([
      { text: 'hello', begunIn: 3, chunk: 4, answer: 'HELLO' },
    ]);
    expect(linesOf(it, 1, at[3]).slice(3)).toMatchObject([{ fault: 'FRAME_BARE_CR' }]);
    expect(linesOf(it, 1, at[4]).slice(4)).toMatchObject([{ text: 'again', answer: 'AGAIN' }]);
  });

  test('5: the headline says who is waited for', () => {
    const { it, at } = lesson(5);
    expect(headline(it, at[0]!)).toMatch(/^Waiting for 1 more to connect\. 2 of 3 are here\. 1 line waits/);
    expect(headline(it, at[1]!)).toBe(
      'Waiting for client 1. It has the turn and has sent nothing. 2 lines of client 2 and client 3 wait behind it.',
    );
    expect(headline(it, at[2]!)).toBe(
      'Waiting for client 1. It has sent “after”: 5 bytes and no line end. 2 lines of client 2 and client 3 wait behind it.',
    );
    const firstOf = (c: number) => linesOf(it, c)[0];
    expect([1, 2, 3].map((c) => firstOf(c)?.turn)).toEqual([1, 2, 3]);
    expect(firstOf(3)!.servedAt! - firstOf(1)!.servedAt!).toBeLessThan(50);
    expect(firstOf(3)!.answeredAt).toBeLessThan(at[3]!);
    expect(headline(it, at[3]!)).toMatch(/^Waiting for client 1\. It has the turn and has sent nothing\./);
    expect(headline(it, at[4]!)).toBe(
      'Waiting for client 2. It has the turn and has sent nothing. 1 line of client 3 waits behind it.',
    );
    expect(linesOf(it, 1, at[4]).at(-1)).toMatchObject({ text: '/pass', kind: 'command' });
    expect(it.facts.rooms.get('main')!.holds.filter(({ state }) => state === 'skipped')).toMatchObject([
      { n: 4, c: 1 },
    ]);
    expect([2, 3].map((c) => linesOf(it, c, at[5]).at(-1)?.turn)).toEqual([5, 6]);
  });

  test('6: lines are answered after the FIN of their client', () => {
    const { it, at } = lesson(6);
    const { readEnd, writeEnd } = client(it, 2);
    expect(waitingLines(client(it, 2), at[0]!).length).toBe(2);
    expect(readEnd).toMatchObject({ how: 'FIN', by: 'peer' });
    expect(readEnd!.t).toBeGreaterThan(at[0]!);
    expect(readEnd!.t).toBeLessThan(at[1]!);
    expect(waitingLines(client(it, 2), at[1]!).length).toBe(2);
    const answers = linesOf(it, 2).map(({ answeredAt }) => answeredAt!);
    expect(answers[0]).toBeGreaterThan(at[1]!);
    expect(answers[0]).toBeLessThan(at[2]!);
    expect(waitingLines(client(it, 2), at[2]!).length).toBe(1);
    expect(answers[1]).toBeGreaterThan(at[2]!);
    expect(writeEnd).toMatchObject({ how: 'FIN', by: 'server' });
    expect(client(it, 2).byeAt).toBeLessThanOrEqual(writeEnd!.t);
    expect(writeEnd!.t).toBeLessThan(at[3]!);
    expect(isGone(client(it, 2), at[3]!)).toBe(true);
    expect(linesOf(it, 1, at[4]).at(-1)).toMatchObject({ text: 'three', answer: 'THREE' });
    expect(headline(it, at[4]!)).toMatch(/^Waiting for client 1\./);
  });

  test('7: an RST ends its client and loses its lines, and the others live on', () => {
    const { it, at } = lesson(7);
    expect(waitingLines(client(it, 2), at[0]!).map(({ text }) => text)).toEqual(['boom']);
    expect(client(it, 2).readEnd).toMatchObject({ how: 'RST', by: 'peer' });
    expect(linesOf(it, 2)[0]!.lostAt).toBeLessThan(at[1]!);
    expect(linesOf(it, 2)[0]!.answeredAt).toBeUndefined();
    expect(eventsOf(it, 1, at[1]!)).toContain('LEAVE');
    expect(linesOf(it, 1, at[2]).at(-1)).toMatchObject({ answer: 'STILL HERE' });
    expect(headline(it, at[2]!)).toMatch(/^Waiting for client 3\./);
    expect(client(it, 3).readEnd).toMatchObject({ how: 'RST', by: 'peer' });
    const main = it.facts.rooms.get('main')!;
    const taken = holdOf(main, client(it, 3).readEnd!.t - 1)!;
    expect(taken).toMatchObject({ c: 3, state: 'left' });
    expect(taken.to - client(it, 3).readEnd!.t).toBeLessThan(50);
    expect(openLine(client(it, 3), client(it, 3).readEnd!.t - 1)?.text).toBe('half a li');
    expect(headline(it, at[3]!)).toMatch(/^Waiting for client 1\./);
    expect(stayOf(client(it, 4), at[4]!)?.seat).toBe(4);
    expect(linesOf(it, 4, at[4])).toMatchObject([{ answer: 'NEW' }]);
  });

  test('8: the outbox of a client that does not read fills, and the client is dropped', () => {
    const { it, at } = lesson(8);
    const { clients } = it.facts;
    expect(clients.get(1)!.wire.filter(({ d, kind }) => d === 'read' && kind === 'chunk')).toEqual([]);
    expect(linesOf(it, 2, at[0]).length).toBe(5);
    expect(
      chunksOf(it, 1, 'write', at[0])
        .flatMap(({ pieces }) => pieces)
        .filter(({ text }) => text.startsWith('* MSG')).length,
    ).toBe(5);
    expect(levelOf(client(it, 1), at[0]!)).toMatchObject({ outbox: 0, slow: false });
    expect(linesOf(it, 2, at[1]).filter(({ text }) => text === 'a').length).toBe(100);
    expect(levelOf(client(it, 1), at[1]!)?.outbox).toBeGreaterThan(20_000);
    expect(levelOf(client(it, 1), at[1]!)?.slow).toBe(false);
    expect(levelOf(client(it, 1), at[2]!)).toMatchObject({ slow: true });
    expect(levelOf(client(it, 1), at[2]!)!.outbox).toBeGreaterThan(65_536);
    expect(headline(it, at[2]!)).toMatch(/^client 1 is not reading\./);
    expect(client(it, 1).drop).toMatchObject({ reason: 'did not read' });
    expect(client(it, 1).drop!.t).toBeGreaterThan(at[2]!);
    expect(client(it, 1).drop!.t).toBeLessThan(at[3]!);
    expect(client(it, 1).writeEnd).toMatchObject({ how: 'RST', by: 'server' });
    const lines = linesOf(it, 2, at[4]);
    expect(lines.at(-1)!.t).toBeGreaterThan(at[3]!);
    expect(lines.every(({ t, answer, answeredAt }) => answer === '* OK' && answeredAt! - t < 50)).toBe(true);
  });

  test('9: a line without an end grows and is refused, and the next one is served', () => {
    const { it, at } = lesson(9);
    const { wire } = client(it, 1);
    expect(openLine(client(it, 1), at[0]!)?.bytes).toBe(25);
    expect(openLine(client(it, 1), at[1]!)?.bytes).toBe(50);
    const refused = linesOf(it, 1, at[2])[0];
    expect(refused).toMatchObject({ fault: 'FRAME_TOO_LONG', begunIn: 1, chunk: 3 });
    expect(refused!.answeredAt).toBeLessThan(at[2]!);
    expect(refused!.answer).toMatch(/^\* ERR FRAME_TOO_LONG/);
    expect(openLine(client(it, 1), at[3]!)?.bytes).toBe(101);
    expect(chunksOf(it, 1, 'write', at[3]).length).toBe(chunksOf(it, 1, 'write', at[2]).length);
    expect(linesOf(it, 2, at[3])).toMatchObject([{ answer: 'MEANWHILE' }]);
    expect(linesOf(it, 1, at[4])).toMatchObject([{ frame: 1 }, { text: 'short', answer: 'SHORT' }]);
    expect(waitingLines(client(it, 1), at[4]!)).toEqual([]);
    const notes = wire.flatMap(({ pieces, d }) =>
      pieces.map((piece) => noteOf(piece, d, client(it, 1), at[4]!)),
    );
    expect(notes.filter(({ tone }) => tone === 'bad').map(({ state }) => state)).toEqual([
      'goes on',
      'goes on',
      'ends',
    ]);
  });

  test('10: a quit tells everybody, answers what was accepted, says BYE, and ends all streams', () => {
    const { it, at } = lesson(10);
    expect(headline(it, at[0]!)).toBe(
      'Waiting for client 1. It has the turn and has sent nothing. 1 line of client 3 waits behind it.',
    );
    expect(headline(it, at[1]!)).toMatch(/2 lines of client 2 and client 3 wait behind it\.$/);
    expect(linesOf(it, 2, at[2]).at(-1)).toMatchObject({ text: 'quit', kind: 'command' });
    const [quit] = it.facts.quits;
    expect(quit).toMatchObject({ seat: 2, told: [1, 2, 3], done: { clean: 3, forced: 0 } });
    expect(quit!.done!.t - quit!.t).toBeLessThan(500);
    expect(quit!.done!.t).toBeLessThan(at[2]!);
    for (const c of [1, 2, 3]) {
      expect(eventsOf(it, c, at[2]!).slice(-2)).toEqual(['QUIT', 'BYE']);
      expect(client(it, c)).toMatchObject({ writeEnd: { how: 'FIN' }, readEnd: { how: 'FIN' } });
      expect(client(it, c).byeAt).toBeLessThanOrEqual(client(it, c).writeEnd!.t);
    }
    for (const c of [2, 3]) expect(linesOf(it, c)[0]!.answeredAt).toBeGreaterThan(at[1]!);
    expect(chunksOf(it, 3, 'write').at(-1)?.text).toMatch(/^\* QUIT .*\nMY LINE WAITS\n\* BYE quit\n$/);
    expect(headline(it, at[2]!)).toMatch(/^Closed\. All 3 cleanly/);
  });
});
