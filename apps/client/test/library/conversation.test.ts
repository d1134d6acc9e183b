import { lines } from '@proto/codec';
import { formatEvent, formatReply } from '@proto/protocol';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { Conversation, type Manner, type Received } from '../../src/library/conversation.ts';

interface Row {
  readonly name: string;
  readonly manner?: Manner;
  readonly said: readonly string[];
  readonly wire: string;
  readonly want: readonly unknown[];
  readonly owed?: number;
}

const WELCOME = '* WELCOME 1 3 main 1\n';
const welcome = { kind: 'event', event: { verb: 'WELCOME', seat: 1, clients: 3, room: 'main', version: 1 } };
const reply = (text: string, to: string): unknown => ({
  kind: 'answer',
  answer: { kind: 'reply', text },
  to,
});
const broken = (code: string): unknown => ({ kind: 'broken', error: expect.objectContaining({ code }) });

const ROWS: readonly Row[] = [
  {
    name: 'replies answer lines in their order',
    said: ['a', 'b'],
    wire: `${WELCOME}A\nB\n`,
    want: [welcome, reply('A', 'a'), reply('B', 'b')],
  },
  {
    name: 'an empty line is a line, and so is its answer',
    said: ['', 'b'],
    wire: `${WELCOME}\nB\n`,
    want: [welcome, reply('', ''), reply('B', 'b')],
  },
  {
    name: '* OK is an answer',
    said: ['/to 2 hi', 'b'],
    wire: `${WELCOME}* OK\nB\n`,
    want: [welcome, { kind: 'answer', answer: { kind: 'ok' }, to: '/to 2 hi' }, reply('B', 'b')],
  },
  {
    name: 'an ERR with an answer code is an answer',
    said: ['/to 9 hi', 'b'],
    wire: `${WELCOME}* ERR NO_SEAT nobody there\nB\n`,
    want: [
      welcome,
      { kind: 'answer', answer: { kind: 'refused', code: 'NO_SEAT', text: 'nobody there' }, to: '/to 9 hi' },
      reply('B', 'b'),
    ],
  },
  {
    name: 'an ERR with a notice code is none',
    said: ['/nosuch', 'b'],
    wire: `${WELCOME}* ERR UNKNOWN_COMMAND no\nB\n`,
    want: [
      welcome,
      { kind: 'event', event: { verb: 'ERR', code: 'UNKNOWN_COMMAND', text: 'no' } },
      reply('B', 'b'),
    ],
  },
  {
    name: 'commands are owed no answer, a malformed /to is',
    said: ['/who', '/name x', '/name 1', 'quit', '/pass', '/to', '//x'],
    wire: WELCOME,
    want: [welcome],
    owed: 2,
  },
  {
    name: 'a doubled star is undoubled after * WELCOME',
    said: ['* BYE x'],
    wire: `${WELCOME}** BYE X\n`,
    want: [welcome, reply('* BYE X', '* BYE x')],
  },
  {
    name: 'an event of a newer version is let alone',
    said: ['a'],
    wire: `${WELCOME}* NEWS 1 2\nA\n`,
    want: [welcome, { kind: 'text', text: '* NEWS 1 2' }, reply('A', 'a')],
  },
  {
    name: 'a reply that nobody is owed is text',
    said: [],
    wire: `${WELCOME}A\n`,
    want: [welcome, { kind: 'text', text: 'A' }],
  },
  {
    name: 'a server without events answers bare lines',
    said: ['a', 'b', '/to 9 c'],
    wire: 'A\n** B\nERR NO_SEAT nobody\nrelayed\n',
    want: [
      reply('A', 'a'),
      reply('** B', 'b'),
      { kind: 'answer', answer: { kind: 'refused', code: 'NO_SEAT', text: 'nobody' }, to: '/to 9 c' },
      { kind: 'text', text: 'relayed' },
    ],
  },
  {
    name: 'with events off an unasked first line is relayed text',
    manner: 'off',
    said: [],
    wire: 'hello\n* WELCOME 1 1 main 1\n',
    want: [
      { kind: 'text', text: 'hello' },
      { kind: 'text', text: '* WELCOME 1 1 main 1' },
    ],
  },
  {
    name: 'a server that is full says so before any welcome',
    said: ['a'],
    wire: '* ERR SERVER_FULL 10 are here\n* BYE full\n',
    want: [
      { kind: 'event', event: { verb: 'ERR', code: 'SERVER_FULL', text: '10 are here' } },
      { kind: 'event', event: { verb: 'BYE', reason: 'full' } },
    ],
    owed: 1,
  },
  {
    name: 'an SSH banner is not ours',
    said: ['a'],
    wire: 'SSH-2.0-X\nA\n',
    want: [broken('NOT_OURS'), broken('NOT_OURS')],
  },
  {
    name: 'an HTTP answer is not ours',
    said: ['a'],
    wire: 'HTTP/1.1 400 no\r\n',
    want: [broken('NOT_OURS')],
  },
  { name: 'an unasked first line is not ours', said: [], wire: '220 mail\r\n', want: [broken('NOT_OURS')] },
  { name: 'bytes are not ours', said: ['a'], wire: '\u0015\u0003\u0001\n', want: [broken('NOT_OURS')] },
  {
    name: 'an escape byte later breaks the count',
    said: ['a'],
    wire: `${WELCOME}A\u001b[2J\nB\n`,
    want: [welcome, broken('BAD_LINE'), broken('BAD_LINE')],
  },
  {
    name: 'a line over the limit breaks the count',
    said: ['a'],
    wire: `${WELCOME}${'x'.repeat(65)}\n`,
    want: [welcome, broken('BAD_LINE')],
  },
  {
    name: 'classic: every sentence has an answer, commands too',
    manner: 'classic',
    said: ['/who', '* x'],
    wire: '/WHO\nERR NO_SEAT x\n',
    want: [reply('/WHO', '/who'), reply('ERR NO_SEAT x', '* x')],
  },
  {
    name: 'classic: quit may be answered by the end',
    manner: 'classic',
    said: ['a', 'quit'],
    wire: 'A\n',
    want: [reply('A', 'a')],
    owed: 0,
  },
];

/** What a conversation makes of a stream that comes in chunks of `size` bytes. */
function play({ manner = 'on', said, wire }: Row, size: number): { got: Received<string>[]; owed: number } {
  const conversation = new Conversation<string>(manner);
  const decoder = lines({ maxFrameBytes: 64, charset: 'text' }).decoder();
  const bytes = Buffer.from(wire, 'latin1');
  const got: Received<string>[] = [];
  for (const line of said) conversation.say(line, line);
  for (let at = 0; at < bytes.length; at += size) {
    for (const frame of decoder.push(bytes.subarray(at, at + size))) got.push(conversation.receive(frame));
  }
  return { got, owed: conversation.owed };
}

describe.each(ROWS)('$name', (row) => {
  test.each([
    ['in one chunk', row.wire.length],
    ['byte by byte', 1],
  ])('Conversation: %s', (_, size) => {
    const { got, owed } = play(row, size);
    expect(got).toEqual(row.want);
    expect(owed).toBe(row.owed ?? owed);
  });
});

describe('Conversation', () => {
  const text = fc.string({ unit: fc.constantFrom('a', '*', ' ', '/', 'O', 'K'), maxLength: 4 });
  const message = text.filter((line) => !line.startsWith('/')).map((line) => ({ line, answer: line }));
  const command = fc
    .constantFrom('/who', '/pass', '/nosuch', 'QUIT')
    .map((line) => ({ line, answer: undefined }));
  const event = fc.oneof(
    fc.constantFrom('* TURN 1', '* ERR UNKNOWN_COMMAND x', '* NEWS', '* WAIT 1 2'),
    text.map((said) => formatEvent({ verb: 'MSG', seat: 2, text: said })),
  );

  test('Conversation: matches every answer to its line, whatever events come between (property)', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(message, command, event)), fc.nat({ max: 7 }), (steps, size) => {
        const sent = steps.filter((step) => typeof step !== 'string');
        const wire = steps.flatMap((step) => {
          if (typeof step === 'string') return [step];
          return step.answer === undefined ? [] : [formatReply(step.answer)];
        });
        const row = {
          name: '',
          said: sent.map(({ line }) => line),
          wire: `${WELCOME}${wire.join('\n')}\n`,
          want: [],
        };
        const { got, owed } = play(wire.length === 0 ? { ...row, wire: WELCOME } : row, size + 1);
        const answered = got.flatMap((received) =>
          received.kind === 'answer' ? [[received.to, received.answer]] : [],
        );
        const want = sent.flatMap(({ line, answer }) =>
          answer === undefined ? [] : [[line, { kind: 'reply', text: answer }]],
        );
        expect(answered).toEqual(want);
        expect(owed).toBe(0);
      }),
      { numRuns: 500 },
    );
  });

  test('Conversation.abandon: gives the tags of what is owed, once', () => {
    const conversation = new Conversation<string>('on');
    for (const line of ['a', '/who', 'b']) conversation.say(line, line);
    expect([conversation.abandon(), conversation.abandon(), conversation.owed]).toEqual([['a', 'b'], [], 0]);
  });
});
