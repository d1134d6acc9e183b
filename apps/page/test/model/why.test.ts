import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Message } from '@proto/watch';
import { Facts } from '../../src/model/facts.ts';
import type { Why } from '../../src/model/scene.ts';
import { why } from '../../src/model/why.ts';
import { anyMessage } from './any-message.ts';
import { chunks, factsOf, hello, join, lesson, row, tick, turn } from './told.ts';

/** The headline as text. */
function said({ head, more }: Why): string {
  const parts = head.map((part) => (typeof part === 'string' ? part : part.name || `client ${part.seat}`));
  return `${parts.join('')} ${more}`;
}

const two = [hello(), join(0, 1), join(0, 2)];
const counted = { clients: 1, linesIn: 2_500, linesOut: 0, bytesIn: 0, bytesOut: 0, skips: 0 };

interface Case {
  readonly name: string;
  readonly messages: readonly Message[];
  readonly want: string;
}

const CASES: readonly Case[] = [
  {
    name: 'nothing was told',
    messages: [],
    want: 'No data yet. The server has sent nothing.',
  },
  {
    name: 'the port is not open',
    messages: [hello({}, { address: '' })],
    want: 'Not listening yet. The server has not opened its port.',
  },
  {
    name: 'nobody is here',
    messages: [hello()],
    want: 'Nobody is here. The first turn comes when 2 clients are here.',
  },
  {
    name: 'the room is not full',
    messages: [hello(), join(0, 1), ...chunks(1, 'read', ['one\n'])],
    want: 'Waiting for 1 more to connect. 1 of 2 are here. 1 line waits for the first turn.',
  },
  {
    name: 'the holder has sent nothing',
    messages: [...two, turn(0, 1, 1, 'waiting'), ...chunks(2, 'read', ['a\nb\n'])],
    want: 'Waiting for client 1. It has the turn and has sent nothing. 2 lines of client 2 wait behind it.',
  },
  {
    name: 'few others wait',
    messages: [
      ...two,
      { k: 'name', t: 1, c: 2, name: 'ada' },
      join(2, 3),
      turn(3, 1, 1, 'waiting'),
      ...[2, 3].flatMap((c) => chunks(c, 'read', ['a\n'])),
    ],
    want: 'Waiting for client 1. It has the turn and has sent nothing. 2 lines of ada and client 3 wait behind it.',
  },
  {
    name: 'many others wait',
    messages: [
      hello(),
      ...[1, 2, 3, 4, 5].map((c) => join(0, c)),
      turn(2, 1, 1, 'waiting'),
      ...[2, 3, 4, 5].flatMap((c) => chunks(c, 'read', ['a\n'])),
    ],
    want: 'Waiting for client 1. It has the turn and has sent nothing. 4 lines of 4 others wait behind it.',
  },
  {
    name: 'the holder has sent half a line',
    messages: [...two, turn(0, 1, 1, 'waiting'), ...chunks(1, 'read', ['h', 'e'])],
    want: 'Waiting for client 1. It has sent “he”: 2 bytes and no line end. Nobody else has a line waiting.',
  },
  {
    name: 'the turns are held, and the next client has sent nothing',
    messages: [
      ...two,
      ...chunks(2, 'read', ['a\n']),
      {
        k: 'rooms',
        t: 10,
        rooms: [{ room: 'main', have: 2, want: 2, turn: 1, waiting: 1, holder: 1, held: true }],
      },
    ],
    want: 'The turns are held. Next: client 1. It has the turn and has sent nothing. 1 line of client 2 waits behind it.',
  },
  {
    name: 'the turns are held, and a line of the next client waits',
    messages: [
      ...two,
      ...chunks(1, 'read', ['a\n']),
      {
        k: 'rooms',
        t: 10,
        rooms: [{ room: 'main', have: 2, want: 2, turn: 1, waiting: 1, holder: 1, held: true }],
      },
    ],
    want: 'The turns are held. Next: client 1. 1 line of it waits. Nobody else has a line waiting.',
  },
  {
    name: 'the lines of a free room are held',
    messages: [
      hello({ order: 'free' }),
      join(0, 1),
      ...chunks(1, 'read', ['a\nb\n']),
      { k: 'rooms', t: 10, rooms: [{ room: 'main', have: 1, want: 1, turn: 1, waiting: 2, held: true }] },
    ],
    want: 'The turns are held. 2 lines wait, in the order of arrival.',
  },
  {
    name: 'the holder has sent only a line at fault',
    messages: [...two, turn(0, 1, 1, 'waiting'), ...chunks(1, 'read', ['caf\xe9\n'])],
    want: 'Waiting for client 1. It has sent a line at fault (FRAME_BAD_BYTE), which takes no turn. Nobody else has a line waiting.',
  },
  {
    name: 'the holder has sent only a command',
    messages: [...two, turn(0, 1, 1, 'waiting'), ...chunks(1, 'read', ['/who\n'])],
    want: 'Waiting for client 1. It has sent “/who”, which takes no turn. Nobody else has a line waiting.',
  },
  {
    name: 'the event loop stood still, and the room waits',
    messages: [...two, turn(0, 1, 1, 'waiting'), tick(15, { loopMs: 190 })],
    want: 'The event loop was blocked for 190 ms. Meanwhile no socket is read and nobody is served. A handler that computes can cause this. Client 1 has the turn.',
  },
  {
    name: 'the event loop stood still',
    messages: [...two, tick(15, { loopMs: 190 })],
    want: 'The event loop was blocked for 190 ms. Meanwhile no socket is read and nobody is served. A handler that computes can cause this.',
  },
  {
    name: 'a client does not read',
    messages: [...two, { k: 'people', t: 10, rows: [row(2, 0, { slow: true, outbox: 600_000 })] }],
    want: 'client 2 is not reading. 586 KiB wait for it: more than half of its outbox. The server neither reads nor serves it until a quarter is left.',
  },
  {
    name: 'the handler has a line',
    messages: [...two, ...chunks(1, 'read', ['slow\n']), turn(11, 1, 1, 'served'), tick(1_011)],
    want: 'The handler is working on a line of client 1. “slow”, for 1.0 s. Nobody else is served in this room until it is done.',
  },
  {
    name: 'it goes too fast to be told',
    messages: [...two, tick(0), tick(1_000, { counts: counted })],
    want: '2,500 lines a second. Too fast to show one by one. No line waits.',
  },
  {
    name: 'turns go by too fast for a rest to be told',
    messages: [...two, tick(0), tick(1_000, { counts: counted }), turn(1_010, 9, 1, 'waiting')],
    want: '2,500 lines a second. Too fast to show one by one. No line waits.',
  },
  {
    name: 'a rest is long although many lines were served',
    messages: [...two, tick(0), turn(800, 9, 1, 'waiting'), tick(1_000, { counts: counted })],
    want: 'Waiting for client 1. It has the turn and has sent nothing. Nobody else has a line waiting.',
  },
  {
    name: 'somebody was served',
    messages: [...two, ...chunks(1, 'read', ['one\n']), ...chunks(1, 'write', ['ONE\n'], { t: 110 })],
    want: 'client 1 was served. “one” waited 0.1 s.',
  },
  {
    name: 'nothing waits',
    messages: [hello({ order: 'free' }), join(0, 1), join(0, 2)],
    want: 'No line waits. A line is served as soon as it arrives.',
  },
  {
    name: 'a client quits',
    messages: [
      ...two,
      { k: 'quit', t: 5, scope: 'all', room: 'main', seat: 2, reason: 'enough', told: [1, 2] },
      ...chunks(1, 'write', ['* BYE enough\n'], { t: 6 }),
      { k: 'end', t: 7, c: 1, d: 'write', how: 'FIN', by: 'server', from: 13 },
    ],
    want: 'client 2 quits. “enough”: 2 notified, 1 got BYE, 1 got FIN. Accepted lines are answered first.',
  },
  {
    name: 'the server has closed',
    messages: [
      ...two,
      { k: 'quit', t: 5, scope: 'all', reason: 'SIGTERM', told: [1, 2] },
      { k: 'quitDone', t: 9, clean: [2], forced: [1], ms: 4 },
    ],
    want: 'Closed. 1 of 2 cleanly, 1 by force, in 4 ms.',
  },
];

describe('why', () => {
  test.each(CASES)('why: $name', ({ messages, want }) => {
    const facts = factsOf(...messages);
    expect(said(why(facts, 'main', facts.last))).toBe(want);
  });

  test('why: a held turn says since when, and when it is lost', () => {
    const facts = factsOf(...two, turn(100, 7, 1, 'waiting'));
    expect(why(facts, 'main', 300)).toMatchObject({
      turn: 7,
      since: 100,
      deadline: { from: 100, to: 4_100 },
    });
  });

  test('why: a moment in the past gets the answer that it got when it was the present', () => {
    const facts = new Facts();
    const then: { readonly t: number; readonly answer: Why }[] = [];
    const messages = lesson();
    for (const [at, message] of messages.entries()) {
      facts.take(message);
      const next = messages[at + 1];
      // One moment can bring more messages: it is over when time advances.
      if (next !== undefined && 't' in next && next.t > facts.last)
        then.push({ t: facts.last, answer: why(facts, 'main', facts.last) });
    }
    expect(then.length).toBeGreaterThan(300);
    for (const { t, answer } of then) expect({ t, answer: why(facts, 'main', t) }).toEqual({ t, answer });
  });

  test('why: says something about any moment, whatever the messages', () => {
    const told = fc.array(fc.tuple(anyMessage, fc.nat({ max: 900 })), { maxLength: 40 });
    fc.assert(
      fc.property(told, (some) => {
        let t = 0;
        const facts = factsOf(hello());
        for (const [message, laterMs] of some) facts.take({ ...message, t: (t += laterMs) } as Message);
        for (const at of [0, t / 2, t, t + 5_000]) {
          const { head, more } = why(facts, 'main', at);
          expect(head.length).toBeGreaterThan(0);
          expect(more).not.toBe('');
        }
      }),
      { numRuns: 500 },
    );
  });
});
