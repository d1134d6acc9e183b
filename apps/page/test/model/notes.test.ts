import { expect, test } from 'vitest';
import { endNote, eventsIn, noteOf } from '../../src/model/notes.ts';
import type { EndFact } from '../../src/model/shapes.ts';
import type { Facts } from '../../src/model/facts.ts';
import { chunks, factsOf, hello, join, row, turn } from './told.ts';

/** The note on every piece of a client's chunks, as far as it was known at `t`. */
function notesAt(facts: Facts, t: number): string[] {
  const client = facts.clients.get(1)!;
  return client.wire
    .filter((fact) => fact.t <= t)
    .flatMap((fact) => fact.pieces.map((piece) => noteOf(piece, fact.d, client, t)))
    .map(({ label, state, text }) => [label, state, text].filter((part) => part !== '').join(' '));
}

test('noteOf: a line is followed from its first byte to its answer, and the past is told as it was', () => {
  const facts = factsOf(
    hello(),
    join(0, 1),
    ...chunks(1, 'read', ['he', 'l', 'lo\n']),
    turn(930, 4, 1, 'served'),
    ...chunks(1, 'write', ['HELLO\n'], { t: 940 }),
  );
  expect(notesAt(facts, 20)).toEqual([
    'line 1 begins no line end yet',
    'line 1 goes on 3 bytes so far, still no line end',
  ]);
  expect(notesAt(facts, 530).at(-1)).toBe('line 1 ends from read 1, waits for its turn, 0.5 s');
  expect(notesAt(facts, 935).at(-1)).toBe('line 1 ends from read 1 → turn 4 after 0.9 s');
  expect(notesAt(facts, 940).slice(2)).toEqual([
    'line 1 ends from read 1 → turn 4 after 0.9 s → HELLO',
    'answer to line 1, turn 4',
  ]);
});

test('noteOf: a second line says its place in the queue', () => {
  const facts = factsOf(hello(), join(0, 1), ...chunks(1, 'read', ['a\nb\nc\n']));
  expect(notesAt(facts, 1_810)).toEqual([
    'line 1 whole waits for its turn, 1.8 s',
    'line 2 whole waits, 2nd in its queue, 1.8 s',
    'line 3 whole waits, 3rd in its queue, 1.8 s',
  ]);
});

test('noteOf: commands, refusals, faults, and what a reset loses', () => {
  const reset = { k: 'end', t: 30, c: 1, d: 'read', how: 'RST', by: 'peer', from: 25 } as const;
  const facts = factsOf(
    hello(),
    join(0, 1),
    ...chunks(1, 'read', ['/pass\n/nothing\n\x01\nlost\nhal']),
    reset,
  );
  expect(notesAt(facts, 30)).toEqual([
    'line 1 whole a command: takes effect at once',
    'line 2 whole refused: UNKNOWN_COMMAND',
    'line 3 whole FRAME_BAD_BYTE: only this line is lost',
    'line 4 whole lost with the connection',
    'line 5 begins no line end yet',
    'line 5 cut off 3 bytes without a line end: a fault',
  ]);
});

test('noteOf: an answer that was left out is not invented', () => {
  const [first, second] = chunks(1, 'write', ['A\n', 'B\n'], { t: 20, from: 4 });
  const facts = factsOf(hello(), join(0, 1), ...chunks(1, 'read', ['a\n']), first!, second!);
  facts.take({ k: 'people', t: 25, rows: [row(1, 0)] });
  expect(notesAt(facts, 30)[0]).toBe('line 1 whole its answer was left out');
});

test('eventsIn: the events of a write in words, each once', () => {
  const text = '* JOIN 2 - x\n* JOIN 3 - x\n* TURN 1\nA\n* LATER 1\n';
  const facts = factsOf(hello(), join(0, 1), ...chunks(1, 'write', [text]));
  expect(eventsIn(facts.clients.get(1)!.wire[0]!)).toBe('somebody joined; whose turn it is; an event');
});

test('endNote: says what an end means, and who made it', () => {
  const end = (d: 'read' | 'write', how: 'FIN' | 'RST', by: 'peer' | 'server', t: number) =>
    ({ k: 'end', t, c: 1, d, how, by, from: 0 }) as const;
  const said = (...ends: ReturnType<typeof end>[]): string[] => {
    const client = factsOf(hello(), join(0, 1), ...ends).clients.get(1)!;
    return client.wire.map((fact) => endNote(fact as EndFact, client));
  };
  expect(said(end('read', 'FIN', 'peer', 1), end('write', 'FIN', 'server', 2))).toEqual([
    'Half-close: the client sends no more, but still reads.',
    'The server has ended its stream.',
  ]);
  expect(said(end('write', 'FIN', 'server', 1), end('read', 'FIN', 'peer', 2))[1]).toBe(
    'The client has ended its stream too.',
  );
  expect(said(end('read', 'RST', 'peer', 1), end('write', 'RST', 'peer', 1))).toEqual([
    'Reset by the client: both directions ended. Waiting lines are lost.',
    'Nothing more can be written to it.',
  ]);
  expect(said(end('write', 'RST', 'server', 1))).toEqual([
    'The server reset the connection: both directions ended.',
  ]);
});

test('noteOf: a line that is refused before its end', () => {
  const facts = factsOf(
    hello({ maxLineBytes: 4 }),
    join(0, 1),
    ...chunks(1, 'read', ['12', '345', '6', '\n']),
  );
  expect(notesAt(facts, 40)).toEqual([
    'line 1 begins no line end yet',
    'line 1 goes on FRAME_TOO_LONG: refused',
    'line 1 goes on FRAME_TOO_LONG: refused',
    'line 1 ends from read 1, FRAME_TOO_LONG: only this line is lost',
  ]);
});
